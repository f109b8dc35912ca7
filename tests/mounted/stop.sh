#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SIGTERM and SIGINT end the daemon within a second, whatever its clients do.
. "$(dirname "$0")/lib.sh"

ends_well() { # WHAT
	is "$1: exit status 0" "$status" 0
	check "$1: in less than a second" test "$elapsed_ms" -lt 1000
	is "$1: nothing is mounted" "$(count_mounts)" 0
}

for signal in TERM INT; do
	must_start_daemon
	stop_daemon "$signal"
	ends_well "SIG$signal, idle"

	must_start_daemon --instances=2
	exec {one}<>"$dev" {other}<"$mnt/qotd1"
	echo hello >&"$one"
	stop_daemon "$signal"
	ends_well "SIG$signal, with open files and a changed device"
	check "SIG$signal: those who had it open get an error" fails head -c 1 <&"$other"
	exec {one}>&- {other}<&-

	# Two devices, five pages: three are held, and the other device asks for three more.
	must_start_daemon --instances=2 --memory=20K --max-size=20K
	check "SIG$signal: a device takes most of the memory" "$QOTDCTL" -d "$mnt/qotd1" resize 12K
	"$QOTDCTL" -d "$dev" resize 12K >"$work/sleeper" 2>&1 &
	sleeper=$!
	check "SIG$signal: a resize sleeps" "$QOTD_AWAIT_SLEEPERS" "$dev" 1
	stop_daemon "$signal"
	ends_well "SIG$signal, with a sleeping resize"
	wait "$sleeper"
	is "SIG$signal: the sleeping resize fails" $? 4
	like "SIG$signal: the sleeping resize says why" "$(cat "$work/sleeper")" "."
done

must_start_daemon
kill -STOP "$daemon"
kill -TERM "$daemon"
kill -TERM "$daemon"
kill -CONT "$daemon"
stop_daemon TERM
ends_well "three SIGTERM at once"

done_testing
