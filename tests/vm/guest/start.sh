#!/bin/bash
# SPDX-License-Identifier: MIT
# From `systemctl start` to a device that answers, and what is there then.
# shellcheck source=tests/vm/guest/lib.sh
. ./lib.sh

is_free_of() { # NAME FIELD
	like "the daemon has no capability: $1" "$privileges" "^$1:[[:space:]]*0+\$"
}

# The first start loads the module. The machine may be busy otherwise: the best of three counts.
best=
for try in 1 2 3; do
	systemctl stop qotd-cuse
	run bash -c "systemctl start qotd-cuse && head -n 1 $dev"
	is "start $try: the device answers" "$output" "$quotation"
	echo "# after $elapsed_ms ms"
	((elapsed_ms > ${best:=$elapsed_ms})) || best=$elapsed_ms
done
elapsed_ms=$best
faster_than "from start to the answer in less than 2 s" 2000

check "udev sees the device" udevadm settle
is "everybody may read, group qotd may write" "$(stat --format='%F %A %U %G' "$dev")" \
	"character special file crw-rw-r-- root qotd"
is "/dev/qotd0 is the same device" "$(realpath /dev/qotd0)" "$dev"
check "there is a device unit to bind to" timeout 10 systemctl start dev-qotd.device
like "systemctl status says what it does" "$(systemctl show --property=StatusText --value qotd-cuse)" \
	"^1 device, 4K of 128K in use, 0 sleeping, 0 restarts survived\$"
like "the journal says what is attached" "$(service_log)" " \| event=attach device=qotd size=128 "
like "the journal says what is served" "$(service_log)" "^serving 1 device as /dev/qotd \| event=start devices=1 "

pid=$(main_pid)
privileges=$(<"/proc/$pid/status")
like "the daemon is user qotd-cuse" "$privileges" "^Uid:([[:space:]]+$(id --user qotd-cuse)){4}\$"
like "the daemon is group qotd-cuse" "$privileges" "^Gid:([[:space:]]+$(id --group qotd-cuse)){4}\$"
for set in CapInh CapPrm CapEff CapBnd CapAmb; do
	is_free_of "$set"
done
like "the daemon can gain no privileges" "$privileges" "^NoNewPrivs:[[:space:]]*1\$"
like "the daemon's system calls are filtered" "$privileges" "^Seccomp:[[:space:]]*2\$"
check "the daemon sees a /dev of its own" test -c "/proc/$pid/root/dev/null"
exits "the daemon does not see /dev/cuse" 1 test -e "/proc/$pid/root/dev/cuse"

exposure=$(systemd-analyze security qotd-cuse.service | sed --quiet 's/.*exposure level.*: \([0-9.]*\) .*/\1/p')
check "systemd-analyze security: exposure $exposure of 10, at most 0.3" \
	awk "BEGIN { exit !(\"$exposure\" != \"\" && \"$exposure\" + 0 <= 0.3) }"

stop_service "start"
nothing_is_left "after a stop"
exits "after a stop: no device unit" 3 systemctl --quiet is-active dev-qotd.device

start_service "a second start"
is "a second start: the device answers" "$(head -n 1 "$dev")" "$quotation"
stop_service "a second start"

done_testing
