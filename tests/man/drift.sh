#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the pages list is what there is: options, commands, ioctls. The programs come in $QOTD_CUSE and $QOTDCTL, the
# header in $QOTD_HEADER.
# shellcheck source=tests/man/lib.sh
. "$(dirname "$0")/lib.sh"
needs mandoc

: "${QOTD_CUSE:?}" "${QOTDCTL:?}" "${QOTD_HEADER:?}"

# The left column of a help text: two blanks, then what it is about, two blanks or more, then the explanation.
help_items() { # PROGRAM
	"$1" --help | sed --quiet 's/^  \([^ ]\)/\1/p' | sed 's/   *.*//' | sort
}

# The members of the structure, in its order there.
members() {
	sed --quiet '/^struct qotd_info {/,/^};/s/^\t__u[0-9]* \([a-z_]*\).*/\1/p' "$QOTD_HEADER"
}

documented_members() {
	items qotd.4 'struct qotd_info' | sed 's/, /\n/g' | sort
}

same "qotd-cuse: the page has the options of --help" "$(items qotd-cuse.8 OPTIONS)" "$(help_items "$QOTD_CUSE")"
same "qotdctl: the page has the commands, options and statuses of --help" \
	"$({ items qotdctl.1 COMMANDS; items qotdctl.1 OPTIONS; items qotdctl.1 'EXIT STATUS'; } | sort)" \
	"$(help_items "$QOTDCTL")"
same "qotd: the page has the ioctls of the header" \
	"$(items qotd.4 IOCTLS | cut --delimiter=' ' --fields=1)" \
	"$(sed --quiet 's/^#define \(QOTDIOC[A-Z]*\) .*/\1/p' "$QOTD_HEADER" | sort)"
same "qotd: the page has the members of struct qotd_info" "$(documented_members)" "$(members | sort)"
done_testing
