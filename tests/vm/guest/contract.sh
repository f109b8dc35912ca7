#!/bin/bash
# SPDX-License-Identifier: MIT
# Every row of the contract on the character device, for 64-bit and 32-bit clients, with and without the tutorial's
# ioctl numbers.
# shellcheck source=tests/vm/guest/lib.sh
. ./lib.sh

set_options --max-size=4M
start_service "contract"
include_tap "64-bit: " ./contract "$dev" cuse
include_tap "32-bit: " ./contract32 "$dev" cuse
include_tap "64-bit: " ./legacy "$dev" refused
include_tap "32-bit: " ./legacy32 "$dev" refused
stop_service "contract"

set_options --legacy-ioctl
start_service "with --legacy-ioctl"
include_tap "64-bit: " ./legacy "$dev"
include_tap "32-bit: " ./legacy32 "$dev"
is "with --legacy-ioctl: qotdctl works, too" "$(qotdctl size)" 128
stop_service "contract"

remove_settings
done_testing
