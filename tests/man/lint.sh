#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The manual pages are well-formed mdoc(7): mandoc and groff have nothing to say about them.
# shellcheck source=tests/man/lib.sh
. "$(dirname "$0")/lib.sh"
needs mandoc
needs man

# Pages of other packages may not be installed here; those of this one are found beside it.
complaints_of_mandoc() { # PAGE
	mandoc -T lint -W style "$1" 2>/dev/null | grep --invert-match 'STYLE: referenced manual not found' || true
}

complaints_of_groff() { # PAGE
	{ man --warnings --local-file --encoding=UTF-8 -Tutf8 --ditroff "$1" >/dev/null; } 2>&1 || true
}

own_references() { # PAGE
	sed --quiet 's/^\.Xr \(qotd[a-z-]*\) \([0-9]\).*/\1.\2/p' "$1" | sort --unique
}

for page in "$QOTD_MAN"/*.[1-8]; do
	name=${page##*/}
	same "$name: mandoc has no complaint" "$(complaints_of_mandoc "$page")" ""
	same "$name: groff has no complaint" "$(complaints_of_groff "$page")" ""
	for other in $(own_references "$page"); do
		same "$name: the page $other that it names is there" "$(cd "$QOTD_MAN" && ls "$other" 2>&1)" "$other"
	done
done
done_testing
