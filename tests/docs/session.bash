# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Sourced, with classes.bash and something that has ok() and not_ok(): runs the console blocks of a page. It needs
# nothing of the build, since the virtual machine uses it, too.
#
#	$docs_dir      where commands.awk is
#	$session_dir   an empty directory for the output
#	substitute     a filter that puts what the page names in terms of what is there
: "${docs_dir:?}" "${session_dir:?}"
declare -a session_commands session_outputs session_lines

# Reads the blocks of which all commands are of class `system`, or of which none is.
read_session() { # PAGE system|here
	local what line text block=0 system
	local -A is_system
	while IFS=$'\t' read -r what line text; do
		[[ $what != console ]] || block=$line
		[[ $what != run || $(class_of "$(first_word "$text")") != system ]] || is_system[$block]=1
	done < <(awk -f "$docs_dir/commands.awk" "$1")

	block=0 session_commands=() session_outputs=() session_lines=()
	while IFS=$'\t' read -r what line text; do
		[[ $what != console ]] || block=$line
		system=here
		[[ ! -v is_system[$block] ]] || system=system
		[[ $system == "$2" ]] || continue
		case $what in
		run) session_commands+=("$text") session_outputs+=("") session_lines+=("$line") ;;
		more) session_commands[-1]+=$'\n'$text ;;
		out) session_outputs[-1]+=$text$'\n' ;;
		esac
	done < <(awk -f "$docs_dir/commands.awk" "$1")
}

# Whether a text is as the page has it, where "..." is anything.
is_as_shown() { # TEXT SHOWN
	local pattern=${2//\\/\\\\} character
	for character in '*' '?' '['; do
		pattern=${pattern//"$character"/"\\$character"}
	done
	pattern=${pattern//.../'*'}
	# shellcheck disable=SC2053 # a pattern
	[[ $1 == $pattern ]]
}

# One shell for all of them, as the reader has.
write_session() {
	local i
	for i in "${!session_commands[@]}"; do
		printf 'eval %q >%q 2>&1\necho $? >%q\n' "$(substitute <<<"${session_commands[i]}")" "$session_dir/$i.out" "$session_dir/$i.status"
	done
}

run_session() { # PAGE system|here
	local i name got status
	read_session "$1" "$2"
	write_session >"$session_dir/script"
	timeout 300 bash "$session_dir/script" </dev/null >"$session_dir/log" 2>&1 || true
	for i in "${!session_commands[@]}"; do
		name="$(basename "$1"), line ${session_lines[i]}: ${session_commands[i]%%$'\n'*}"
		status=$(cat "$session_dir/$i.status" 2>/dev/null || echo "none: it never ended")
		got=$(tr -d '\0' <"$session_dir/$i.out" 2>/dev/null)
		if [[ $status != 0 ]]; then
			not_ok "$name" "status $status"$'\n'"$got"
		elif is_as_shown "$got" "$(substitute <<<"${session_outputs[i]}")"; then
			ok "$name"
		else
			not_ok "$name" "it prints"$'\n'"$got"$'\n'"not"$'\n'"${session_outputs[i]}"
		fi
	done
}
