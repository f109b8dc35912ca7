#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The whole contract on a FUSE file, for a 64-bit and a 32-bit client.
. "$(dirname "$0")/lib.sh"

must_start_daemon --max-size=4M --memory=64M

include_tap "64-bit: " "$QOTD_CONTRACT" "$dev" fuse
include_tap "64-bit: " "$QOTD_LEGACY" "$dev" refused
if [ -n "${QOTD_CONTRACT32:-}" ]; then
	include_tap "32-bit: " "$QOTD_CONTRACT32" "$dev" fuse
	include_tap "32-bit: " "$QOTD_LEGACY32" "$dev" refused
elif [ "${QOTD_MUST_RUN:-0}" = 1 ]; then
	not_ok "32-bit: the clients were built" "the compiler cannot link with -m32 -static"
fi

stop_daemon
is "the daemon ends with 0 after all that" "$status" 0
is "the daemon had nothing to say but what was done to the device" \
	"$(grep -vE ' \| event=(start|attach|resize|reset|left-out|stop) ' "$log")" ""

done_testing
