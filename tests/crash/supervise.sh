#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --supervise: what the parent does when it, or its child, is killed, replaced or stopped.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

state=$work/state
mkdir "$state"

# --- the child dies ---

must_start_daemon --supervise
exec {file}<>"$dev"
printf 'hello' >&"$file"
check "the child is killed: another one comes" kill_child
check "the child is killed: the content is there" starts_with "$dev" hello
printf ' world' >&"$file"
check "the child is killed: an open file goes on where it was" starts_with "$dev" "hello world"
exec {file}>&-
stop_daemon TERM
ends_cleanly "SIGTERM to the parent"

# --- the parent is stopped just when the child has died ---

for signal in TERM INT; do
	must_start_daemon --supervise --state-dir="$state"
	put "$dev" "changed $signal"
	old=$(child)
	kill -STOP "$daemon"
	kill -KILL "$old"
	kill "-$signal" "$daemon"
	kill -CONT "$daemon"
	check "SIG$signal when the child has just died ends the parent" wait_for_daemon 5
	[ -z "$daemon" ] || stop_daemon KILL
	is "SIG$signal when the child has just died: nothing is mounted" "$(count_mounts)" 0
	check "SIG$signal when the child has just died: the content is saved" \
		grep -q "changed $signal" "$state/qotd.state"
done

# A stop that meets a child at any moment of its start is still a clean stop.
lost=0
for delay in {0..30..2}; do
	rm -f "$state"/*
	must_start_daemon --supervise --state-dir="$state"
	put "$dev" changed
	kill -KILL "$(child)"
	from=$(microseconds_now)
	while [ $(($(microseconds_now) - from)) -lt $((delay * 300)) ]; do :; done
	stop_daemon TERM
	grep -q changed "$state/qotd.state" 2>/dev/null || lost=$((lost + 1))
done
is "SIGTERM while the next child starts saves the content" "$lost times lost" "0 times lost"
rm -f "$state"/*

# --- the parent dies ---

must_start_daemon --supervise --state-dir="$state"
put "$dev" changed
last=$(child)
kill -KILL "$daemon"
wait_for_daemon 5
check "the parent is killed: the child ends" soon is_gone "$last"
is "the parent is killed: nothing is mounted" "$(count_mounts)" 0
check "the parent is killed: the changed content is saved" grep -q changed "$state/qotd.state"
rm -f "$state"/*

# --- the child is replaced ---

cp "$QOTD_CUSE" "$work/program"
QOTD_CUSE=$work/program must_start_daemon --supervise
put "$dev" kept
exec {file}<"$dev"
old=$(child)
cp "$QOTD_CUSE" "$work/program.new"
mv "$work/program.new" "$work/program"
kill -HUP "$daemon"
check "SIGHUP: another child comes" soon has_new_child "$old"
is "SIGHUP: it runs the new program" "$(stat -L -c %i "/proc/$(child)/exe")" "$(stat -c %i "$work/program")"
check "SIGHUP: an open file goes on" test "$(head -c 4 <&"$file")" = kept
exec {file}<&-
stop_daemon TERM
ends_cleanly "SIGTERM after SIGHUP"

# --- a child that cannot start, or says how it ended ---

deadly=$(QOTD_CRASH_LIST=1 "$QOTD_CUSE" | sed -n 's/^\([0-9]*\) .* attach: state filled in.*/\1/p')
QOTD_CRASH_AT=$deadly start_daemon --supervise
is "a child that always dies at its start: exit status 1" "$status" 1
like "a child that always dies at its start: after ten tries" "$(cat "$log")" "died 10 times"
is "a child that always dies at its start: ten deaths" \
	"$(grep -c "starting it again" "$log")" 9
is "a child that always dies at its start: nothing is mounted" "$(count_mounts)" 0

start_daemon --supervise --state-dir=/nowhere
is "a child that ends with 1 ends the parent with 1" "$status" 1
is "a child that ends with 1: nothing is mounted" "$(count_mounts)" 0

must_start_daemon --supervise
include_tap "the last device is detached: " "$QOTD_DETACH" "$dev"
wait_for_daemon 5
ends_cleanly "the last device is detached"

must_start_daemon --supervise
umount "$mnt"
check "unmounted by somebody else: the parent ends" wait_for_daemon 5

done_testing
