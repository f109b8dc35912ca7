#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# page.sh PAGE: each command of a Markdown page does what the page says. See CONTRIBUTING.md, "Commands in Markdown".
docs_dir=$(dirname "$(realpath "$0")")
. "$docs_dir/../mounted/lib.sh"
. "$docs_dir/classes.bash"

: "${QOTD_BUILD:?}"
page=$1
[[ -s $page ]] || bail_out "there is no page $page"
name=$(basename "$page")
session_dir=$work/session
mkdir "$session_dir" "$work/tmp"
. "$docs_dir/session.bash"
cd "$docs_dir/../.." || bail_out "no source directory"
export PATH=$QOTD_BUILD/daemon:$QOTD_BUILD/ctl:$PATH QOTD_DEVICE=$dev

# For the reader it is the device of the system, and a directory "build".
substitute() {
	sed -E "s#/tmp/#$work/tmp/#g; s#/dev/qotd#$dev#g; s#\bDIR\b#$mnt#g; s#(^|[[:blank:]])build(/|[[:blank:]]|\$)#\1$QOTD_BUILD\2#g"
}

# --- what is not run, but must exist ---

# What the programs say of their options.
help=$(qotd-cuse --help; qotdctl --help; "$QOTD_BUILD/examples/tally/tally" --help 2>&1; cat scripts/* tests/vm/run)

knows_options() { # WORD...
	local word
	for word; do
		word=${word%%=*}
		[[ $word != --* ]] || grep -qE -e "(^|[^a-z-])$word($|[^a-z-])" <<<"$help" || { echo "no option $word"; return 1; }
	done
}

knows_command() { # WORD...
	local word
	knows_options "$@" || return
	for word; do
		case $word in
		-* | */* | *=*) ;;
		*) grep -qE -e "^ +$word( |\$)" <<<"$(qotdctl --help)" || { echo "no command $word"; return 1; }; return 0 ;;
		esac
	done
}

# A script is there, and so is everything that is passed to it.
script_exists() { # SCRIPT [ARGUMENT...]
	local script=$1 word
	[[ -x $script ]] || { echo "no script $script"; return 1; }
	shift
	for word; do
		case $word in
		--*) grep -qF -e "${word%%=*}" "$script" ;;
		"$work"/*) true ;;
		*/*) [[ -e $word ]] ;;
		*) grep -qwF -e "$word" "$script" ;;
		esac || { echo "$script knows no $word"; return 1; }
	done
}

knows_tests() { # [OPTION|NAME]...
	local tests
	tests=$(meson introspect --tests "$QOTD_BUILD")
	while (($# > 0)); do
		case $1 in
		-C | --timeout-multiplier) shift ;;
		--suite) shift; grep -qE "\"suite\": \[[^]]*[:\"]$1\"" <<<"$tests" || { echo "no suite $1"; return 1; } ;;
		-*) ;;
		*) grep -qF "\"name\": \"$1\"" <<<"$tests" || { echo "no test $1"; return 1; } ;;
		esac
		shift
	done
}

knows_build_options() { # WORD...
	local word options
	options=$(meson introspect --buildoptions "$QOTD_BUILD")
	for word; do
		word=${word%%=*}
		[[ $word != -D* ]] || grep -qF "\"name\": \"${word#-D}\"" <<<"$options" || { echo "no option $word"; return 1; }
	done
}

meson_would() { # WORD...
	while [[ $1 == *=* ]]; do shift; done
	case "$1 $2" in
	"meson setup") knows_build_options "${@:3}" ;;
	"meson test") knows_tests "${@:3}" ;;
	"meson install") meson install --dry-run "${@:3}" ;;
	ninja*) ninja -n "${@:2}" ;;
	*) echo "do not know what $1 $2 does"; return 1 ;;
	esac
}

# --- blocks in the language sh ---

start_from() { # qotd-cuse [OPTION...]
	local word options=()
	for word in "${@:2}"; do
		[[ $word == "--fuse=$mnt" ]] || options+=("$word")
	done
	[[ $* == *"--fuse=$mnt"* ]] || { not_ok "$where" "without --fuse=DIR there is no device here"; return; }
	[[ -z $daemon ]] || stop_daemon
	start_daemon "${options[@]}"
	is "$where" $? 0
}

try_command() { # COMMAND
	local words
	read -r -a words <<<"$1"
	case $(class_of "$(first_word "$shown")") in
	device) check "$where" timeout 60 bash -c "$1" ;;
	daemon) start_from "${words[@]}" ;;
	system) ok "$where: is run in the virtual machine" ;;
	script) check "$where: exists" script_exists "${words[@]}" ;;
	meson) check "$where: exists" meson_would "${words[@]}" ;;
	none) not_ok "$where" "what to do with it? See tests/docs/classes.bash" ;;
	esac
}

try_commands() {
	local what line shown where
	while IFS=$'\t' read -r -u 3 what line shown; do
		where="$name, line $line: $shown"
		[[ $what != bad ]] || not_ok "$where" "a command that no test would find: see CONTRIBUTING.md"
		[[ $what != sh ]] || try_command "$(substitute <<<"$shown")"
	done 3< <(awk -f "$docs_dir/commands.awk" "$page")
}

# --- commands in the text ---

look_at_span() { # COMMAND
	local words command
	read -r -a words <<<"$1"
	read -r -a command <<<"$(substitute <<<"$1")"
	case ${words[0]} in
	--*) check "$where" knows_options "${words[@]}" ;;
	qotd-cuse) check "$where" knows_options "${words[@]}" ;;
	qotdctl) check "$where" knows_command "${words[@]:1}" ;;
	scripts/*) [[ ${words[0]} == *'*'* ]] || check "$where" script_exists "${command[@]}" ;;
	meson) check "$where" meson_would "${command[@]}" ;;
	esac
}

look_at_spans() {
	local what line text span where
	while IFS=$'\t' read -r -u 3 what line text; do
		[[ $what == code ]] || continue
		while read -r span; do
			where="$name, line $line: $span"
			look_at_span "$span"
		done <<<"${text//&&/$'\n'}"
	done 3< <(awk -f "$docs_dir/commands.awk" "$page")
}

must_start_daemon
run_session "$page" here
try_commands
[[ -z $daemon ]] || stop_daemon
look_at_spans
done_testing
