#!/bin/bash
# SPDX-License-Identifier: MIT
# Several devices in one process.
# shellcheck source=tests/vm/guest/lib.sh
. ./lib.sh

device() { # N
	if (($1 == 0)); then echo "$dev"; else echo "$dev$1"; fi
}

count_right() { # N
	local n right=0
	for ((n = 0; n < $1; n++)); do
		[[ $(text "$(device "$n")" | head --lines=1) != "device $n" ]] || right=$((right + 1))
	done
	echo "$right"
}

# Writes to each of the N devices at once, byte by byte.
use_all() { # N
	local n
	for ((n = 0; n < $1; n++)); do
		echo "device $n" | dd of="$(device "$n")" bs=1 conv=notrunc status=none &
	done
	wait
}

start_service "one device"
use_all 1
threads=$(count_threads "$(main_pid)")
stop_service "one device"

set_options --instances=64
start_service "64 devices"
is "64 devices: all are there" "$(find /dev -name 'qotd*' -type c | wc --lines)" 64
is "64 devices: all have mode and group" "$(stat --format='%A %G' /dev/qotd[0-9]*[0-9] | sort --unique)" "crw-rw-r-- qotd"
use_all 64
is "64 devices, all written to at once: as many threads as for one" "$(count_threads "$(main_pid)")" "$threads"
is "64 devices, all written to at once: each has its own content" "$(count_right 64)" 64
stop_service "64 devices"
nothing_is_left "64 devices, after a stop"

set_options --instances=4 --memory=256K --max-size=256K
start_service "4 devices, little memory"
include_tap "" ./sleepers "$dev" /dev/qotd1 /dev/qotd2 /dev/qotd3
stop_service "4 devices, little memory"

# From 16 MiB up, a second thread helps to get memory: what the unit allows must be enough for it, too.
set_options --max-size=64M
start_service "a large device"
check "a large device: it gets much at once" qotdctl resize 24M
check "a large device: it grows by much" qotdctl resize +24M
is "a large device: its size" "$(qotdctl size)" $((48 << 20))
is "a large device: it can be read to its end" "$(dd if="$dev" bs=1M status=none | wc --bytes)" $((48 << 20))
check "a large device: a reset" qotdctl reset
stop_service "a large device"

remove_settings
done_testing
