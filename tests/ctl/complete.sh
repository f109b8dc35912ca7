#!/bin/bash
# SPDX-License-Identifier: MIT
# qotdctl complete: what the completions of the shells are made of.
. "$(dirname "$0")/devices.sh"
. "$(dirname "$0")/lib.sh"

# offers NAME WORDS ARG...: just these words, for the last ARG.
offers() {
	name=$1
	words=$2
	shift 2
	run complete "$@"
	[ "$status" -eq 0 ] && [ "$(cut -f 1 "$dir/out" | paste -sd ' ')" = "$words" ]
	report $? "$name"
}

"$qotdctl" --help >"$dir/help"
commands=$(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\).*/\1/p' "$dir/help" | paste -sd ' ')
options=$(sed -n '/^Options:/,/^$/s/^  \(-.\)\(, \(--[a-z]*\)\)*.*/\1 \3/p' "$dir/help" | xargs)

offers "every command of the help, and no other" "$commands" ''
offers "every option of the help, and no other" "$options" -
offers "commands that begin so" "resize reset" re
offers "commands behind an option" "$commands" -n ''
offers "commands behind an option with its argument" "$commands" -d /dev/qotd ''
offers "commands behind an option with its argument in one word" "$commands" --device=/dev/qotd ''
offers "commands behind letters of which the last has an argument" "$commands" -nd /dev/qotd ''
offers "options of a command, behind it" "-d --device -j --json -h --help -V --version" info -
offers "options of a command, behind its argument" "--grow" set text --g
offers "commands as the argument of help" "$commands" help ''
offers "no commands behind the argument of help" "" help size ''
offers "nothing where a size has to stand" "" resize ''
offers "nothing behind an option that is a command" "" -g ''
offers "nothing behind the argument of such an option" "" -s 1K ''
offers "nothing as the argument of such an option" "" -s ''
offers "nothing behind two dashes and a command" "" size -- -
offers "no option behind two dashes" "" -- -
offers "nothing for a value of no option" "" --frobnicate=x
offers "files as a device" ":files" -d /nowhere
offers "files as a device, in one word" ":files" --device=/nowhere
if [ -n "$devices" ]; then
	offers "devices, and files" "$devices :files" size -d ''
	offers "devices that begin so" "/dev/qotd1 :files" --device /dev/qotd1
	offers "devices in one word" "--device=/dev/qotd --device=/dev/qotd1 :files" --device=/dev/
fi

run complete --js
[ "$(cat "$dir/out")" = "--json	print one JSON object, for scripts" ]
report $? "each word comes with its help"

run complete
ended 1 "" ""
report $? "no word at all"

done_testing
