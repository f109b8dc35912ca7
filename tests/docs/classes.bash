# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What a test does with a command of a page, by its first word:
#
#	device   runs it on a device
#	daemon   starts it, and uses it for the commands that follow
#	system   runs it in the virtual machine: it needs the service, or changes the system
#	script   takes long, and is run by scripts/check: what it names must exist
#	meson    the same
class_of() { # WORD
	case $1 in
	cat | cmp | dd | echo | grep | head | ls | mkdir | rmdir | stat | tail | test | tr | until | kill) echo device ;;
	qotdctl | build/examples/tally/*) echo device ;;
	qotd-cuse) echo daemon ;;
	apt | apt-get | dpkg | journalctl | modprobe | rpm | systemctl | udevadm | usermod) echo system ;;
	scripts/* | tests/vm/*) echo script ;;
	meson | ninja) echo meson ;;
	*) echo none ;;
	esac
}

# The word that says what a command is: behind assignments and sudo.
first_word() { # COMMAND
	local word
	for word in $1; do
		[[ $word == *=* || $word == sudo || $word == -- ]] || { echo "$word"; return; }
	done
}
