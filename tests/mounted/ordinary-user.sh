#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The daemon as an ordinary user, who mounts through fusermount3.
#
# Where udev does not run, /dev/fuse may be root's alone. Then the test gets a /dev/fuse as udev makes it, in
# a mount namespace of its own.
is_for_all() {
	[[ $(stat -c %A "$1") == *rw- ]]
}
if [ -e /dev/fuse ] && ! is_for_all /dev/fuse && [ "$(id -u)" -eq 0 ] && [ -z "${OWN_NAMESPACE:-}" ]; then
	exec env OWN_NAMESPACE=1 unshare --mount "$0"
fi
. "$(dirname "$0")/lib.sh"

if [ -n "${OWN_NAMESPACE:-}" ]; then
	mkdir "$work/dev"
	mount -t tmpfs -o mode=755 none "$work/dev"
	mknod -m 666 "$work/dev/fuse" c 10 229
	mount --bind "$work/dev/fuse" /dev/fuse
fi

check "fusermount3 is there" command -v fusermount3

# Root becomes nobody, who may not be able to reach the build directory.
if [ "$(id -u)" -eq 0 ]; then
	as_user=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
	for program in QOTD_CUSE QOTDCTL QOTD_DETACH; do
		install -m 755 "${!program}" "$work"
		declare "$program=$work/$(basename "${!program}")"
	done
	chown nobody:nogroup "$mnt"
fi
user() {
	"${as_user[@]}" "$@"
}

must_start_daemon
is "the daemon is not root" "$(stat -c %u "/proc/$daemon" | grep -cx 0)" 0
is "one mount" "$(count_mounts)" 1
check "the user reads the fresh content" user cmp "$dev" "$fresh"
check "the user writes" user sh -c "echo hello >'$dev'"
is "the user reads what was written" "$(user head -c 5 "$dev")" hello
check "the user resizes" user "$QOTDCTL" -d "$dev" resize 4K
is "the file follows" "$(user stat -c %s "$dev")" 4096

stop_daemon
is "SIGTERM: exit status 0" "$status" 0
check "SIGTERM: in less than a second" test "$elapsed_ms" -lt 1000
is "SIGTERM: nothing is mounted" "$(count_mounts)" 0

must_start_daemon
kill -KILL "$daemon"
wait_for_daemon 10
is "SIGKILL: leaves a dead mount" "$(count_mounts)" 1
must_start_daemon
is "the next start replaces the dead mount" "$(count_mounts)" 1
check "the next start serves the fresh content" user cmp "$dev" "$fresh"
check "the user detaches the device" user "$QOTD_DETACH" "$dev"
wait_for_daemon 10
is "detach: the daemon ends with 0" "$status" 0
is "detach: nothing is mounted" "$(count_mounts)" 0

start_daemon --memory=4K --instances=2
check "attach without memory: an error" test "$status" -ne 0
is "attach without memory: nothing is mounted" "$(count_mounts)" 0

done_testing
