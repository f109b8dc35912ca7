#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Detaching takes the file away; with the last device the daemon ends.
. "$(dirname "$0")/lib.sh"

must_start_daemon --instances=3

include_tap "qotd1: " "$QOTD_DETACH" "$mnt/qotd1"
is "qotd1 is gone, the others are there" "$(list "$mnt")" "qotd qotd2"
check "the others serve" cmp "$dev" "$fresh"
check "the daemon runs on" kill -0 "$daemon"

include_tap "qotd: " "$QOTD_DETACH" "$dev"
is "qotd is gone, the last is there" "$(list "$mnt")" "qotd2"
check "the last serves" cmp "$mnt/qotd2" "$fresh"

include_tap "qotd2: " "$QOTD_DETACH" "$mnt/qotd2"
wait_for_daemon 10
is "with the last device the daemon ends with 0" "$status" 0
is "nothing is mounted" "$(count_mounts)" 0

# Two devices, five pages: one device takes three, and the other asks for three more.
must_start_daemon --instances=2 --memory=20K --max-size=20K
check "a device takes most of the memory" "$QOTDCTL" -d "$mnt/qotd1" resize 12K
"$QOTDCTL" -d "$dev" resize 12K >"$work/sleeper" 2>&1 &
sleeper=$!
check "a resize of the other sleeps" "$QOTD_AWAIT_SLEEPERS" "$dev" 1
include_tap "with a sleeper: " "$QOTD_DETACH" "$dev"
wait "$sleeper"
is "the sleeping resize fails when its device is detached" $? 4
like "the sleeping resize says why" "$(cat "$work/sleeper")" "No such device"
check "nobody sleeps any more" "$QOTD_AWAIT_SLEEPERS" "$mnt/qotd1" 0

done_testing
