#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Another name, another quotation: --name, --quote, --quote-file.
. "$(dirname "$0")/lib.sh"

size_and_text() {
	echo "$(stat -c %s "$1") $(tr -d '\0' <"$1")"
}

must_start_daemon --quote="Less is more."
is "--quote: its text, in 128 bytes" "$(size_and_text "$dev")" "128 Less is more."
echo Changed >"$dev"
check "--quote: reset" "$QOTDCTL" -d "$dev" reset
is "--quote: a reset brings it back" "$(size_and_text "$dev")" "128 Less is more."
stop_daemon

must_start_daemon --quote=
is "--quote: an empty one gives 128 zeros" "$(cksum <"$dev")" "$(head -c 128 /dev/zero | cksum)"
stop_daemon

head -c 128 /dev/urandom >"$work/quote"
must_start_daemon --quote-file="$work/quote"
check "--quote-file: 128 bytes of any value fit" cmp "$dev" "$work/quote"
stop_daemon

head -c 1000 /dev/urandom >"$work/quote"
must_start_daemon --quote-file="$work/quote"
initial_size=$(stat -c %s "$dev")
check "--quote-file: a longer one makes the device larger" test "$initial_size" -ge 1000
check "--quote-file: all of it is there" cmp -n 1000 "$dev" "$work/quote"
is "--quote-file: the rest is zero" "$(tail -c +1001 "$dev" | tr -d '\0' | wc -c)" 0
check "--quote-file: resize" "$QOTDCTL" -d "$dev" resize 10
check "--quote-file: reset" "$QOTDCTL" -d "$dev" reset
is "--quote-file: a reset brings the larger size back" "$("$QOTDCTL" -d "$dev" size)" "$initial_size"
check "--quote-file: a reset brings all of it back" cmp -n 1000 "$dev" "$work/quote"
stop_daemon

must_start_daemon --name=wisdom --instances=2
is "--name: names all devices" "$(list "$mnt")" "wisdom wisdom1"
check "--name: the device works" cmp "$mnt/wisdom1" "$fresh"
stop_daemon

done_testing
