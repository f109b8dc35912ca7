#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Starts that must fail: with a reason, and with nothing left behind.
. "$(dirname "$0")/lib.sh"

# A start with these options fails, says why, and leaves no mount.
refuses() { # WHAT PATTERN OPTION...
	local what=$1 pattern=$2
	shift 2
	if start_daemon "$@"; then
		not_ok "$what: the start fails" "it is ready"
		stop_daemon
		return
	fi
	check "$what: the exit status is an error, not a signal, not a skip" is_error_status "$status"
	like "$what: the message says why" "$(cat "$log")" "$pattern"
	is "$what: no mount is left" "$(count_mounts)" 0
}

is_error_status() {
	[ "$1" -ge 1 ] && [ "$1" -lt 126 ] && [ "$1" -ne 77 ]
}

refuses "memory for one device of two" "memory" --memory=4K --instances=2
refuses "memory for no device" "memory" --memory=1K
must_start_daemon
stop_daemon
is "after a failed start, the next one works" "$status" 0

mnt=$work/missing
refuses "a directory that does not exist" "$work/missing" --name=qotd
mnt=$work/file
touch "$mnt"
refuses "a file instead of a directory" "$work/file" --name=qotd
mnt=$work/mnt

refuses "a quotation file that does not exist" "$work/nothing" --quote-file="$work/nothing"
refuses "a directory as quotation file" "$work" --quote-file="$work"

must_start_daemon
first=$daemon
echo hello >"$dev"
refuses_second() {
	daemon=
	if start_daemon; then
		not_ok "started twice: the second start fails" "it is ready"
		stop_daemon
	else
		check "started twice: the second exits with an error" is_error_status "$status"
		like "started twice: the second says so" "$(cat "$log")" "qotd"
	fi
	daemon=$first
}
refuses_second
is "started twice: the first is mounted once" "$(count_mounts)" 1
is "started twice: the first is untouched" "$(head -c 5 "$dev")" hello
check "started twice: the first still runs" kill -0 "$first"
stop_daemon
is "started twice: the first ends with 0" "$status" 0

done_testing
