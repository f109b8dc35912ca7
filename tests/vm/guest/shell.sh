#!/bin/bash
# SPDX-License-Identifier: MIT
# The default device from the shell: cat, echo, qotdctl.
# shellcheck source=tests/vm/guest/lib.sh
. ./lib.sh

start_service "shell"

check "cat ends" timeout 10 cp "$dev" /dev/null
is "cat gives 128 bytes" "$(wc --bytes < <(cat "$dev"))" 128
is "cat gives the quotation" "$(text "$dev")" "$quotation"
check "the name is a character device's: no lseek, no size" test "$(stat --format=%s "$dev")" -eq 0

echo "Brevity is the soul of wit." >"$dev"
is "echo > writes from the start" "$(head -n 1 "$dev")" "Brevity is the soul of wit."
is "echo > leaves the rest" "$(text "$dev" | tail -n 1)" "${quotation:28}"
echo "Less is more." >>"$dev"
is "echo >> writes from the start as well" "$(text "$dev" | head -n 2)" "Less is more."$'\n'" soul of wit."

is "qotdctl size" "$(qotdctl size)" 128
check "qotdctl resize" qotdctl resize 1000
is "qotdctl resize: the size is there" "$(qotdctl -g)" 1000
is "qotdctl resize: cat gives all of it" "$(wc --bytes <"$dev")" 1000
like "qotdctl info" "$(qotdctl info)" 1000
check "qotdctl reset" qotdctl reset
is "qotdctl reset: the quotation is back" "$(text "$dev")" "$quotation"
is "qotdctl reset: the size is back" "$(qotdctl -d /dev/qotd0 size)" 128
exits "qotdctl resize 0: the device refuses" 4 qotdctl resize 0
exits "qotdctl on another character device" 4 qotdctl -d /dev/null size
is "dd past the end: no space" "$(dd if=/dev/zero of="$dev" bs=200 count=2 2>&1 | grep --count 'No space left')" 1
check "qotdctl reset again" qotdctl reset

stop_service "shell"
done_testing
