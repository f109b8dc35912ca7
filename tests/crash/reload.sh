#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What a reload has set outlives the process that it was said to.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

control=$work/control

reload() { # [OPTION...]
	"$QOTD_CUSE" --reload --control="$control" "$@"
}

limit() {
	info "$dev" | sed -n 's/^memory limit  *\([0-9]*\).*/\1/p'
}

must_start_daemon --supervise --control="$control"
check "the reload is heard" reload --memory=1M --log-level=debug
check "the child is killed: another one comes" kill_child
is "the child is killed: the memory limit is the same" "$(limit)" 1048576
check "the child is killed: so is the log level" \
	soon grep -q " | event=attach device=qotd .* content=adopted\$" "$log"
check "the next child is heard, too" reload --memory=2M
is "the next child has the new limit" "$(limit)" 2097152

stop_daemon TERM

# Under the limit that the command line has, this sleeper would have no hope.
must_start_daemon --supervise --control="$control" --instances=2 --memory=16K
reload --instances=2 --memory=64K >/dev/null
"$QOTDCTL" -d "$mnt/qotd1" resize 48K
"$QOTDCTL" -d "$dev" resize 20K &
sleeper=$!
check "a resize sleeps" "$QOTD_AWAIT_SLEEPERS" "$dev" 1
check "the child is killed while it sleeps" kill_child
check "it sleeps on" "$QOTD_AWAIT_SLEEPERS" "$dev" 1
check "there is more memory" reload --instances=2 --memory=128K
wait "$sleeper"
is "it has its memory" $? 0
stop_daemon TERM
ends_cleanly "SIGTERM"
check "no socket is left" test ! -e "$control"

done_testing
