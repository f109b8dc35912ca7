#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --reload: new options for a daemon that runs, over its control socket.
. "$(dirname "$0")/lib.sh"

control=$work/control
export AWAIT_READY_LOG=$work/notify

start() { # [OPTION...]
	must_start_daemon --control="$control" "$@"
}

# Sets $output and $status.
reload() { # [OPTION...]
	output=$("$QOTD_CUSE" --reload --control="$control" "$@" 2>&1)
	status=$?
}

info() { # FIELD
	"$QOTDCTL" -d "$dev" info | sed -n "s/^$1  *\([0-9]*\).*/\1/p"
}

# --- the memory limit ---

start --instances=2 --memory=256K
is "the control socket is its user's alone" "$(stat -c '%F %a' "$control")" "socket 600"
reload --instances=2 --memory=1M
is "--memory: the reload succeeds" "$status" 0
like "--memory: it says what has changed" "$output" "--memory: 1M, was 256K"
is "--memory: the limit is another" "$(info "memory limit")" 1048576
check "--memory: the log says so" grep -q " | event=reload option=memory from=262144 to=1048576\$" "$log"
like "--memory: the service manager was told" "$(tr '\n' ' ' <"$AWAIT_READY_LOG")" \
	"RELOADING=1 MONOTONIC_USEC=[0-9]+ .*READY=1 "
check "--memory: the status shows it" soon grep -q "^STATUS=2 devices, 8K of 1M in use" "$AWAIT_READY_LOG"
reload --instances=2 --memory=1M
is "the same again: the reload succeeds" "$status" 0
like "the same again: nothing has changed" "$output" "nothing has changed"
reload --instances=2
is "what is not given is back at its default" "$(info "memory limit")" 262144

reload --memory=x --log-level=debug
is "an option that is wrong: exit status 2" "$status" 2
like "an option that is wrong: it is named" "$output" "--memory 'x'"
is "an option that is wrong: nothing has changed" "$(info "memory limit")" 262144

reload --memory=128K --name=other --max-size=1M --supervise
is "options that need a restart: the reload succeeds" "$status" 0
for option in max-size supervise instances; do
	like "options that need a restart: --$option is named" "$output" "--$option .*restart"
done
like "options that need a stop: --name is named" "$output" "--name .*stop.*start"
is "options that need a restart: the others are applied" "$(info "memory limit")" 131072
is "options that need a restart: nothing else is" "$(list "$mnt")" "qotd qotd1"

# --- who waits for memory ---

reload --instances=2 --memory=20K
"$QOTDCTL" -d "$mnt/qotd1" resize 12K
"$QOTDCTL" -d "$dev" resize 12K >"$work/sleeper" 2>&1 &
sleeper=$!
check "a resize sleeps" "$QOTD_AWAIT_SLEEPERS" "$dev" 1
reload --instances=2 --memory=64K
wait "$sleeper"
is "a higher limit ends the sleep" $? 0
is "the device has its size" "$("$QOTDCTL" -d "$dev" size)" 12288

reload --instances=2 --memory=32K
"$QOTDCTL" -d "$dev" resize 16K >"$work/sleeper" 2>&1 &
sleeper=$!
check "another resize sleeps" "$QOTD_AWAIT_SLEEPERS" "$dev" 1
reload --instances=2 --memory=16K
wait "$sleeper"
check "a lower limit that leaves no hope ends it, too" test $? -ne 0
like "with ENOMEM" "$(cat "$work/sleeper")" "[Mm]emory"
like "less than what is in use takes nothing away" "$output" "24K are in use"
is "what the devices hold is theirs" "$("$QOTDCTL" -d "$dev" size) $("$QOTDCTL" -d "$mnt/qotd1" size)" "12288 12288"
stop_daemon TERM
check "a stop removes the socket" test ! -e "$control"

# --- the log level ---

start
reload --log-level=error
"$QOTDCTL" -d "$dev" resize 4K
"$QOTDCTL" -d "$dev" reset
reload --log-level=debug
"$QOTDCTL" -d "$dev" resize 8K
check "--log-level: more is said again" soon grep -q "event=resize device=qotd from=128 to=8192" "$log"
is "--log-level: less was said before" "$(grep -c "event=reset" "$log")" 0
check "--log-level: the change is logged" grep -q " | event=reload option=log-level from=error to=debug\$" "$log"
stop_daemon TERM

# --- who is heard ---

reload
is "no daemon: exit status 1" "$status" 1
like "no daemon: the socket is named" "$output" "$control"
output=$("$QOTD_CUSE" --reload 2>&1)
is "no socket given: exit status 2" $? 2
like "no socket given: it says so" "$output" "--control"

start
if [ "$(id -u)" -eq 0 ]; then
	install -m 755 "$QOTD_CUSE" "$work/qotd-cuse"
	nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
	check "another user cannot connect" \
		exits 1 "${nobody[@]}" "$work/qotd-cuse" --reload --control="$control" --memory=1M
	chmod 666 "$control"
	output=$("${nobody[@]}" "$work/qotd-cuse" --reload --control="$control" --memory=1M 2>&1)
	is "another user who can connect is refused" $? 1
	like "another user who can connect is told why" "$output" "only root and the user of the daemon"
	is "nothing has changed" "$(info "memory limit")" 131072
fi

first=$daemon
mkdir "$work/other"
output=$(timeout 10 "$QOTD_CUSE" --fuse="$work/other" --control="$control" 2>&1)
is "a socket that is in use: the start of another daemon fails" $? 1
like "a socket that is in use: it says so" "$output" "$control: Address already in use"
daemon=$first
reload --memory=1M
is "a socket that is in use: it still works" "$status" 0
stop_daemon KILL

umount "$mnt"
start
reload --memory=1M
is "what a daemon that was killed has left is replaced" "$status" 0
stop_daemon TERM

output=$(timeout 10 "$QOTD_CUSE" --fuse="$mnt" --control=/nowhere/at/all 2>&1)
is "a socket that cannot be: the start fails" $? 1
like "a socket that cannot be: it says so" "$output" "/nowhere/at/all"
is "a socket that cannot be: nothing is mounted" "$(count_mounts)" 0

done_testing
