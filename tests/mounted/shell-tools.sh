#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The everyday tools on the device: cat, echo, dd, cp, cmp and redirections.
. "$(dirname "$0")/lib.sh"

must_start_daemon

expected=$work/expected

# The device holds this text, and behind it what was there before.
holds_from_zero() { # TEXT
	cp "$fresh" "$expected"
	printf '%s' "$1" | dd of="$expected" conv=notrunc status=none
	cmp "$dev" "$expected"
}

reset() {
	"$QOTDCTL" -d "$dev" reset || not_ok "reset"
}

check "cat: ends, and gives the fresh content" cmp "$fresh" <(cat "$dev")
is "head: the first line is the quotation" "$(head -n 1 "$dev")" "$(head -n 1 "$fresh")"
is "wc: counts 128 bytes" "$(wc -c <"$dev")" 128
cp "$dev" "$work/copy"
check "cp: from the device" cmp "$work/copy" "$fresh"

echo hello >"$dev"
check "echo >: overwrites from the start and leaves the rest" holds_from_zero $'hello\n'
reset

echo hello >>"$dev"
check "echo >>: overwrites from the start as well" holds_from_zero $'hello\n'
reset

{ echo one; echo two; } >"$dev"
check "{ } >: two writes through one descriptor follow each other" holds_from_zero $'one\ntwo\n'
reset

{ echo one; echo two; } >>"$dev"
check "{ } >>: two writes through one descriptor follow each other" holds_from_zero $'one\ntwo\n'
reset

exec {fd}<>"$dev"
read -r line <&"$fd"
echo after >&"$fd"
exec {fd}>&-
is "<>: read gives a line" "$line" "$(head -n 1 "$fresh")"
is "<>: a write goes on behind what was read" "$(sed -n 2p "$dev" | tr -d '\0')" after
reset

is "dd: reads block by block" "$(dd if="$dev" bs=7 status=none | cksum)" "$(cksum <"$fresh")"
is "dd: skips" "$(dd if="$dev" bs=4 skip=2 count=2 status=none)" "$(dd if="$fresh" bs=4 skip=2 count=2 status=none)"
printf nowhere | dd of="$dev" bs=1 seek=3 conv=notrunc status=none
check "dd: seeks" holds_from_zero "On nowhere"
reset

head -c 128 /dev/urandom >"$work/random"
cp "$work/random" "$dev"
check "cp: onto the device" cmp "$dev" "$work/random"
reset

tee "$dev" <"$work/random" >"$work/copy"
check "tee: onto the device" cmp "$dev" "$work/random"
reset

head -c 200 /dev/urandom >"$work/random"
message=$(dd if="$work/random" of="$dev" bs=200 conv=notrunc 2>&1)
is "dd: fails when there is more than fits" $? 1
like "dd: says that there is no space" "$message" "No space left on device"
check "dd: has written what fits" cmp -n 128 "$dev" "$work/random"
reset

check "cat: the fresh content is back" cmp "$fresh" <(cat "$dev")

done_testing
