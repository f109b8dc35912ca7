#!/bin/bash
# SPDX-License-Identifier: MIT
# The completion for fish, asked through its own 'complete'.
. "$(dirname "$0")/devices.sh"
. "$(dirname "$0")/lib.sh"

needs fish "$(command -v fish)"
export HOME=$dir XDG_CONFIG_HOME=$dir XDG_DATA_HOME=$dir
PATH=$(dirname "$qotdctl"):$PATH
script=$(realpath "$(dirname "$0")/../../completions/qotdctl.fish")
mkdir "$dir/files"
touch "$dir/files/a-file"

# completes NAME WORDS LINE: what Tab offers at the end of the line, sorted.
completes() {
	fish --no-config --command "source '$script'; complete --do-complete='$3'" >"$dir/all" 2>"$dir/err"
	status=$?
	cut -f 1 "$dir/all" | sort >"$dir/out"
	[[ $(paste -sd ' ' "$dir/out") == "$2" ]]
	report $? "$1"
}

completes "commands" "reset resize" "qotdctl re"
grep -q "^reset	bring back the initial quotation and size$" "$dir/all"
report $? "commands come with their help"
completes "all commands" "$("$qotdctl" complete '' | cut -f 1 | sort | paste -sd ' ')" "qotdctl "
completes "options of a command" "--json" "qotdctl info --j"
completes "a file as a device" "$dir/files/a-file" "qotdctl -d $dir/files/"
completes "a file as a device, in one word" "--device=$dir/files/a-file" "qotdctl --device=$dir/files/"
if [[ $devices ]]; then
	completes "devices" "$devices" "qotdctl size -d /dev/qotd"
	completes "devices in one word" "--device=/dev/qotd --device=/dev/qotd1" "qotdctl --device=/dev/qotd"
fi

done_testing
