#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --state-dir: what a clean stop saves, and what the next start does with it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

state=$work/state
saved=$state/qotd.state
mkdir "$state"

start() { # [OPTION...]
	must_start_daemon --supervise --state-dir="$state" "$@"
}

# Leaves the saved content of a device that says "$1" and is as large as "$2".
save() { # TEXT SIZE
	rm -rf "${state:?}"/*
	start
	"$QOTDCTL" -d "$dev" resize "$2" >/dev/null
	put "$dev" "$1"
	stop_daemon TERM
}

# --- saved and brought back ---

start
stop_daemon TERM
is "an unchanged device saves nothing" "$(list "$state")" ""

start
"$QOTDCTL" -d "$dev" resize 5000 >/dev/null
put "$dev" "changed content"
cp "$dev" "$work/before"
is "nothing is saved before the stop" "$(list "$state")" ""
stop_daemon TERM
is "the stop succeeds" "$status" 0
is "the stop leaves one file" "$(list "$state")" qotd.state
is "nobody else may read it" "$(stat -c %a "$saved")" 600
start
check "the content is back" cmp "$dev" "$work/before"
is "the size is back" "$("$QOTDCTL" -d "$dev" size)" 5000
like "it still counts as changed" "$(info "$dev")" "[Cc]hanged"
kill_child
check "it survives a crash" cmp "$dev" "$work/before"
stop_daemon TERM
is "the next stop saves it again" "$(list "$state")" qotd.state

start
"$QOTDCTL" -d "$dev" reset >/dev/null
check "reset removes the file" soon test ! -e "$saved"
stop_daemon TERM
is "a stop after reset saves nothing" "$(list "$state")" ""

start
put "$dev" "before the crash"
kill_child
stop_daemon TERM
check "a stop after a crash saves what was there before" grep -q "before the crash" "$saved"

start --instances=3
put "$mnt/qotd2" "the third"
"$QOTDCTL" -d "$dev" reset >/dev/null
stop_daemon TERM
is "each changed instance has a file" "$(list "$state")" qotd2.state
start --instances=3
check "it is brought back to its instance" starts_with "$mnt/qotd2" "the third"
check "the others are fresh" cmp "$mnt/qotd1" "$fresh"
stop_daemon TERM

save "whole" 128
cp "$saved" "$saved.new"
truncate -s 40 "$saved.new"
start
check "a new file that was never finished does not matter" starts_with "$dev" whole
stop_daemon TERM

# --- what cannot be used ---

# Whatever is at $saved is set aside unharmed, with a message, and the device is fresh.
is_rejected() { # WHAT PATTERN [OPTION...]
	local what=$1 pattern=$2
	shift 2
	cp -P "$saved" "$work/rejected" 2>/dev/null
	start "$@"
	check "$what: the device is fresh" cmp "$dev" "$fresh"
	like "$what: a message says why" "$(cat "$log")" "$pattern"
	check "$what: it is not under its name any more" test ! -e "$saved"
	check "$what: it is kept" cmp "$work/rejected" "$state/qotd.state.rejected.1"
	stop_daemon TERM
	check "$what: it is kept after a stop, too" cmp "$work/rejected" "$state/qotd.state.rejected.1"
}

save "some content" 128
printf X | dd of="$saved" bs=1 seek=70 conv=notrunc status=none
is_rejected "a damaged file" damaged

save "some content" 128
printf X | dd of="$saved" bs=1 seek=16 conv=notrunc status=none
is_rejected "a damaged size" "cut off|damaged"

save "some content" 128
truncate -s 100 "$saved"
is_rejected "a truncated file" "cut off"

save "some content" 128
printf X >>"$saved"
is_rejected "a file that is too long" "cannot be used"

save "some content" 128
: >"$saved"
is_rejected "an empty file" "cut off"

save "some content" 128
head -c 500 /dev/urandom >"$saved"
is_rejected "a foreign file" "no saved content"

save "some content" 128
printf '\2' | dd of="$saved" bs=1 seek=8 conv=notrunc status=none
is_rejected "a file of another version" "another version"

save "some content" 9000
is_rejected "more than --max-size" "max-size" --max-size=8K

save "some content" 9000
is_rejected "more than --memory" "memory" --memory=8K

save "some content" 128
mv "$saved" "$work/elsewhere"
ln -s "$work/elsewhere" "$saved"
start
check "a symbolic link: the device is fresh" cmp "$dev" "$fresh"
stop_daemon TERM
is "a symbolic link is not lost" "$(find "$state" -type l | wc -l)" 1
check "a symbolic link: what it names is not touched" grep -q "some content" "$work/elsewhere"

save "some content" 128
rm "$saved"
mkfifo "$saved"
if start_daemon --supervise --state-dir="$state"; then
	ok "a FIFO does not keep the daemon from starting"
	stop_daemon TERM
else
	not_ok "a FIFO does not keep the daemon from starting" "$status"
fi

rm -rf "${state:?}"/*
for n in 1 2 3; do
	echo "rejected $n" >"$saved"
	start
	stop_daemon TERM
done
is "several rejected files have names of their own" "$(list "$state")" \
	"qotd.state.rejected.1 qotd.state.rejected.2 qotd.state.rejected.3"
is "none is overwritten" "$(cat "$state"/qotd.state.rejected.*)" "rejected 1
rejected 2
rejected 3"

# --- the directory ---

start_daemon --state-dir="$work/nothing"
is "a directory that is not there: exit status 1" "$status" 1
like "a directory that is not there: a message" "$(cat "$log")" "cannot open the directory"
is "a directory that is not there: nothing is mounted" "$(count_mounts)" 0

done_testing
