#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The storm sees a failure where there is one: daemons without a part of the request log must not pass.
# shellcheck source=tests/mounted/lib.sh
. "$(dirname "$0")/../mounted/lib.sh"

: "${QOTD_WITHOUT_DONE:?}" "${QOTD_PRIVATE_SLOTS:?}"

# Each kill may go well: how many failures a storm meets is a matter of chance, but with none in so many
# something else is wrong.
kills=300

fails_in_the_storm() { # NAME DAEMON FAILURES
	local sums
	export QOTD_CUSE=$2
	must_start_daemon --supervise --instances=11 --memory=5M --max-size=4M
	sums=$("$QOTD_STORM" "$dev" fuse --parent="$daemon" --kills="$kills" --hang=2 |
		tee >(comment >&2) | grep '^# kills=')
	like "$1" "$sums" "$3"
	stop_daemon KILL
	unmount_all
}

fails_in_the_storm "without the done record, the storm sees effects that are doubled or lost" \
	"$QOTD_WITHOUT_DONE" '(doubled|lost|errors)=[1-9]'
fails_in_the_storm "with requests in private memory, the storm sees clients that hang or get errors" \
	"$QOTD_PRIVATE_SLOTS" '(hangs|errors)=[1-9]'

done_testing
