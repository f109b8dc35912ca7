#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The device as a file: what stat and ls show, and what the mount refuses.
. "$(dirname "$0")/lib.sh"

must_start_daemon --instances=3

shown_size() {
	stat -c %s "$dev"
}

is "ls: just the devices" "$(list "$mnt")" "qotd qotd1 qotd2"
is "stat: a regular file" "$(stat -c %F "$dev")" "regular file"
is "stat: the initial size" "$(shown_size)" 128
check "resize to 5000" "$QOTDCTL" -d "$dev" resize 5000
is "stat: follows a resize up" "$(shown_size)" 5000
check "resize to 7" "$QOTDCTL" -d "$dev" resize 7
is "stat: follows a resize down" "$(shown_size)" 7
is "wc: follows a resize down" "$(wc -c <"$dev")" 7
check "reset" "$QOTDCTL" -d "$dev" reset
is "stat: follows a reset" "$(shown_size)" 128
echo hello >"$dev"
is "stat: > does not change the size" "$(shown_size)" 128
echo hello >>"$dev"
is "stat: >> does not change the size" "$(shown_size)" 128
is "stat: the neighbour is as it was" "$(stat -c %s "$mnt/qotd1")" 128

exec {user}<"$dev"
check "resize to 9000 while it is open" "$QOTDCTL" -d "$dev" resize 9000
is "stat: follows for those who have it open" "$(stat -L -c %s "/dev/fd/$user")" 9000
exec {user}<&-

check "no other file can be made" fails touch "$mnt/other"
check "no directory can be made" fails mkdir "$mnt/other"
check "no device can be removed" fails rm -f "$mnt/qotd1"
check "no device can be renamed" fails mv "$mnt/qotd1" "$mnt/other"
is "ls: still just the devices" "$(list "$mnt")" "qotd qotd1 qotd2"

done_testing
