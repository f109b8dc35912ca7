#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2119,SC2317
# The program in qotd(4), as its reader sees it, compiles without a warning and does what the page says.
# shellcheck source=tests/mounted/lib.sh
. "$(dirname "$0")/../mounted/lib.sh"
. "$(dirname "$0")/needs.sh"
needs mandoc

: "${QOTD_MAN:?}" "${QOTD_HEADER:?}" "${QOTD_CC:?}"

# From the first #include of the section to the last brace, without the indentation.
mandoc -T ascii "$QOTD_MAN/qotd.4" | sed 's/.\x08//g' | sed --quiet '/^EXAMPLES/,/^ERRORS/p' |
	sed --quiet '/#include/,/^     }/s/^ \{0,5\}//p' >"$work/example.c"
# shellcheck disable=SC2086 # the compiler may be several words
check "it compiles" $QOTD_CC -Wall -Wextra -Werror -I"$(dirname "$QOTD_HEADER")" -o "$work/example" "$work/example.c"

must_start_daemon
"$work/example" "$dev" >"$work/printed" &
example=$!

holds() { # TEXT
	until [ "$(head -n 1 "$dev")" = "$1" ] || ! kill -0 "$example"; do :; done
	[ "$(head -n 1 "$dev")" = "$1" ]
}
check "it writes its quotation" holds "To do is to be. - Plato"
echo "Scooby dooby doo" >"$dev"
check "it ends when somebody changes the content" timeout 20 tail --pid="$example" --lines=0 --follow /dev/null
like "it prints what the content is then" "$(head -n 1 "$work/printed")" "^Scooby dooby doo$"
stop_daemon
done_testing
