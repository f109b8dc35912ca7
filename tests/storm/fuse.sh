#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The storm on a FUSE mount.
# shellcheck source=tests/mounted/lib.sh
. "$(dirname "$0")/../mounted/lib.sh"

kills=${QOTD_STORM_KILLS:-500}

must_start_daemon --supervise --instances=11 --memory=5M --max-size=4M

include_tap "" "$QOTD_STORM" "$dev" fuse --parent="$daemon" --kills="$kills"

stop_daemon TERM
is "the daemon ends with 0 after all that" "$status" 0
is "it has refused no request" "$(grep -c refused "$log")" 0
grep -vE 'took over|serving|signal 9|is detached' "$log" | tail -n 20 | comment

done_testing
