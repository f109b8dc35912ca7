#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# qotdctl resize: relative sizes, waiting for memory and not waiting.
. "$(dirname "$0")/lib.sh"

must_start_daemon --instances=2 --memory=20K --max-size=20K

ctl() {
	"$QOTDCTL" -d "$dev" "$@"
}

# The command fails with this status, this text in its message, and the size stays.
refuses() { # NAME STATUS PATTERN COMMAND [ARGUMENT...]
	local name=$1 expected=$2 pattern=$3 before message
	shift 3
	before=$(ctl size)
	message=$("$@" 2>&1)
	is "$name: exit status" $? "$expected"
	like "$name: message" "$message" "$pattern"
	is "$name: the size stays" "$(ctl size)" "$before"
}

ctl resize +1K
is "resize +1K" "$(ctl size)" 1152
ctl resize -128
is "resize -128" "$(ctl size)" 1024
ctl -s +1
is "-s +1" "$(ctl size)" 1025
ctl -s-1
is "-s-1" "$(ctl size)" 1024
is "the content stays" "$(head -n 1 "$dev")" "$(head -n 1 "$fresh")"
refuses "less than nothing" 4 "by -1025: the device has 1024 bytes and takes 1 to 20480" ctl resize -1025
refuses "nothing" 4 "resize to 0 bytes: the device takes 1 to 20480" ctl resize -1024
refuses "more than the maximum" 4 "resize to 21504 bytes: the device takes 1 to 20480" ctl resize +20K
refuses "more than a number holds" 4 "by \+9223372036854775807" ctl resize +9223372036854775807
refuses "more than there will ever be" 4 "memory" ctl resize 20K
ctl reset

# Five pages in all: one device takes three, and the other asks for three more.
check "one device takes most of the memory" "$QOTDCTL" -d "$mnt/qotd1" resize 12K
env --default-signal=INT "$QOTDCTL" -d "$dev" resize 12K >"$work/sleeper" 2>&1 &
sleeper=$!
check "a resize sleeps" "$QOTD_AWAIT_SLEEPERS" "$dev" 1
kill -INT "$sleeper"
wait "$sleeper"
check "Ctrl-C ends a sleeping resize" test $? -ne 0
check "Ctrl-C: nobody sleeps any more" "$QOTD_AWAIT_SLEEPERS" "$dev" 0
check "Ctrl-C: the device is as before" cmp "$dev" "$fresh"

ctl resize 12K >"$work/sleeper" 2>&1 &
sleeper=$!
check "another resize sleeps" "$QOTD_AWAIT_SLEEPERS" "$dev" 1
check "the other device gives its memory back" "$QOTDCTL" -d "$mnt/qotd1" reset
wait "$sleeper"
is "the sleeping resize succeeds" $? 0
is "the size is there" "$(ctl size)" 12288

ctl reset

check "one device takes most of the memory again" "$QOTDCTL" -d "$mnt/qotd1" resize 12K
refuses "--nonblock" 4 "memory is short" ctl resize --nonblock 12K
refuses "-n" 4 "memory is short" ctl resize -n +11K
check "--nonblock with memory" ctl resize --nonblock 1K
check "reset --nonblock with memory" ctl reset --nonblock

done_testing
