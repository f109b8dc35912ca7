#!/bin/bash
# SPDX-License-Identifier: MIT
# The completion for zsh, in an interactive one behind a pseudo-terminal.
. "$(dirname "$0")/devices.sh"
. "$(dirname "$0")/lib.sh"

needs zsh "$(command -v zsh)"
PATH=$(dirname "$qotdctl"):$PATH
mkdir "$dir/functions" "$dir/files"
cp "$(dirname "$0")/../../completions/qotdctl.zsh" "$dir/functions/_qotdctl"
touch "$dir/files/a-file"

# completes NAME WORDS LINE: what Tab offers at the end of the line, sorted.
completes() {
	zsh -f "$(dirname "$0")/complete.zsh" "$dir/functions" "$3" >"$dir/all" 2>"$dir/err" </dev/null
	status=$?
	sort -u "$dir/all" >"$dir/out"
	[[ $(paste -sd ' ' "$dir/out") == "$2" ]]
	report $? "$1"
}

completes "commands" "reset resize" "qotdctl re"
completes "all commands" "$("$qotdctl" complete '' | cut -f 1 | sort | paste -sd ' ')" "qotdctl "
completes "options of a command" "--json" "qotdctl info --j"
completes "a file as a device" "$dir/files/a-file" "qotdctl -d $dir/files/"
completes "a file as a device, in one word" "--device=$dir/files/a-file" "qotdctl --device=$dir/files/"
if [[ $devices ]]; then
	completes "devices" "$devices" "qotdctl size -d /dev/qotd"
	completes "devices in one word" "--device=/dev/qotd --device=/dev/qotd1" "qotdctl --device=/dev/qotd"
fi

done_testing
