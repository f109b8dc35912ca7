#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Many devices in one process, with as many threads as one device needs.
. "$(dirname "$0")/lib.sh"

count_threads() {
	find "/proc/$daemon/task" -mindepth 1 -maxdepth 1 | wc -l
}

# Works on each of the N devices at once.
use_all() { # N
	local n users=()
	for ((n = 0; n < $1; n++)); do
		dd if=/dev/zero of="$(device "$n")" bs=1 count=100 conv=notrunc status=none &
		users+=($!)
	done
	wait "${users[@]}"
}

device() { # N
	[ "$1" -eq 0 ] && echo "$dev" || echo "$dev$1"
}

must_start_daemon
one_idle=$(count_threads)
use_all 1
one_used=$(count_threads)
stop_daemon

must_start_daemon --instances=64
is "64 devices: as many threads as for one" "$(count_threads)" "$one_idle"
is "64 devices: all are there" "$(find "$mnt" -name 'qotd*' -type f | wc -l)" 64

right=0
for ((n = 0; n < 64; n++)); do
	cmp -s "$(device "$n")" "$fresh" && right=$((right + 1))
done
is "64 devices: each holds the quotation" "$right" 64

for ((n = 0; n < 64; n++)); do
	echo "device $n" >"$(device "$n")"
done
right=0
for ((n = 0; n < 64; n++)); do
	[ "$(head -n 1 "$(device "$n")")" = "device $n" ] && right=$((right + 1))
done
is "64 devices: each keeps its own content" "$right" 64

check "64 devices: a resize of the last" "$QOTDCTL" -d "$mnt/qotd63" resize 1000
is "64 devices: the last has its size" "$("$QOTDCTL" -d "$mnt/qotd63" size)" 1000
is "64 devices: its neighbour has the initial one" "$("$QOTDCTL" -d "$mnt/qotd62" size)" 128

use_all 64
is "64 devices, all in use at once: no further thread" "$(count_threads)" "$one_used"
is "one device in use: no further thread" "$one_used" "$one_idle"

stop_daemon
is "64 devices: the daemon ends with 0" "$status" 0
check "64 devices: in less than a second" test "$elapsed_ms" -lt 1000

done_testing
