# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Sourced by the scripts of this directory: test points in TAP, and what is in a manual page. The environment has
# $QOTD_MAN, the directory of the pages.
set -euo pipefail
export LC_ALL=C

: "${QOTD_MAN:?}"
# shellcheck source=tests/man/needs.sh
. "$(dirname "${BASH_SOURCE[0]}")/needs.sh"

points=0
failures=0

# Two texts are the same; what only one of them has goes into the log.
same() { # NAME GOT WANTED
	local result=ok
	points=$((points + 1))
	if [[ $2 != "$3" ]]; then
		result='not ok'
		failures=$((failures + 1))
	fi
	echo "$result $points - $1"
	[[ $result == ok ]] || diff <(cat <<<"$2") <(cat <<<"$3") | sed 's/^/# /' || true
}

done_testing() {
	echo "1..$points"
	exit $((failures > 0))
}

# What the lists in a section of a page explain, one in a line, sorted.
items() { # PAGE SECTION
	mandoc -T html -O fragment "$QOTD_MAN/$1" | tr --squeeze-repeats ' \n' ' ' | sed 's/<h[12]/\n&/g' |
		awk -v title=">$2<" '/^<h[12]/ { inside = index($0, title) } inside' |
		sed 's/<dt/\n&/g' | sed --quiet 's/^<dt[^>]*>\(.*\)<\/dt>.*/\1/p' | plain | sort
}

# HTML without its marks.
plain() {
	sed 's/<[^>]*>//g; s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#x00A0;/ /g; s/&amp;/\&/g; s/  */ /g; s/^ //; s/ $//'
}
