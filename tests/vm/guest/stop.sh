#!/bin/bash
# SPDX-License-Identifier: MIT
# What ends the service: a stop, whatever its clients do, a detach, and options that make no sense.
# shellcheck source=tests/vm/guest/lib.sh
. ./lib.sh

start_service "stop"
exec {user}<>"$dev"
echo "Changed" >&"$user"
stop_service "with an open device"
exits "with an open device: its user gets an error" 1 head --bytes=1 <&"$user"
exec {user}>&-
nothing_is_left "with an open device"

# Readers that go on until they get an error.
mkfifo /run/reading
exec {reading}<>/run/reading
read_on() {
	head --bytes=1 "$dev" && echo >&"$reading"
	while head --bytes=1 "$dev"; do :; done
}
start_service "under load"
{ read_on & read_on & read_on & wait; } >/dev/null 2>&1 &
readers=$!
for n in 1 2 3; do
	check "under load: $n of 3 readers at work" read -r -t 20 -u "$reading"
done
stop_service "under load"
check "under load: the readers end" timeout 10 tail --pid="$readers" --lines=0 --follow /dev/null
nothing_is_left "under load"

# Two devices, five pages: three are held, and the other device asks for three more.
set_options --instances=2 --memory=20K --max-size=20K
start_service "with a sleeper"
check "with a sleeper: one device takes most of the memory" qotdctl -d /dev/qotd1 resize 12K
qotdctl resize 12K >/dev/null 2>&1 &
sleeper=$!
check "with a sleeper: it sleeps" ./await-sleepers "$dev" 1
stop_service "with a sleeper"
reap "$sleeper"
is "with a sleeper: it gets an error" "$status" 4
nothing_is_left "with a sleeper"
remove_settings

start_service "detach"
pid=$(main_pid)
include_tap "" ./detach "$dev"
check "detach: the daemon ends" timeout 10 tail --pid="$pid" --lines=0 --follow /dev/null
check "detach: the service ends well" test "$(systemctl show --property=Result --value qotd-cuse)" = success
start_service "detach: the service starts again"
is "detach: the device is back" "$(text "$dev")" "$quotation"
stop_service "detach"
nothing_is_left "detach"

set_options --nonsense
exits "a start that fails: status 1" 1 systemctl start qotd-cuse
like "a start that fails: the reason" "$(service_log)" "nonsense"
is "a start that fails: no second try" "$(systemctl show --property=SubState --value qotd-cuse)" failed
nothing_is_left "a start that fails"
remove_settings
start_service "after one that failed"
stop_service "after one that failed"

done_testing
