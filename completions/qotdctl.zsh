#compdef qotdctl
# SPDX-License-Identifier: MIT
# Completion of qotdctl for zsh. The program itself knows what can follow: see 'qotdctl complete' in ctl/cmd_complete.c.

local -a candidates
local line word files=

for line in ${(f)"$(${~${(Q)words[1]}} complete ${(Q)words[2,CURRENT-1]} "${(Q)PREFIX}" 2>/dev/null)}"}; do
	if [[ $line == :files ]]; then
		files=1
	else
		word=${line%%$'\t'*}
		candidates+=("${word//:/\\:}${${line#$word}/$'\t'/:}")
	fi
done

(( $#candidates )) && _describe -V qotdctl candidates
if [[ -n $files ]]; then
	compset -P '--*='
	_files
fi
