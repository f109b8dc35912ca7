#!/bin/bash
# SPDX-License-Identifier: MIT
# The commands of README.md on the installed product: the blocks that run on a device anywhere, and those that need the
# service. tests/docs does the others.
# shellcheck disable=SC2016,SC2317 # the checks call functions; the editor expands its own argument
# shellcheck source=tests/vm/guest/lib.sh
. ./lib.sh

page=README.md
docs_dir=.
session_dir=/run/qotd-readme
mkdir --parents "$session_dir"
# shellcheck source=tests/docs/classes.bash
. ./classes.bash
# shellcheck source=tests/docs/session.bash
. ./session.bash

substitute() {
	cat
}

# What the page says behind "#" is to be written into the editor, beside the command and in the lines below it.
drop_in() { # LINE
	sed --quiet "$1,/^\`\`\`/p" "$page" | awk 'NR == 1 || /^ *#/ { sub(/^[^#]*# ?/, ""); print; next } { exit }'
}

# An editor needs a terminal. What is saved must be there afterwards.
edit() { # LINE COMMAND
	drop_in "$1" >"$session_dir/drop-in"
	printf '#!/bin/sh\ncat %s >"$1"\n' "$session_dir/drop-in" >"$session_dir/editor"
	chmod +x "$session_dir/editor"
	SYSTEMD_EDITOR=$session_dir/editor script --quiet --return --command "$2" /dev/null </dev/null
	[[ $(systemctl cat qotd-cuse) == *"$(<"$session_dir/drop-in")"* ]]
}

start_service "README"
run_session "$page" here
run_session "$page" system
while IFS=$'\t' read -r -u 3 what line text; do
	[[ $what == sh && $(class_of "$(first_word "$text")") == system ]] || continue
	if [[ $text == "systemctl edit"* ]]; then
		check "README.md, line $line: $text" edit "$line" "$text"
	else
		check "README.md, line $line: $text" bash -c "$text"
	fi
done 3< <(awk -f "$docs_dir/commands.awk" "$page")
remove_settings
qotdctl reset
stop_service "README"
nothing_is_left "README"
done_testing
