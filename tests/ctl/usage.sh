#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What qotdctl does without a device: its command line, its messages and its exit codes.
# Usage: usage.sh QOTDCTL VERSION
set -u

qotdctl=$1
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

# misused NAME MESSAGE ARG...: exit code 1, the message and where to find help.
misused() {
	name=$1
	message=$2
	shift 2
	run "$@"
	ended 1 "" "qotdctl: $message
Try 'qotdctl --help'."
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

rule='digits with an optional K, M or G, at most 9223372036854775807'
start="start it with 'systemctl start qotd-cuse', or name another device with -d"

# bad_size TEXT: refused in each way to give it, before any device is opened.
bad_size() {
	for way in -s resize 'resize --'; do
		# shellcheck disable=SC2086
		fails "$way '$1' is not a size" 1 "SIZE '$1': not a size: $rule" $way "$1"
	done
}

for size in -1 -1K -0 12x '' 12345678901234567890 99999999999999999999 9223372036854775808 \
	1.5K +1 ' 1' 1KB 0x10; do
	bad_size "$size"
done
fails "-d may follow a bad size" 1 "SIZE '-1': not a size: $rule" resize -1 -d /dev/null

misused "no command" "no command"
misused "only a device" "no command" -d /dev/null
misused "unknown command" "unknown command 'frobnicate'" frobnicate
misused "empty command" "unknown command ''" ''
misused "negative number as a command" "unknown command '-1'" -1
misused "unknown short option" "unknown option '-x'" -x
misused "unknown option beside a known one" "unknown option '-gx'" -gx
misused "unknown option after a command" "unknown option '-x'" size -x
misused "unknown option where SIZE is due" "unknown option '-x'" resize -x
misused "unknown long option" "unknown option '--frobnicate'" --frobnicate
misused "value for an option without one" "option '--help=me': --help takes no value" --help=me
misused "-s without SIZE" "resize: SIZE is missing: $rule" -s
misused "resize without SIZE" "resize: SIZE is missing: $rule" resize
misused "resize -- without SIZE" "resize: SIZE is missing: $rule" resize --
misused "-d without DEVICE" "-d: DEVICE is missing" size -d
misused "--device without DEVICE" "-d: DEVICE is missing" size --device
misused "empty DEVICE" "-d: DEVICE is empty" size -d ''
misused "empty --device" "-d: DEVICE is empty" size --device=
misused "extra argument to size" "size: extra argument '1'" size 1
misused "extra argument to -g" "size: extra argument '1'" -g 1
misused "extra argument to reset" "reset: extra argument '/dev/qotd'" reset /dev/qotd
misused "extra argument to resize" "resize: extra argument '2'" resize 1 2
misused "extra argument to -s" "resize: extra argument '2'" -s 1 2
misused "extra argument after --" "size: extra argument '-g'" size -- -g
misused "two options at once" "two commands at once: size and reset" -g -r
misused "two options in one word" "two commands at once: size and reset" -gr
misused "two commands at once" "two commands at once: size and reset" size reset
misused "option and command at once" "two commands at once: resize and info" -s 1 info
misused "command and option at once" "two commands at once: reset and resize" reset -s 1
misused "the same command twice" "two commands at once: size and size" -g -g

none=$dir/none
for command in -g size info -r reset '-s 1' 'resize 1'; do
	# shellcheck disable=SC2086
	fails "$command without a device says how to start it" 3 \
		"$none: cannot open: No such file or directory; $start" $command -d "$none"
done
fails "-d before the command" 3 "$none: cannot open: No such file or directory; $start" \
	-d "$none" size
fails "--device=" 3 "$none: cannot open: No such file or directory; $start" --device="$none" size
fails "--device" 3 "$none: cannot open: No such file or directory; $start" size --device "$none"
fails "the last -d counts" 3 "$none: cannot open: No such file or directory; $start" \
	-d /dev/null size -d "$none"
fails "any size goes to the device" 3 "$none: cannot open: No such file or directory; $start" \
	-d "$none" resize 0

export QOTD_DEVICE="$none"
fails "\$QOTD_DEVICE names the device" 3 \
	"$none: cannot open: No such file or directory; $start" size
fails "-d is stronger than \$QOTD_DEVICE" 3 \
	"$none.d: cannot open: No such file or directory; $start" size -d "$none.d"
unset QOTD_DEVICE

fails "path through a file" 3 "/dev/null/qotd: cannot open: Not a directory" \
	size -d /dev/null/qotd
fails "writing to a directory" 3 "$dir: cannot open: Is a directory" reset -d "$dir"

# Root may open everything: it has to give up that capability.
touch "$dir/closed" && chmod 0 "$dir/closed"
unprivileged=
[ "$(id -u)" -ne 0 ] || unprivileged="setpriv --bounding-set=-dac_override,-dac_read_search"
for command in size reset; do
	$unprivileged "$qotdctl" $command -d "$dir/closed" >"$dir/out" 2>"$dir/err"
	status=$?
	ended 3 "" "qotdctl: $dir/closed: cannot open: Permission denied;\
 become root or a member of the group qotd"
	report $? "$command without permission names the group"
done

foreign="Inappropriate ioctl for device; this is not a qotd device: name another one with -d"
fails "size of a foreign device" 4 "/dev/null: cannot get the size: $foreign" -g -d /dev/null
fails "resize of a foreign device" 4 "/dev/null: cannot resize to 65536 bytes: $foreign" \
	-s 64K -d /dev/null
fails "reset of a foreign device" 4 "/dev/null: cannot reset: $foreign" -r -d /dev/null
fails "info of a foreign device" 4 "/dev/null: cannot get its state: $foreign" info -d /dev/null
fails "size of a regular file" 4 "$0: cannot get the size: $foreign" size -d "$0"

help="Usage: qotdctl [OPTION]... COMMAND [ARGUMENT]
Controls a Quote Of The Day device.

Commands:
  size                 print the size in bytes
  resize SIZE          set the size; the content stays as far as it fits
  reset                bring back the initial quotation and size
  info                 print the state of the device
  help                 print this text
  version              print the version of qotdctl

Options, of which most are short for a command:
  -d, --device=DEVICE  use DEVICE, not \$QOTD_DEVICE or /dev/qotd
  -g                   print the size in bytes
  -s SIZE              set the size; the content stays as far as it fits
  -r                   bring back the initial quotation and size
  -h, --help           print this text
  -V, --version        print the version of qotdctl

SIZE is $rule.

Exit status: 0 done, 1 wrong usage, 2 internal error, 3 the device cannot be
opened, 4 the device refused."
for ask in -h --help help 'resize --help' '-g -h' '-h -x' '--help frobnicate'; do
	# shellcheck disable=SC2086
	run $ask
	ended 0 "$help" ""
	report $? "$ask prints the help"
done
for ask in -V --version version 'size -V'; do
	# shellcheck disable=SC2086
	run $ask
	ended 0 "qotdctl $version" ""
	report $? "$ask prints the version"
done

# Each command in the help gets as far as opening the device.
"$qotdctl" --help >"$dir/help"
# shellcheck disable=SC2013 # words are wanted
for word in $(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\).*/\1/p' "$dir/help"); do
	argument=
	if grep -q "^  $word SIZE" "$dir/help"; then argument=1; fi
	# shellcheck disable=SC2086
	run "$word" $argument -d "$none"
	case $word in
	help | version) [ "$status" -eq 0 ] ;;
	*) [ "$status" -eq 3 ] ;;
	esac
	report $? "$word is in the help and is a command"
done

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

echo "1..$count"
