#!/bin/sh
# SPDX-License-Identifier: MIT
# The help and the version.
. "$(dirname "$0")/lib.sh"

"$qotdctl" --help >"$dir/help"

# section NAME: the rows of a part of the help.
section() {
	sed -n "/^$1:/,/^\$/{/^  /p}" "$dir/help"
}

for ask in -h help '-h -x' '--help frobnicate' '-n -h'; do
	# shellcheck disable=SC2086
	run $ask
	ended 0 "$(cat "$dir/help")" ""
	report $? "$ask prints the help"
done

! section Commands | grep -vqE '^  [a-z]+( [A-Z]+| \[[A-Z]+\])?  +[^ ]' && section Commands | grep -q .
report $? "the commands are listed in one form"
! section Options | grep -vqE '^  -[a-zA-Z](, --[a-z]+(=[A-Z]+)?| [A-Z]+)?  +[^ ]' && section Options | grep -q .
report $? "the options are listed in one form"

[ "$(section 'Exit status' | cut -c 3 | paste -sd ' ')" = "0 1 2 3 4" ]
report $? "the help has every exit status"

# No line is wider than a terminal.
! grep -qE '^.{81}' "$dir/help"
report $? "the help fits on 80 columns"

for command in $(section Commands | sed 's/^  \([a-z]*\).*/\1/'); do
	run help "$command"
	[ "$status" -eq 0 ] && grep -q "^Usage: qotdctl $command " "$dir/out" &&
		! grep -qE '^.{81}' "$dir/out"
	report $? "help $command is about it, and fits on 80 columns"
	cp "$dir/out" "$dir/expected"
	run "$command" --help
	ended 0 "$(cat "$dir/expected")" ""
	report $? "$command --help is the same"
done

run -s 1 -h
grep -q "^Usage: qotdctl resize " "$dir/out"
report $? "-s 1 -h is about resize"
run help resize
grep -qE '^  -n, --nonblock  ' "$dir/out" && grep -q "^SIZE is $rule" "$dir/out"
report $? "the help of a command has its options and its argument"
run help size
! grep -q nonblock "$dir/out" && grep -qE '^  -d, --device=DEVICE  ' "$dir/out"
report $? "the help of a command has no option of another one"
fails "help for no command" 1 "help: unknown command 'frobnicate'" help frobnicate

for ask in -V --version version 'size -V'; do
	# shellcheck disable=SC2086
	run $ask
	ended 0 "qotdctl $version" ""
	report $? "$ask prints the version"
done

# Each command in the help gets as far as opening the device.
for word in $(section Commands | sed 's/^  \([a-z]*\).*/\1/'); do
	argument=
	if section Commands | grep -q "^  $word [A-Z]"; then argument=1; fi
	# shellcheck disable=SC2086
	run "$word" $argument -d "$none"
	case $word in
	help | version) [ "$status" -eq 0 ] ;;
	*) [ "$status" -eq 3 ] ;;
	esac
	report $? "$word is in the help and is a command"
done

done_testing
