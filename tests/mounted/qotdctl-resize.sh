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
refuses "more than there will ever be" 4 "take a smaller size, or raise .*--memory, which is 20K" ctl resize 20K
ctl reset

# Five pages in all: one device takes three, and the other asks for three more.
take_memory() {
	check "one device takes most of the memory" "$QOTDCTL" -d "$mnt/qotd1" resize 12K
}

give_memory() {
	check "the other device gives its memory back" "$QOTDCTL" -d "$mnt/qotd1" reset
}

# Starts a resize that sleeps; $sleeper is its process. A shell without job control would have it ignore SIGINT.
start_sleeper() { # [PREFIX...]
	env --default-signal=INT "$@" "$QOTDCTL" -d "$dev" resize 12K >"$work/sleeper" 2>&1 &
	sleeper=$!
	check "a resize sleeps" "$QOTD_AWAIT_SLEEPERS" "$dev" 1
}

take_memory
for signal in INT TERM HUP; do
	start_sleeper
	kill "-$signal" "$sleeper"
	wait "$sleeper"
	is "SIG$signal ends a sleeping resize as it ends others" $? "$(kill -l "$signal" | awk '{ print 128 + $1 }')"
	like "SIG$signal: the message" "$(cat "$work/sleeper")" "interrupted while waiting to resize to 12288 bytes"
	check "SIG$signal: nobody sleeps any more" "$QOTD_AWAIT_SLEEPERS" "$dev" 0
	check "SIG$signal: the device is as before" cmp "$dev" "$fresh"
done

start_sleeper env --ignore-signal=INT
kill -INT "$sleeper"
give_memory
wait "$sleeper"
is "a sleeping resize succeeds; SIGINT was ignored" $? 0
is "the size is there" "$(ctl size)" 12288
ctl reset

# Stopping, as with Ctrl-Z, takes the request back from the daemon; it must be made again.
take_memory
start_sleeper
kill -STOP "$sleeper"
check "a stopped resize does not sleep in the daemon" "$QOTD_AWAIT_SLEEPERS" "$dev" 0
kill -CONT "$sleeper"
check "a continued resize sleeps again" "$QOTD_AWAIT_SLEEPERS" "$dev" 1
give_memory
wait "$sleeper"
is "a continued resize succeeds" $? 0
ctl reset

refuses_to_wait() { # OPTION
	refuses "$1" 4 "memory is short, 16K of 20K are in use" ctl resize "$1" 12K
}
take_memory
refuses_to_wait --nonblock
refuses_to_wait -n
check "--nonblock with memory" ctl resize --nonblock 1K
check "reset --nonblock with memory" ctl reset --nonblock

# After a second, a terminal learns what the wait is for.
mkfifo "$work/terminal"
script --quiet --return --flush --command "'$QOTDCTL' -d '$dev' resize 12K" "$work/typescript" >"$work/terminal" </dev/null &
sleeper=$!
exec {terminal}<"$work/terminal"
message=
read -r -t 20 -u "$terminal" message
is "on a terminal, a wait is explained" "${message%$'\r'}" \
	"qotdctl: $dev: waiting for memory to resize to 12288 bytes: 16K of 20K are in use, 1 waiting; Ctrl-C gives up"
give_memory
wait "$sleeper"
is "on a terminal, the resize succeeds as well" $? 0
is "the explanation is all that it says" "$(cat <&"$terminal")" ""

done_testing
