# SPDX-License-Identifier: MIT
#
# Takes the commands out of a Markdown page. Prints lines of three fields with tabs between them: what it is, the line
# it is on, the text.
#
#	console  a fenced block begins
#	run      a command of it, behind "$ "
#	more     the next line of this command, behind "> "
#	out      a line that it prints
#	sh       a command of a block in the language sh, without its comment
#	code     a code span in the text
#	bad      a command where no test would find it

function print_record(what, text) {
	printf "%s\t%d\t%s\n", what, NR, text
}

function take_spans(line) {
	while (match(line, /`[^`]+`/)) {
		print_record("code", substr(line, RSTART + 1, RLENGTH - 2))
		line = substr(line, RSTART + RLENGTH)
	}
}

/^ *```/ {
	in_block = !in_block
	language = in_block ? $0 : ""
	sub(/^ *```/, "", language)
	sub(/ .*/, "", language)
	if (language == "console")
		print_record("console", "")
	if (language ~ /^(bash|shell|zsh|shell-session|sh-session)$/)
		print_record("bad", "a block in the language " language)
	prints = 0
	next
}

language == "console" {
	if (/^\$ /)
		print_record("run", substr($0, 3))
	else if (/^> / && !prints)
		print_record("more", substr($0, 3))
	else
		print_record("out", $0)
	prints = !/^[$>] /
	next
}

language == "sh" {
	sub(/(^|[ \t]+)#.*/, "")
	if ($0 != "")
		print_record("sh", $0)
	next
}

/^ *\$ / {
	print_record("bad", $0)
}

!in_block {
	take_spans($0)
}
