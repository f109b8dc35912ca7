#!/bin/sh
# SPDX-License-Identifier: MIT
# Output that is lost, and standard descriptors that are closed.
. "$(dirname "$0")/lib.sh"

# lost_output NAME REASON: the last run, whose output went elsewhere, has noticed that it was lost.
lost_output() {
	: >"$dir/out"
	ended 2 "" "qotdctl: cannot write to standard output: $2"
	report $? "$1"
}

"$qotdctl" --help >/dev/full 2>"$dir/err"
status=$?
lost_output "full disk" "No space left on device"
"$qotdctl" --version >&- 2>"$dir/err"
status=$?
lost_output "closed stdout" "Bad file descriptor"
mkfifo "$dir/pipe"
: <"$dir/pipe" &
{
	wait $!
	"$qotdctl" --help 2>"$dir/err"
	echo $? >"$dir/status"
} >"$dir/pipe"
status=$(cat "$dir/status")
lost_output "closed pipe" "Broken pipe"

# A closed stderr must not let messages end up in the device, which would get that descriptor.
"$qotdctl" reset -d "$dir/pretender" 2>&-
: >"$dir/pretender"
"$qotdctl" reset -d "$dir/pretender" >"$dir/out" 2>&-
status=$?
: >"$dir/err"
ended 4 "" "" && [ ! -s "$dir/pretender" ]
report $? "closed stderr does not write into the device"

done_testing
