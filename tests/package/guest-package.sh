#!/bin/bash
# SPDX-License-Identifier: MIT
# The life of the Debian package on a clean system: installed, used, replaced by the next version under load, removed,
# purged.
#
#	tests/vm/run --root=apt --timeout=600 tests/package/guest-package.sh tests/vm/guest/lib.sh \
#		packaging/debian/tests/tutorial BUILD/tests/storm/storm qotd-cuse_*.deb
#
# There are two packages, of different versions.
# shellcheck source=tests/vm/guest/lib.sh
. ./lib.sh

version_of() { # PACKAGE_FILE
	dpkg-deb --field "$1" Version
}

packages=(./qotd-cuse_*.deb)
if dpkg --compare-versions "$(version_of "${packages[0]}")" lt "$(version_of "${packages[1]}")"; then
	first=${packages[0]} next=${packages[1]}
else
	first=${packages[1]} next=${packages[0]}
fi
export DEBIAN_FRONTEND=noninteractive
apt=(apt-get --quiet=2 --yes --option=Dpkg::Use-Pty=0)

installed_version() {
	# shellcheck disable=SC2016 # dpkg-query fills it in
	dpkg-query --show --showformat='${Version}' qotd-cuse
}

# Every file of the system but logs and what the package manager, systemd and the tools for users write for themselves.
list_files() {
	find /etc /usr /var /opt /srv -xdev \( -path /var/log -o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/cache \
		-o -path /var/tmp -o -path /var/lib/systemd \) -prune -o ! -name '*-' ! -name '.*.lock' -print | sort
}

list_users() {
	getent passwd | sort
	getent group | sort
}

is_gone() { # NAME
	nothing_is_left "$1"
	exits "$1: no unit" 4 systemctl status qotd-cuse
	is "$1: no program" "$(compgen -G '/usr/*bin/qotd*' || true)" ""
	is "$1: no udev rule" "$(compgen -G '/usr/lib/udev/rules.d/*qotd*' || true)" ""
}

files_before=$(list_files)
users_before=$(list_users)
exits "before: the module is not loaded" 1 test -e /sys/module/cuse

# --- install ---

check "install: apt installs the package" "${apt[@]}" install "$first"
udevadm settle
is "install: this version" "$(installed_version)" "$(version_of "$first")"
check "install: the user is there" id qotd-cuse
check "install: the group is there" getent group qotd
check "install: the module is loaded" test -e /sys/module/cuse
check "install: the service is enabled" systemctl is-enabled qotd-cuse
check "install: the service runs" systemctl is-active qotd-cuse
is "install: the udev rule has made the owner and the mode" "$(stat --format='%F %A %U %G' "$dev")" \
	"character special file crw-rw-r-- root qotd"
is "install: the udev rule has made the link" "$(realpath /dev/qotd0)" "$dev"
is "install: another user can read" "$(as_alice head -n 1 "$dev")" "$quotation"
exits "install: another user cannot write" 1 as_alice cp /etc/hostname "$dev"
for page in man1/qotdctl.1 man4/qotd.4 man8/qotd-cuse.8; do
	check "install: the manual page $page" test -s "/usr/share/man/$page.gz"
done

check "the session of the tutorial" ./tutorial
comment <<<"$output"

# --- upgrade ---

# What the storm wants to work on.
set_options --instances=11 --memory=5M --max-size=4M
systemctl stop qotd-cuse
start_service "upgrade"
pid=$(main_pid)
include_tap "upgrade: " ./storm "$dev" cuse --kills=1 --pause=2000 --hang=90 \
	--command="nice --adjustment=-15 ${apt[*]} install $next"
is "upgrade: it is the next version" "$(installed_version)" "$(version_of "$next")"
check "upgrade: the service runs" systemctl is-active qotd-cuse
check "upgrade: the daemon is another one" test "$(main_pid)" -ne "$pid"
is "upgrade: it is the new program" "$(readlink "/proc/$(main_pid)/exe")" /usr/sbin/qotd-cuse
upstream=$(version_of "$next")
is "upgrade: the program has the next version, too" "$(qotdctl version)" "qotdctl ${upstream%-*}"
journalctl --sync
is "upgrade: no request has been refused" "$(journalctl --boot --unit=qotd-cuse | grep --count refused || true)" 0
remove_settings

# --- remove and purge ---

echo "Changed" >"$dev"
check "remove: apt removes the package" "${apt[@]}" remove qotd-cuse
is_gone "remove"
check "remove: what was on the device is kept" test -s /var/lib/qotd-cuse/qotd.state
check "purge: apt purges the package" "${apt[@]}" purge qotd-cuse
is_gone "purge"
is "purge: no file is left" "$(diff <(cat <<<"$files_before") <(list_files))" ""
is "purge: no user, no group is left" "$(diff <(cat <<<"$users_before") <(list_users))" ""
is "purge: no state of the unit is left" "$(find /var/lib/systemd /var/lib/dpkg /run/systemd -name '*qotd*')" ""

done_testing
