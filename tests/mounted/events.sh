#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What happens to the daemon and its devices is in the log, one line each, for people and for programs.
. "$(dirname "$0")/lib.sh"

# The daemon has printed a line that ends with this event. It may be on its way.
logged() { # EVENT
	soon grep -qx -e "[^|]* | event=$1" "$log"
}

# How often an event was printed.
count() { # EVENT
	grep -c " | event=$1 " "$log"
}

state=$work/state
mkdir "$state"

# --- the life of a daemon ---

must_start_daemon --instances=2 --memory=256K --state-dir="$state"
check "attach: qotd" logged "attach device=qotd size=128 memory=4096 content=initial"
check "attach: qotd1" logged "attach device=qotd1 size=128 memory=4096 content=initial"
check "start" logged "start devices=2 memory=262144 max-size=65536 version=.*"
"$QOTDCTL" -d "$mnt/qotd1" resize 5000
check "resize" logged "resize device=qotd1 from=128 to=5000"
"$QOTDCTL" -d "$dev" resize 8K
"$QOTDCTL" -d "$dev" reset
check "reset, of another size" logged "resize device=qotd from=8192 to=128"
check "reset" logged "reset device=qotd"
"$QOTD_DETACH" "$dev" | comment
check "detach" logged "detach device=qotd"
stop_daemon TERM
check "stop" logged "stop reason=signal"
check "the content is saved" logged "save device=qotd1 size=5000"

must_start_daemon --instances=2 --state-dir="$state"
check "the content is back" logged "restore device=qotd1 size=5000"
check "attach with saved content" logged "attach device=qotd1 size=5000 memory=8192 content=saved"
check "attach without" logged "attach device=qotd size=128 memory=4096 content=initial"
stop_daemon TERM

echo "nonsense" >"$state/qotd.state"
must_start_daemon --state-dir="$state"
check "saved content that is refused" \
	logged "refused what=saved-content device=qotd kept=qotd.state.rejected.1"
stop_daemon TERM

start_daemon --memory=4K --instances=2
check "an attach that fails" logged "attach-failed device=qotd1 errno=12"

# --- how much is said ---

must_start_daemon --log-level=warning
"$QOTDCTL" -d "$dev" resize 4K
"$QOTDCTL" -d "$dev" reset
stop_daemon TERM
is "--log-level=warning: nothing, all is well" "$(cat "$log")" ""

must_start_daemon
for _ in {1..60}; do
	"$QOTDCTL" -d "$dev" resize 4K
	"$QOTDCTL" -d "$dev" resize 128
done
stop_daemon TERM
check "a client that resizes all the time does not fill the log" test "$(count resize)" -lt 120
like "how much was left out is said" "$(cat "$log")" "[0-9]+ messages were left out \| event=left-out count=[0-9]+\$"

must_start_daemon --log-level=debug
for _ in {1..60}; do
	"$QOTDCTL" -d "$dev" resize 4K
	"$QOTDCTL" -d "$dev" resize 128
done
stop_daemon TERM
is "--log-level=debug: each of them is there" "$(count resize)" 120

done_testing
