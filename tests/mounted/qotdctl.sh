#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A session with qotdctl: the commands, the tutorial's options, the exit codes.
. "$(dirname "$0")/lib.sh"

must_start_daemon --instances=2 --memory=20K --max-size=20K

ctl() {
	"$QOTDCTL" -d "$dev" "$@"
}

is "size: the bare number" "$(ctl size)" 128
is "-g: the bare number" "$(ctl -g)" 128
check "resize" ctl resize 1K
is "resize: the size is there" "$(ctl size)" 1024
check "-s" ctl -s 2000
is "-s: the size is there" "$(ctl -g)" 2000
is "resize: the content stays" "$(head -n 1 "$dev")" "$(head -n 1 "$fresh")"
like "info: size and maximum" "$(ctl info)" "2000"
like "info: the maximum" "$(ctl info)" "20480|20K"
check "reset" ctl reset
check "reset: the fresh content is back" cmp "$dev" "$fresh"
echo hello >"$dev"
check "-r" ctl -r
check "-r: the fresh content is back" cmp "$dev" "$fresh"

is "\$QOTD_DEVICE names the device" "$(QOTD_DEVICE=$mnt/qotd1 "$QOTDCTL" size)" 128
is "-d wins over \$QOTD_DEVICE" "$(QOTD_DEVICE=/nowhere "$QOTDCTL" -d "$dev" size)" 128

check "exit status 0: -h" exits 0 "$QOTDCTL" -h
check "exit status 0: -V" exits 0 "$QOTDCTL" -V
check "exit status 1: no command" exits 1 "$QOTDCTL" -d "$dev"
for argument in -1x 12x 99999999999999999999; do
	check "exit status 1: -s $argument" exits 1 ctl -s "$argument"
	like "-s $argument: the message names it" "$(ctl -s "$argument" 2>&1)" "'$argument'"
done
check "exit status 3: a device that is not there" exits 3 "$QOTDCTL" -d "$mnt/nothing" size
check "exit status 4: not such a device" exits 4 "$QOTDCTL" -d "$fresh" size
check "exit status 4: size 0 is the device's to refuse" exits 4 ctl -s 0
check "exit status 4: more than the maximum" exits 4 ctl resize 21K
check "exit status 4: more than there will ever be" exits 4 ctl resize 20K
check "after all that, the content is fresh" cmp "$dev" "$fresh"

done_testing
