#!/bin/bash
# SPDX-License-Identifier: MIT
# The completion for bash, called as bash does.
. "$(dirname "$0")/devices.sh"
. "$(dirname "$0")/lib.sh"

set +u # bash-completion does without
bash_completion=/usr/share/bash-completion/bash_completion
needs bash_completion "$bash_completion"
# shellcheck source=/dev/null
. "$bash_completion"
. "$(dirname "$0")/../../completions/qotdctl.bash"
PATH=$(dirname "$qotdctl"):$PATH
mkdir "$dir/files"
touch "$dir/files/a file"

# completes NAME WORDS LINE: what Tab offers at the end of the line, sorted.
completes() {
	COMP_LINE=$3
	COMP_POINT=${#COMP_LINE}
	COMP_TYPE=9
	# Readline breaks words so: "=" is a word of its own.
	read -ra COMP_WORDS <<<"${COMP_LINE//=/ = }"
	[[ $COMP_LINE != *[\ =] ]] || COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMPREPLY=()
	_qotdctl qotdctl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>"$dir/err"
	status=$?
	printf '%s\n' "${COMPREPLY[@]}" | sort >"$dir/out"
	[[ $(paste -sd ' ' "$dir/out") == "$2" ]]
	report $? "$1"
}

[[ $(complete -p qotdctl) == "complete -F _qotdctl qotdctl" ]]
report $? "it is registered"
completes "commands" "reset resize" "qotdctl re"
completes "all commands" "$("$qotdctl" complete '' | cut -f 1 | sort | paste -sd ' ')" "qotdctl "
completes "options of a command" "--json" "qotdctl info --j"
completes "a file as a device" "$dir/files/a file" "qotdctl -d $dir/files/"
completes "a file as a device, in one word" "$dir/files/a file" "qotdctl --device=$dir/files/"
if [[ $devices ]]; then
	completes "devices" "$devices" "qotdctl size -d /dev/qotd"
	completes "devices in one word" "$devices" "qotdctl --device=/dev/qotd"
fi

done_testing
