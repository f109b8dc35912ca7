#!/bin/bash
# SPDX-License-Identifier: MIT
# The storm on the character device: the service is killed and restarted under load, and no client notices.
#
#	tests/vm/run --dest=DESTDIR --timeout=900 tests/storm/guest-storm.sh tests/vm/guest/lib.sh BUILD/tests/storm/storm
# shellcheck source=tests/vm/guest/lib.sh
. ./lib.sh

kills=60
restarts=10

set_options --instances=11 --memory=5M --max-size=4M
start_service "storm"

# Emulation is slow, so the times are long: to come back takes a second.
include_tap "storm: " ./storm "$dev" cuse --kills=$((kills + restarts)) --pause=100 --hang=90 \
	--command='systemctl kill --signal=KILL qotd-cuse' \
	--restart='systemctl restart qotd-cuse' --restart-every=$(((kills + restarts) / restarts))

check "storm: the service runs" systemctl is-active qotd-cuse
journalctl --sync
is "storm: no request has been refused" "$(journalctl --boot --unit=qotd-cuse | grep --count refused || true)" 0
check "storm: the service stops" systemctl stop qotd-cuse

rm --recursive --force /var/lib/qotd-cuse/*
remove_settings
done_testing
