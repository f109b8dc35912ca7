# SPDX-License-Identifier: MIT
#
# complete.zsh DIRECTORY LINE: starts an interactive zsh with DIRECTORY in its fpath, types LINE and Tab, and prints
# each word that it then offers in a line.
zmodload zsh/zpty || exit 1

directory=$1
export COMPLETE_DIRECTORY=$directory COMPLETE_EVENTS=$directory/events COMPLETE_OFFERS=$directory/offers
export ZDOTDIR=$directory
rm -f $COMPLETE_EVENTS $COMPLETE_OFFERS
mkfifo $COMPLETE_EVENTS || exit 1
: >$COMPLETE_OFFERS
exec {events}<>$COMPLETE_EVENTS

# What the shell behind the terminal runs first.
cat >$ZDOTDIR/.zshrc <<'END'
PS1=
unsetopt auto_list auto_menu
fpath=($COMPLETE_DIRECTORY $fpath)
autoload -Uz compinit
compinit -u -D

# Every completion ends here. Those calls that only fill arrays are left alone.
compadd() {
	local -a found path_prefix
	if (( ${argv[(I)-(O|A|D)]} )); then
		builtin compadd "$@"
		return
	fi
	builtin compadd -O found "$@"
	zparseopts -E -a path_prefix p:
	(( $#found )) && print -rl -- $IPREFIX${(Q)path_prefix[2]}${^found} >>$COMPLETE_OFFERS
	builtin compadd "$@"
}

ready() { print ready >$COMPLETE_EVENTS }
finish() { print finished >$COMPLETE_EVENTS }
zle -N zle-line-init ready
zle -N finish
bindkey '^I' complete-word
bindkey '^X' finish
END

await() {
	local event
	read -r -t 20 -u $events event && [[ $event == $1 ]]
}

zpty shell zsh -d -i || exit 1
await ready || exit 1
zpty -w -n shell $2$'\t\C-x'
await finished || exit 1
zpty -d shell
cat $COMPLETE_OFFERS
