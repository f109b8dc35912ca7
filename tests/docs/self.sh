#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# page.sh finds what is wrong with a page: each command of wrong.page.
docs_dir=$(dirname "$(realpath "$0")")
. "$docs_dir/../mounted/lib.sh"

wrong=$docs_dir/wrong.page
said=$("$docs_dir/page.sh" "$wrong")
is "its status says so" $? 1

# Whether the command on a line of the page, or behind "line N: ", is found to be wrong.
is_found() { # NUMBER TEXT
	grep -E '^not ok' <<<"$said" | grep -qF -e "line $1: $2"
}

while IFS=$'\t' read -r what number text; do
	case $what in
	run | sh | bad) check "line $number: $text" is_found "$number" "$([[ $what == bad ]] || echo "$text")" ;;
	code)
		[[ $text == *.sh ]] || check "line $number: $text" is_found "$number" "$text"
		;;
	esac
done < <(awk -f "$docs_dir/commands.awk" "$wrong")
is "nothing is found to be right" "$(grep -c '^ok' <<<"$said")" 0
done_testing
