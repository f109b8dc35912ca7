# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Completion of qotdctl for bash. The program itself knows what can follow: see 'qotdctl complete' in ctl/cmd_complete.c.

_qotdctl() {
	# shellcheck disable=SC2034 # prev is for _init_completion
	local cur prev words cword line
	_init_completion -n = || return

	while IFS= read -r line; do
		if [[ $line == :files ]]; then
			# Replaces what has been typed of the value only, as the rest below does.
			cur=${cur#--*=}
			_filedir
		else
			COMPREPLY+=("${line%%$'\t'*}")
		fi
	done < <("${words[0]/#\~/$HOME}" complete "${words[@]:1:cword-1}" "$cur" 2>/dev/null)

	# Where "=" breaks words, readline replaces only what stands behind it.
	if [[ ${words[cword]} == --*=* && $COMP_WORDBREAKS == *=* ]]; then
		COMPREPLY=("${COMPREPLY[@]#"${words[cword]%%=*}="}")
	fi
}

complete -F _qotdctl qotdctl
