#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The example device on a FUSE mount, as docs/your-own-device.md says. $QOTD_CUSE is the example here.
. "$(dirname "$0")/../mounted/lib.sh"

: "${TALLY_ADD:?}"
dev=$mnt/tally

put() { # TEXT
	echo "$1" >"$dev"
}

must_start_daemon
like "start: says what it serves" "$(<"$log")" "tally: serving $dev\$"

is "cat: a fresh count is 0" "$(cat "$dev")" 0
check "echo: sets the count" put 41
is "cat: gives it" "$(cat "$dev")" 41
is "add: gives the sum" "$("$TALLY_ADD" "$dev")" 42
is "add: takes a number" "$("$TALLY_ADD" "$dev" -50)" -8
is "wc: is not misled by an earlier text" "$(wc -c <"$dev")" 3
check "echo >>: sets the count as well" tee -a "$dev" <<<123456
is "dd: reads byte by byte" "$(dd if="$dev" bs=1 status=none)" 123456
check "echo: what is no number is refused" fails put many
is "echo: and has changed nothing" "$(cat "$dev")" 123456

exec {reader}<"$dev"
read -r -N 1 piece <&"$reader"
put 7
is "two clients: each sees its own moment" "$piece$(cat <&"$reader"), $(cat "$dev")" "123456, 7"
exec {reader}<&-

put 0
adders=()
for _ in {1..8}; do
	for _ in {1..50}; do "$TALLY_ADD" "$dev" >/dev/null; done &
	adders+=($!)
done
wait "${adders[@]}"
is "eight clients: no addition is lost" "$(cat "$dev")" 400

check "a second one on the same directory fails" exits 1 "$QOTD_CUSE" --fuse="$mnt"
check "wrong usage fails" exits 2 "$QOTD_CUSE" --what

exec {open}<"$dev"
stop_daemon TERM
is "SIGTERM: exit status 0, with an open file" "$status" 0
is "SIGTERM: nothing is mounted" "$(count_mounts)" 0
exec {open}<&-

must_start_daemon
umount "$mnt"
wait_for_daemon 10
is "unmounted by somebody else: it ends" "$status" 1
like "unmounted by somebody else: it says why" "$(<"$log")" "no more requests come"

done_testing
