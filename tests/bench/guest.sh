#!/bin/bash
# SPDX-License-Identifier: MIT
#
# In the virtual machine: the daemon on a real /dev/cuse against a raw loop on it and against libfuse's example. The
# results, which scripts/bench wants, follow the table.
set -euo pipefail
modprobe cuse
mkdir /run/bench
./bench --cuse --output=/run/bench "$@" 2>/run/bench/log || {
	cat /run/bench/log
	exit 1
}
echo "--- results.json"
cat /run/bench/results.json
