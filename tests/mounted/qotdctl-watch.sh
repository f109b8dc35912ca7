#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# qotdctl watch: each change is printed when it happens, and the end of the device ends it.
. "$(dirname "$0")/lib.sh"

must_start_daemon

ctl() {
	"$QOTDCTL" -d "$dev" "$@"
}

# Starts it in the background as $watch; its output comes from $output. A shell without job control would have it
# ignore SIGINT.
start_watch() { # [PREFIX...]
	mkfifo "$work/output"
	env --default-signal=INT "$@" "$QOTDCTL" -d "$dev" watch >"$work/output" 2>"$work/message" &
	watch=$!
	exec {output}<"$work/output"
	rm "$work/output"
}

# The next line is this one. Waits for it.
prints() { # NAME LINE
	local line=nothing
	read -r -t 20 -u "$output" line
	is "$1" "$line" "$2"
}

# Nothing more was printed.
is_at_end() { # NAME
	is "$1" "$(timeout 20 cat <&"$output")" ""
	exec {output}<&-
}

start_watch
prints "the present quotation comes first" "$(head -n 1 "$fresh")"
for text in one two three; do
	ctl set "$text"
	prints "a change is printed: $text" "$text"
done
echo eerht >"$dev"
prints "a write(2) is printed" eerht
ctl resize +1
ctl set three
ctl set -- same
ctl set -- same
ctl set other
seen=
while [ "${seen##* }" != other ] && read -r -t 20 -u "$output" line; do
	seen="$seen $line"
done
like "a text is printed once, also after a resize and when set again" "$seen" "^( three)?( same)? other$"
ctl reset
prints "a reset is printed" "$(head -n 1 "$fresh")"

kill -INT "$watch"
wait "$watch"
is "SIGINT ends it as it ends others" $? 130
is "SIGINT: quietly" "$(cat "$work/message")" ""
is_at_end "SIGINT: no more output"

# Nothing changes the device here: the closed pipe itself wakes it.
start_watch
prints "another one starts with the present quotation" "$(head -n 1 "$fresh")"
exec {output}<&-
wait "$watch"
is "it ends when nobody reads any more, without a change" $? 2
is "it says so" "$(cat "$work/message")" "qotdctl: cannot write to standard output: Broken pipe"

ctl watch >/dev/full 2>"$work/message"
is "it ends when output is lost" $? 2
is "it says so, once" "$(cat "$work/message")" "qotdctl: cannot write to standard output"

# Stopping interrupts poll(2).
start_watch
prints "before it is stopped" "$(head -n 1 "$fresh")"
kill -STOP "$watch"
ctl set stopped
kill -CONT "$watch"
prints "a change while it was stopped" stopped

kill -INT "$watch"
wait "$watch"
exec {output}<&-
ctl reset

# It has the device open itself: only the hang-up tells it.
start_watch
prints "before the detach" "$(head -n 1 "$fresh")"
ctl detach
wait "$watch"
is "a detach ends it" $? 4
like "the message says that the device is gone" "$(cat "$work/message")" "the device was taken away"
is_at_end "a detach: no more output"

wait_for_daemon 10
must_start_daemon
start_watch
prints "before the daemon ends" "$(head -n 1 "$fresh")"
stop_daemon
wait "$watch"
is "the end of the daemon ends it" $? 4
like "the message says that the device is gone" "$(cat "$work/message")" "cannot .*: .*; the (device was taken away|daemon has ended)"
is_at_end "the end of the daemon: no more output"

done_testing
