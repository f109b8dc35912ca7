#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# qotdctl show and set: the content as text.
. "$(dirname "$0")/lib.sh"

must_start_daemon --max-size=1M

ctl() {
	"$QOTDCTL" -d "$dev" "$@"
}

# What the device has to hold: this text, then zeros up to SIZE.
holds() { # SIZE TEXT
	printf %s "$2" >"$work/expected"
	truncate -s "$1" "$work/expected"
	cmp "$dev" "$work/expected"
}

changes() {
	ctl info | awk '$1 == "changes" { print $2 }'
}

repeat() { # COUNT CHARACTER
	head -c "$1" /dev/zero | tr '\0' "$2"
}

# --- show ---

check "show: the quotation, without the zeros" cmp <(ctl show) <(head -n 1 "$fresh")

printf 'no newline' | ctl set -
check "show: adds a newline that is missing" cmp <(ctl show) <(echo 'no newline')

printf 'one\0two\n' | ctl set -
check "show: ends before the first NUL" cmp <(ctl show) <(echo one)

repeat 128 x | ctl set -
check "show: text up to the last byte" cmp <(ctl show) <(repeat 128 x; echo)

ctl set ''
check "show: nothing is an empty line" cmp <(ctl show) <(echo)

seq 1 100000 >"$work/long"
ctl set --grow - <"$work/long"
check "show: more than one request" cmp <(ctl show) "$work/long"
ctl reset

printf 'a\tb\033[31m \303\274 \302\233 \342\200\256 \377\r\177\n' >"$work/hostile"
ctl set - <"$work/hostile"
check "show: into a pipe, everything as it is" cmp <(ctl show) "$work/hostile"

# What a terminal with this locale gets; it turns newlines into CR LF.
on_terminal() { # LOCALE
	LC_ALL=$1 script --quiet --return --command "'$QOTDCTL' -d '$dev' show" "$work/typescript" </dev/null | tr -d '\r'
}
is "show: on a terminal, control characters are visible" "$(on_terminal C.UTF-8)" \
	$'a\tb\\x1b[31m \303\274 \\xc2\\x9b \\xe2\\x80\\xae \\xff\\x0d\\x7f'
is "show: on a terminal without UTF-8, only ASCII is sent" "$(on_terminal C)" \
	$'a\tb\\x1b[31m \\xc3\\xbc \\xc2\\x9b \\xe2\\x80\\xae \\xff\\x0d\\x7f'

check "show: not of a foreign file" exits 4 "$QOTDCTL" -d "$fresh" show

# --- set ---

ctl reset
ctl set hello
check "set: a line, and zeros for all that was there" holds 128 $'hello\n'
is "set: cat looks right" "$(tr -d '\0' <"$dev")" hello
ctl set $'hello\n'
check "set: a newline is not doubled" holds 128 $'hello\n'
ctl set ''
check "set: nothing leaves zeros" holds 128 ''
ctl set -- '-- text'
check "set: after --, text may begin with -" holds 128 $'-- text\n'
ctl set size
check "set: the name of a command is a text as well" holds 128 $'size\n'
printf 'a\n\nb' | ctl set -
check "set -: exactly what comes" holds 128 $'a\n\nb'
ctl set - </dev/null
check "set -: nothing leaves zeros" holds 128 ''
ctl set "$(repeat 127 y)"
check "set: what just fits" holds 128 "$(repeat 127 y)"$'\n'

before=$(changes)
ctl set short
is "set: one change, which nobody can see half of" "$(($(changes) - before))" 1
ctl resize 128K
before=$(changes)
repeat 131072 z | ctl set -
is "set: one change of 128K" "$(($(changes) - before))" 1
check "set: all of the 128K" holds 131072 "$(repeat 131072 z)"
ctl resize 1M
ctl set tiny
check "set: zeros in 1M" holds 1048576 $'tiny\n'
ctl reset

# --- what does not fit ---

# The command fails so, and the device is as before.
refuses() { # NAME PATTERN COMMAND [ARGUMENT...]
	local name=$1 pattern=$2 message
	shift 2
	cp "$dev" "$work/before"
	message=$("$@" 2>&1)
	is "$name: exit status" $? 4
	like "$name: message" "$message" "$pattern"
	check "$name: the old content stays" cmp "$dev" "$work/before"
}

ctl set old
refuses "set: too long by the newline" "it has 129 bytes, and the device 128; --grow .* up to 1048576" \
	ctl set "$(repeat 128 x)"
refuses "set -: too long" "it has 129 bytes, and the device 128" ctl set - < <(repeat 129 x)
refuses "set --grow: more than the maximum" "longer than the maximum size, 1048576 bytes" \
	ctl set --grow - < <(repeat 1048577 x)
refuses "set --grow: without end" "longer than the maximum size" ctl set -G - < <(yes)

# Somebody else resizes the device while standard input is still coming.
resized_meanwhile() { # SIZE COMMAND [ARGUMENT...]: $set is what then runs; input goes to $input
	mkfifo "$work/input"
	ctl "${@:2}" set - <"$work/input" 2>"$work/message" &
	set=$!
	exec {input}>"$work/input"
	rm "$work/input"
	ctl resize "$1"
	repeat "$1" o >"$dev"
}
resized_meanwhile 4K
echo late >&"$input"
exec {input}>&-
wait "$set"
is "set -: a device that has grown meanwhile" $? 0
check "set -: all of it is replaced" holds 4096 $'late\n'
resized_meanwhile 2
echo late >&"$input"
exec {input}>&-
wait "$set"
is "set -: a device that has shrunk meanwhile" $? 4
check "set -: its content stays" holds 2 oo

# --- growing ---

ctl reset
ctl set --grow "$(repeat 128 g)"
check "set --grow: as large as the text" holds 129 "$(repeat 128 g)"$'\n'
ctl set -G smaller
check "set -G: does not shrink" holds 129 $'smaller\n'

stop_daemon
must_start_daemon --instances=2 --memory=20K --max-size=20K
"$QOTDCTL" -d "$mnt/qotd1" resize 12K
refuses "set --grow --nonblock: memory is short" "resize to 12288 bytes: .*memory is short" \
	ctl set --grow --nonblock - < <(repeat 12288 x)
refuses "set --grow: there will never be memory" "take a smaller size" ctl set --grow - < <(repeat 20000 x)

done_testing
