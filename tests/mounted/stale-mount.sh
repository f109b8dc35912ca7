#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A daemon that was killed leaves a dead mount behind; the next start cleans it up.
. "$(dirname "$0")/lib.sh"

kill_daemon() {
	kill -KILL "$daemon"
	wait_for_daemon 10
}

must_start_daemon
echo hello >"$dev"
kill_daemon
is "a killed daemon leaves its mount" "$(count_mounts)" 1
like "the mount is dead" "$(cat "$dev" 2>&1)" "not connected"

must_start_daemon
is "the next start leaves one mount" "$(count_mounts)" 1
check "the next start serves the device" cmp "$dev" "$fresh"

exec {user}<"$dev"
kill_daemon
must_start_daemon
is "with a user of the dead one: one mount" "$(count_mounts)" 1
check "with a user of the dead one: the device is served" cmp "$dev" "$fresh"
check "the user of the dead one gets an error" fails head -c 1 <&"$user"
exec {user}<&-
stop_daemon
is "the last one leaves no mount" "$(count_mounts)" 0

# A live file system at the same place is not ours to take away; only root can have one there.
if [ "$(id -u)" -eq 0 ]; then
	mount -t tmpfs none "$mnt"
	touch "$mnt/keep"
	must_start_daemon
	check "over another file system: the device is served" cmp "$dev" "$fresh"
	stop_daemon
	check "over another file system: that one is there again" test -e "$mnt/keep"
	is "over another file system: and is mounted once" "$(count_mounts)" 1
	umount "$mnt"
fi

done_testing
