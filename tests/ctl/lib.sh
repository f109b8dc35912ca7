# shellcheck shell=sh disable=SC2034 # the scripts use what this sets
# SPDX-License-Identifier: MIT
#
# Sourced by the scripts of this directory, which run qotdctl without a device: test points in TAP.
#
#   $qotdctl  the program; $version is its version
#   $dir      a directory of this script's own, removed at the end
#   $none     a path in it where nothing is
#
# Usage of the scripts: SCRIPT QOTDCTL VERSION
set -u

qotdctl=$(realpath "$1")
version=$2
unset QOTD_DEVICE POSIXLY_CORRECT

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
count=0

# report RESULT NAME: one TAP line; on failure, what the last run did.
report() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		sed 's/^/# stdout: /' "$dir/out"
		sed 's/^/# stderr: /' "$dir/err"
		echo "# exit code: $status"
	fi
}

# run ARG...: leaves stdout, stderr and the exit code for the checks.
run() {
	"$qotdctl" "$@" >"$dir/out" 2>"$dir/err"
	status=$?
}

# ended STATUS STDOUT STDERR: whether the last run did so, to the letter.
ended() {
	[ "$status" -eq "$1" ] &&
		[ "$(cat "$dir/out")" = "$2" ] &&
		[ "$(cat "$dir/err")" = "$3" ]
}

# misused NAME MESSAGE ARG...: exit code 1, the message and which help to ask for: that of the command
# which the message begins with, if any.
misused() {
	name=$1
	message=$2
	shift 2
	case ${message%%:*} in
	*[!a-z]*) hint=--help ;;
	*) hint="help ${message%%:*}" ;;
	esac
	run "$@"
	ended 1 "" "qotdctl: $message
Try 'qotdctl $hint'."
	report $? "$name"
}

# fails NAME STATUS MESSAGE ARG...: this exit code, this one line and nothing on stdout.
fails() {
	name=$1
	wanted=$2
	message=$3
	shift 3
	run "$@"
	ended "$wanted" "" "qotdctl: $message"
	report $? "$name"
}

# done_testing: the plan; ends the script.
done_testing() {
	echo "1..$count"
	exit 0
}

none=$dir/none
rule='digits with an optional K, M or G, at most 9223372036854775807'
start="start it with 'systemctl start qotd-cuse', or without CUSE with 'qotd-cuse --fuse=DIR' and name\
 DIR/qotd with -d"
