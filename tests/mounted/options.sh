#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The command line: what is refused, with the argument and the limit named, and what is printed.
. "$(dirname "$0")/lib.sh"

# The daemon refuses these options at once, with a message that names the argument and matches the pattern.
refuses() { # WHAT STATUS ARGUMENT PATTERN OPTION...
	local what=$1 expected=$2 argument=$3 pattern=$4 message
	shift 4
	message=$(timeout 10 "$QOTD_CUSE" "$@" 2>&1 >/dev/null)
	is "$what: exit status $expected" $? "$expected"
	like "$what: the message names the argument" "$message" "$argument"
	like "$what: the message names the limit" "$message" "$pattern"
	is "$what: nothing is mounted" "$(count_mounts)" 0
}

fuse=--fuse=$mnt
size="digits with an optional K, M or G"

for option in --memory --max-size; do
	for argument in 12x -1 1T "" 99999999999999999999 " 1" 0x10; do
		refuses "$option='$argument'" 2 "$option.*'$argument'" "$size" "$fuse" "$option=$argument"
	done
	refuses "$option=0" 2 "$option.*'0'" "[1-9]" "$fuse" "$option=0"
done
for argument in 0 -1 x "" 1x 99999999999; do
	refuses "--instances='$argument'" 2 "--instances.*'$argument'" "1 to [0-9]" "$fuse" "--instances=$argument"
done
for argument in "" a/b . .. "a b" "$(head -c 300 /dev/zero | tr '\0' n)"; do
	refuses "--name='${argument:0:10}'" 2 "--name.*'$argument'" "1 to [0-9]" "$fuse" "--name=$argument"
done

long=$(head -c 2000 /dev/zero | tr '\0' q)
echo "$long" >"$work/quote"
refuses "--quote beyond --max-size" 1 "--quote" "--max-size.*1K" "$fuse" --max-size=1K --quote="$long"
refuses "--quote-file beyond --max-size" 1 "--quote-file" "--max-size.*1K" \
	"$fuse" --max-size=1K --quote-file="$work/quote"
refuses "--quote and --quote-file" 2 "--quote" "--quote-file" "$fuse" --quote=a --quote-file="$work/quote"
refuses "--legacy-ioctl on FUSE" 2 "--legacy-ioctl" "--fuse" "$fuse" --legacy-ioctl
refuses "--user on FUSE" 2 "--user" "--fuse" "$fuse" --user=nobody

refuses "an argument that is no option" 2 "surplus" "--help" "$fuse" surplus
refuses "an unknown option" 2 "--no-such-option" "--help" "$fuse" --no-such-option
refuses "--memory without a size" 2 "--memory" "--help" "$fuse" --memory
refuses "--fuse without a directory" 2 "--fuse" "--help" --fuse

check "--help: exit status 0" "$QOTD_CUSE" --help
for option in name instances fuse max-size memory quote quote-file legacy-ioctl verbose help version; do
	like "--help: lists --$option" "$("$QOTD_CUSE" --help)" "--$option"
done
check "--version: exit status 0" "$QOTD_CUSE" --version
like "--version: a number" "$("$QOTD_CUSE" --version)" "[0-9]+\.[0-9]+"

done_testing
