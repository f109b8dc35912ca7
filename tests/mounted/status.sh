#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The line that `systemctl status` shows is the state of now.
. "$(dirname "$0")/lib.sh"

export AWAIT_READY_LOG=$work/notify

# What the service manager has been told last.
status_line() {
	sed -n 's/^STATUS=//p' "$AWAIT_READY_LOG" | tail -n 1
}

shows() { # STATUS
	[ "$(status_line)" = "$1" ]
}

must_start_daemon --instances=3 --memory=64K --max-size=32K
is "fresh devices" "$(status_line)" "3 devices, 12K of 64K in use, 0 sleeping, 0 restarts survived"
"$QOTDCTL" -d "$dev" resize 20K
check "a resize" soon shows "3 devices, 28K of 64K in use, 0 sleeping, 0 restarts survived"
"$QOTDCTL" -d "$dev" reset
check "a reset" soon shows "3 devices, 12K of 64K in use, 0 sleeping, 0 restarts survived"

"$QOTDCTL" -d "$dev" resize 32K
"$QOTDCTL" -d "$mnt/qotd1" resize 32K >/dev/null 2>&1 &
sleeper=$!
check "a sleeper" soon shows "3 devices, 40K of 64K in use, 1 sleeping, 0 restarts survived"
"$QOTDCTL" -d "$dev" reset
wait "$sleeper"
check "no sleeper any more" soon shows "3 devices, 40K of 64K in use, 0 sleeping, 0 restarts survived"
"$QOTDCTL" -d "$mnt/qotd1" reset

for _ in {1..100}; do
	"$QOTDCTL" -d "$dev" resize 16K
	"$QOTDCTL" -d "$dev" resize 128
done
"$QOTDCTL" -d "$dev" resize 8K
check "what comes last in a burst is shown" \
	soon shows "3 devices, 16K of 64K in use, 0 sleeping, 0 restarts survived"
check "a burst is not shown step by step" test "$(grep -c ^STATUS= "$AWAIT_READY_LOG")" -lt 100

"$QOTDCTL" -d "$dev" reset
"$QOTD_DETACH" "$mnt/qotd2" | comment
check "a detach" soon shows "2 devices, 8K of 64K in use, 0 sleeping, 0 restarts survived"
stop_daemon TERM

done_testing
