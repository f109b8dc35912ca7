#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The commands in the examples of qotdctl(1), one after the other, print what the page says.
# shellcheck source=tests/mounted/lib.sh
# shellcheck disable=SC2119
. "$(dirname "$0")/../mounted/lib.sh"
. "$(dirname "$0")/needs.sh"
needs mandoc

: "${QOTD_MAN:?}"

# The page shows a device without the zeros at its end, and breaks long lines.
squeeze() {
	tr -d '\0' | tr -s ' \n' ' ' | sed 's/ $//'
}

# The device is where it is not in the page, and the program is the one that was built.
run_as_on_the_page() { # COMMAND
	PATH=$(dirname "$QOTDCTL"):$PATH QOTD_DEVICE=$dev bash -c "${1//\/dev\/qotd/$dev}" 2>&1 </dev/null |
		sed "s|$dev|/dev/qotd|g" | squeeze
}

try() { # COMMAND OUTPUT
	is "$1" "$(run_as_on_the_page "$1")" "$(squeeze <<<"$2")"
}

must_start_daemon
command=
printed=
# Up to the part that needs no character device.
while IFS= read -r line; do
	case $line in
	'$ '*)
		[ -z "$command" ] || try "$command" "$printed"
		command=${line#\$ }
		printed=
		;;
	*) printed+=$line$'\n' ;;
	esac
done < <(mandoc -T ascii "$QOTD_MAN/qotdctl.1" | sed 's/.\x08//g' | sed --quiet '/^EXAMPLES/,/without CUSE/p' |
	sed --quiet 's/^ \{11\}//p')
try "$command" "$printed"

is "the page has as many commands" "$points" "$(sed '/without CUSE/,$d' "$QOTD_MAN/qotdctl.1" | grep -c '^\$ ')"
stop_daemon
done_testing
