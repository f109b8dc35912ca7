# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Sourced by the scripts of this directory: ends a test here whose tools are not installed.
needs() { # PROGRAM
	command -v "$1" >/dev/null && return
	if [[ ${QOTD_MUST_RUN:-0} == 1 ]]; then
		echo "Bail out! there is no $1"
		exit 1
	fi
	echo "1..0 # SKIP there is no $1"
	exit 0
}
