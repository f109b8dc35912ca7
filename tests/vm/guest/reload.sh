#!/bin/bash
# SPDX-License-Identifier: MIT
# Options from a drop-in, for a service that runs; what `systemctl status` and the journal say.
# shellcheck source=tests/vm/guest/lib.sh
. ./lib.sh

limit() {
	qotdctl info | sed --quiet 's/^memory limit  *\([0-9]*\).*/\1/p'
}

# Waits until `systemctl status` shows this line: it follows within a second.
# shellcheck disable=SC2317 # called by the checks
shows() { # STATUS
	local tries
	for tries in {1..100}; do
		[[ $(systemctl show --property=StatusText --value qotd-cuse) != "$1" ]] || return 0
		sleep 0.1
	done
	echo "after $tries tries: $(systemctl show --property=StatusText --value qotd-cuse)"
	return 1
}

start_service "reload"
pid=$(main_pid)
exec {user}<>"$dev"

set_options --memory=1M --log-level=debug
check "the reload succeeds" systemctl reload qotd-cuse
is "the new memory limit is in force" "$(limit)" 1048576
check "the status shows it" shows "1 device, 4K of 1M in use, 0 sleeping, 0 restarts survived"
log=$(service_log)
like "the journal has it" "$log" " \| event=reload option=memory from=131072 to=1048576\$"
like "the journal has the log level" "$log" " \| event=reload option=log-level from=info to=debug\$"

qotdctl resize 8K
check "the status follows" shows "1 device, 8K of 1M in use, 0 sleeping, 0 restarts survived"
like "the journal has the resize" "$(service_log)" " \| event=resize device=qotd from=128 to=8192\$"

set_options --memory=lots
exits "a reload with a wrong option fails" 1 systemctl reload qotd-cuse
like "the journal says why" "$(service_log)" "--memory 'lots': not a size"
is "nothing has changed" "$(limit)" 1048576
is "the service goes on" "$(systemctl is-active qotd-cuse) $(main_pid)" "active $pid"

set_options --instances=2
check "a reload with an option that needs a restart succeeds" systemctl reload qotd-cuse
like "the journal names it" "$(service_log)" " \| event=reload-pending option=instances needs=restart\$"
check "a restart" systemctl restart qotd-cuse
check "the restart brings the second device" test -c /dev/qotd1
check "the client of the first device goes on" head --bytes=1 <&"$user"
remove_settings
check "a restart without the option" systemctl restart qotd-cuse
check "the second device stays: somebody may have it open" head --bytes=1 /dev/qotd1
like "the journal says so" "$(service_log)" " \| event=more-devices devices=2 wanted=1\$"
exec {user}>&-
stop_service "two devices"
start_service "one device again"
exec {user}<>"$dev"
qotdctl resize 8K
set_options --memory=1M
check "a reload raises the limit" systemctl reload qotd-cuse
remove_settings
check "a reload without options succeeds" systemctl reload qotd-cuse
is "the limit is back at its default" "$(limit)" 131072

systemctl kill --signal=KILL qotd-cuse
check "after a crash: the client goes on" head --bytes=1 <&"$user"
check "after a crash: the status counts it" shows "1 device, 8K of 128K in use, 0 sleeping, 1 restart survived"
like "after a crash: the journal has it" "$(service_log)" " \| event=recovered requests=[0-9]+ restarts=1\$"
set_options --memory=2M
check "after a crash: the reload is heard" systemctl reload qotd-cuse
is "after a crash: the limit is the new one" "$(limit)" 2097152
exec {user}>&-
stop_service "reload"
check "no socket is left" test ! -e /run/qotd-cuse
nothing_is_left "reload"

# --- the example ---

install -D --mode=644 "$(find /usr/share/doc /usr/local/share/doc -path "*/qotd-cuse/*" -name options.conf.example)" \
	/etc/systemd/system/qotd-cuse.service.d/test.conf
systemctl daemon-reload
start_service "the example"
is "the example: the devices it says" "$(find /dev -name 'qotd*' -type c | wc --lines)" 4
check "the example: the status it says" shows "4 devices, 16K of 6M in use, 0 sleeping, 0 restarts survived"
is "the example: the log level it says" "$(service_log)" ""
stop_service "the example"
remove_settings
done_testing
