#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# qotdctl detach: takes a device away, and never a changed one without being told so.
. "$(dirname "$0")/lib.sh"

must_start_daemon --instances=3

check "detach" "$QOTDCTL" -d "$mnt/qotd1" detach
is "the device is gone" "$(list "$mnt")" "qotd qotd2"
message=$("$QOTDCTL" -d "$mnt/qotd1" show 2>&1)
is "a device that is gone: exit status" $? 3
like "a device that is gone: the message says how to start it" "$message" \
	"systemctl start qotd-cuse.*qotd-cuse --fuse=DIR.* -d"

exec {user}<"$mnt/qotd2"
check "detach with a user" "$QOTDCTL" -d "$mnt/qotd2" detach
is "the user goes on" "$(head -n 1 <&"$user")" "$(head -n 1 "$fresh")"
message=$("$QOTDCTL" -d "$mnt/qotd2" size 2>&1)
is "nobody else comes in: exit status" $? 3
like "nobody else comes in: the message" "$message" "cannot open: .*; start it with 'systemctl start qotd-cuse'"
exec {user}<&-

"$QOTDCTL" -d "$dev" set changed
message=$("$QOTDCTL" -d "$dev" detach 2>&1)
is "a changed device: exit status" $? 4
like "a changed device: the message says what to do" "$message" "cannot detach: .*qotdctl reset.*--force"
is "a changed device: it stays" "$("$QOTDCTL" -d "$dev" show)" changed
check "detach --force: discards the content" "$QOTDCTL" -d "$dev" detach --force
wait_for_daemon 10
is "it was the last device: the daemon ends with 0" "$status" 0

must_start_daemon
"$QOTDCTL" -d "$dev" set changed
check "reset" "$QOTDCTL" -d "$dev" reset
check "detach after reset" "$QOTDCTL" -d "$dev" detach
wait_for_daemon 10

done_testing
