#!/bin/bash
# SPDX-License-Identifier: MIT
# The example device on a real /dev/cuse, as docs/your-own-device.md says.
# shellcheck source=tests/vm/guest/lib.sh
. ./lib.sh

tally=/dev/tally

# shellcheck disable=SC2317 # called by the checks
put() { # TEXT
	echo "$1" >"$tally"
}

systemctl start modprobe@cuse.service

daemon_program=./tally
if start_daemon --user=nobody; then
	ok "it starts"
else
	not_ok "it starts" "$(<"$daemon_log")"
	done_testing
fi
udevadm settle
check "it is a character device" test -c "$tally"
is "cat: ends, and gives 0" "$(timeout 10 cat "$tally")" 0
check "echo: sets the count" put 41
is "add: gives the sum" "$(./tally-add "$tally")" 42
is "dd: reads byte by byte, and comes to an end" "$(timeout 10 dd if="$tally" bs=1 status=none)" 42
is "a large read gets what there is" "$(timeout 10 dd if="$tally" bs=1M status=none)" 42
exits "what is no number is refused" 1 put many
is "and has changed nothing" "$(<"$tally")" 42
like "it is not root" "$(<"/proc/$daemon/status")" "^Uid:([[:space:]]+$(id --user nobody)){4}\$"
stop_daemon TERM
is "SIGTERM: exit status 0" "$status" 0
faster_than "SIGTERM: in less than a second" 1000
udevadm settle
exits "the node is gone" 1 test -e "$tally"
done_testing
