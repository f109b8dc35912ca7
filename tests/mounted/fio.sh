#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# fio writes a 16 MiB device in many ways and verifies a checksum of every block.
. "$(dirname "$0")/lib.sh"

must_start_daemon --max-size=16M --memory=64M
check "the device grows to 16 MiB" "$QOTDCTL" -d "$dev" resize 16M

# fio must neither create nor truncate nor unlink: the file is a device.
verify() { # OPTION...
	(cd "$work" && fio --name=verify --filename="$dev" --allow_file_create=0 --overwrite=1 \
		--fallocate=none --ioengine=psync --verify=crc32c --verify_fatal=1 --do_verify=1 \
		--randrepeat=0 --group_reporting --minimal "$@")
}

check "sequential writes of 4 KiB come back" verify --rw=write --bs=4k --size=16M
check "random writes of 4 KiB come back" verify --rw=randwrite --bs=4k --size=16M
check "random writes of odd sizes come back" \
	verify --rw=randwrite --bsrange=512-200k --bs_unaligned --size=16M
check "writes of 4 MiB come back" verify --rw=write --bs=4M --size=16M
check "four processes, each in its quarter" \
	verify --rw=randwrite --bs=64k --size=4M --offset_increment=4M --numjobs=4
check "reads and writes mixed" verify --rw=randrw --bs=16k --size=16M
is "the size is still 16 MiB" "$("$QOTDCTL" -d "$dev" size)" 16777216

done_testing
