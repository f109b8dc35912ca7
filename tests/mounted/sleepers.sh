#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Resizes that wait for memory.
. "$(dirname "$0")/lib.sh"

must_start_daemon --instances=4 --memory=256K --max-size=256K

include_tap "" "$QOTD_SLEEPERS" "$mnt/qotd" "$mnt/qotd1" "$mnt/qotd2" "$mnt/qotd3"

stop_daemon
is "the daemon ends with 0 after all that" "$status" 0

done_testing
