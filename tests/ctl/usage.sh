#!/bin/sh
# SPDX-License-Identifier: MIT
# What qotdctl says about a wrong command line.
. "$(dirname "$0")/lib.sh"

# bad_size TEXT: refused in each way to give it, before any device is opened.
bad_size() {
	for way in -s resize 'resize --'; do
		# shellcheck disable=SC2086
		fails "$way '$1' is not a size" 1 "SIZE '$1': not a size: $rule" $way "$1"
	done
}

for size in -1x -1KK + 12x '' 12345678901234567890 99999999999999999999 9223372036854775808 \
	1.5K +1x ' 1' 1KB 0x10; do
	bad_size "$size"
done
fails "-d may follow a bad size" 1 "SIZE '-1x': not a size: $rule" resize -1x -d /dev/null

misused "no command" "no command"
misused "only a device" "no command" -d /dev/null
misused "unknown command" "unknown command 'frobnicate'" frobnicate
misused "empty command" "unknown command ''" ''
misused "negative number as a command" "unknown command '-1'" -1
misused "unknown short option" "unknown option '-x'" -x
misused "unknown option beside a known one" "size: unknown option '-gx'" -gx
misused "unknown option after a command" "size: unknown option '-x'" size -x
misused "unknown option where SIZE is due" "resize: unknown option '-x'" resize -x
misused "unknown long option after a command" "size: unknown option '--frobnicate'" size --frobnicate
misused "option of another command" "size: unknown option '--nonblock'" size --nonblock
misused "letter of another command" "size: unknown option '--nonblock'" size -n
misused "option of another command before" "size: unknown option '--nonblock'" --nonblock size
misused "option of another command with -g" "size: unknown option '--nonblock'" -ng
misused "unknown long option" "unknown option '--frobnicate'" --frobnicate
misused "value for an option without one" "option '--help=me': --help takes no value" --help=me
misused "-s without SIZE" "resize: SIZE is missing: $rule" -s
misused "resize without SIZE" "resize: SIZE is missing: $rule" resize
misused "resize -- without SIZE" "resize: SIZE is missing: $rule" resize --
misused "set without TEXT" "set: TEXT is missing: a quotation, or - for what comes on standard input" set
misused "extra argument to set" "set: extra argument 'b'" set a b
misused "extra argument to show" "show: extra argument 'b'" show b
misused "option of set" "resize: unknown option '--grow'" resize -G 1
misused "option of detach" "reset: unknown option '--force'" reset -f
misused "option of info" "size: unknown option '--json'" -j size
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

done_testing
