# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# Sourced before lib.sh by the tests of completion: as root, they see the devices /dev/qotd and /dev/qotd1, and one that
# is another's, in a mount namespace of their own. $devices is then what the completion has to offer, and empty for
# other users, who see the devices of the machine.
if [ "$(id -u)" -eq 0 ] && [ -z "${OWN_NAMESPACE:-}" ]; then
	exec env OWN_NAMESPACE=1 unshare --mount "$0" "$@"
fi

devices=
if [ -n "${OWN_NAMESPACE:-}" ]; then
	mount -t tmpfs none /sys/class && mkdir -p /sys/class/cuse/qotd /sys/class/cuse/qotd1 /sys/class/cuse/other || exit 1
	# shellcheck disable=SC2034 # the scripts use it
	devices='/dev/qotd /dev/qotd1'
fi

# needs NAME FILE: skips the script without this file, or fails where nothing may be skipped.
needs() {
	[ ! -e "$2" ] || return 0
	if [ "${QOTD_MUST_RUN:-0}" = 1 ]; then
		echo "Bail out! there is no $1"
		exit 1
	fi
	echo "1..0 # SKIP there is no $1"
	exit 0
}
