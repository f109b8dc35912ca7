#!/bin/bash
# SPDX-License-Identifier: MIT
# qotdctl on a character device, whose positions and requests differ from those of a file.
# shellcheck source=tests/vm/guest/lib.sh
. ./lib.sh

set_options --max-size=1M
start_service "qotdctl"

changes() {
	qotdctl info --json | sed --quiet 's/.*"changes": \([0-9]*\).*/\1/p'
}

repeat() { # COUNT CHARACTER
	head --bytes="$1" /dev/zero | tr '\0' "$2"
}

is "show" "$(qotdctl show)" "$quotation"
qotdctl set hello
is "set replaces all" "$(text "$dev")" hello
seq 1 100000 >numbers
check "set --grow: more than one request" qotdctl set --grow - <numbers
check "show: more than one request" cmp numbers <(qotdctl show)
qotdctl resize 128K
before=$(changes)
repeat 131072 z | qotdctl set -
is "set: 128K are one change" "$(($(changes) - before))" 1
check "set: all of the 128K are there" cmp <(repeat 131072 z) "$dev"
exits "set: too long" 4 qotdctl set - < <(repeat 131073 y)
check "set: too long leaves the old content" cmp <(repeat 131072 z) "$dev"
qotdctl reset

mkfifo output
qotdctl watch >output 2>message &
watch=$!
exec {output}<output
read -r -t 20 -u "$output" line
is "watch: the present quotation" "$line" "$quotation"
for text in one two; do
	qotdctl set "$text"
	read -r -t 20 -u "$output" line
	is "watch: a change: $text" "$line" "$text"
done
echo eno >"$dev"
read -r -t 20 -u "$output" line
is "watch: a write(2)" "$line" eno

is "completion: the devices" "$(qotdctl complete -d /dev/q | paste --serial --delimiters=' ')" "/dev/qotd :files"

stop_service "qotdctl"
reap "$watch"
is "watch: the end of the device ends it" "$status" 4
like "watch: the message says so" "$(<message)" "cannot .*; the (device was taken away|daemon has ended): start it"
remove_settings

done_testing
