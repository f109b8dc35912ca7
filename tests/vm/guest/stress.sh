#!/bin/bash
# SPDX-License-Identifier: MIT
# stress-ng does to the device whatever can be done to a device file.
# shellcheck source=tests/vm/guest/lib.sh
. ./lib.sh

start_service "stress"
pid=$(main_pid)

check "stress-ng --dev" stress-ng --dev 4 --dev-file "$dev" --timeout 10s
comment <<<"$output"

is "the same daemon runs on" "$(main_pid)" "$pid"
check "and answers" qotdctl reset
is "with the quotation" "$(text "$dev")" "$quotation"
is "and it had nothing to say but what was done to the device" \
	"$(service_log | grep --invert-match --extended-regexp ' \| event=(start|attach|resize|reset|left-out) ' || true)" ""

stop_service "stress"
done_testing
