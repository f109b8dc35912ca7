#!/bin/bash
# SPDX-License-Identifier: MIT
# A kernel without CUSE: one line that names what is missing and the way out, and no second try.
# shellcheck source=tests/vm/guest/lib.sh
. ./lib.sh

module=$(modinfo --field=filename cuse)
node=$(stat --format='%Hr %Lr' /dev/cuse)

hide_module() {
	modprobe --remove cuse
	mv "$module" /run
}

restore_module() {
	mv "/run/${module##*/}" "$module"
	# shellcheck disable=SC2086 # two numbers
	[[ -e /dev/cuse ]] || mknod --mode=600 /dev/cuse c $node
}

names_the_way_out() { # NAME TEXT
	like "$1: names the module" "$2" "module '?cuse"
	like "$1: names the package" "$2" "linux-image-amd64"
	like "$1: names --fuse" "$2" "--fuse"
	is "$1: in one line" "$(wc --lines <<<"$2")" 1
}

fails_for_good() { # NAME
	exits "$1: systemctl start fails" 1 systemctl start qotd-cuse
	names_the_way_out "$1: the journal of the service" "$(service_log)"
	is "$1: the service does not try again" "$(systemctl show --property=SubState --value qotd-cuse)" failed
	nothing_is_left "$1"

	run qotd-cuse --user=qotd-cuse
	is "$1: by hand: it fails" "$status" 1
	names_the_way_out "$1: by hand" "$output"
}

hide_module
fails_for_good "no module"
rm --force /dev/cuse
fails_for_good "no module, no node"
restore_module

start_service "with the module there again"
is "with the module there again: the device answers" "$(text "$dev")" "$quotation"
stop_service "no module"
done_testing
