#!/bin/bash
# SPDX-License-Identifier: MIT
# Who may do what: everybody reads, group qotd writes.
# shellcheck source=tests/vm/guest/lib.sh
. ./lib.sh

start_service "users"

is "another user can read" "$(as_alice head -n 1 "$dev")" "$quotation"
is "another user can ask for the size" "$(as_alice qotdctl size)" 128
exits "another user cannot write" 1 as_alice cp /etc/hostname "$dev"
like "another user cannot write: permission denied" "$output" "Permission denied"
exits "qotdctl reset by another user: exit status 3" 3 as_alice qotdctl reset
like "qotdctl reset by another user: names the group" "$output" "group.*qotd"
exits "qotdctl resize by another user: exit status 3" 3 as_alice qotdctl resize 10
is "after all that, the quotation is there" "$(text "$dev")" "$quotation"

usermod --append --groups qotd alice
echo "Written by alice" | as_alice tee "$dev" >/dev/null
is "a member of group qotd can write" "$(head -n 1 "$dev")" "Written by alice"
check "a member of group qotd can resize" as_alice qotdctl resize 1000
check "a member of group qotd can reset" as_alice qotdctl reset
is "a member of group qotd has reset" "$(text "$dev")" "$quotation"
gpasswd --delete alice qotd >/dev/null

stop_service "users"
done_testing
