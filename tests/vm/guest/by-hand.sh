#!/bin/bash
# SPDX-License-Identifier: MIT
# The daemon started by hand, as root with --user: alone, and beside another one of the same name.
# shellcheck source=tests/vm/guest/lib.sh
. ./lib.sh

must_start_daemon() { # NAME [OPTION...]
	local name=$1
	shift
	if start_daemon "$@"; then
		ok "$name"
	else
		not_ok "$name" "$(<"$daemon_log")"
		done_testing
	fi
}

# Starts a second daemon, which must not succeed.
start_second() { # NAME
	local first=$daemon
	if start_daemon --user=qotd-cuse; then
		not_ok "$1: fails" "it is ready"
		stop_daemon TERM
	else
		check "$1: fails, with an exit status" test "$status" -ge 1 -a "$status" -lt 126
		like "$1: says so" "$(<"$daemon_log")" "qotd.*already"
		is "$1: in one line" "$(wc --lines <"$daemon_log")" 1
	fi
	daemon=$first
}

systemctl start modprobe@cuse.service

for signal in TERM INT; do
	must_start_daemon "SIG$signal: it starts" --user=qotd-cuse
	udevadm settle
	is "SIG$signal: it serves" "$(text "$dev")" "$quotation"
	is "SIG$signal: everybody may read, group qotd may write" "$(stat --format='%A %U %G' "$dev")" "crw-rw-r-- root qotd"
	privileges=$(<"/proc/$daemon/status")
	like "SIG$signal: it is that user" "$privileges" "^Uid:([[:space:]]+$(id --user qotd-cuse)){4}\$"
	like "SIG$signal: it has that user's groups" "$privileges" "^Groups:[[:space:]]*$(id --group qotd-cuse)[[:space:]]*\$"
	like "SIG$signal: it has no capability" "$privileges" "^CapPrm:[[:space:]]*0+\$"
	stop_daemon "$signal"
	is "SIG$signal: it ends with 0" "$status" 0
	faster_than "SIG$signal: in less than a second" 1000
	nothing_is_left "SIG$signal"
done

must_start_daemon "twice by hand: the first starts" --user=qotd-cuse
echo "The first" >"$dev"
start_second "twice by hand: the second"
is "twice by hand: the first is untouched" "$(head -n 1 "$dev")" "The first"
exits "the service beside one by hand: the start fails" 1 systemctl start qotd-cuse
like "the service beside one by hand: says so" "$(service_log)" "qotd.*already"
is "the service beside one by hand: does not try again" "$(systemctl is-active qotd-cuse)" failed
is "the service beside one by hand: that one is untouched" "$(head -n 1 "$dev")" "The first"
stop_daemon TERM
is "the first ends with 0" "$status" 0

start_service "by hand"
echo "The service" >"$dev"
start_second "one by hand beside the service"
is "one by hand beside the service: that is untouched" "$(head -n 1 "$dev")" "The service"
is "one by hand beside the service: that is active" "$(systemctl is-active qotd-cuse)" active
check "one by hand beside the service: the link is there" test -c /dev/qotd0
qotdctl reset
stop_service "by hand"

must_start_daemon "another name: it starts beside nothing" --user=qotd-cuse --name=wisdom
is "another name: it serves" "$(text /dev/wisdom)" "$quotation"
stop_daemon TERM
is "another name: the node is gone" "$(compgen -G '/dev/wisdom*' || true)" ""

nothing_is_left "after all that"
done_testing
