# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Sourced by the scripts of this directory, which run as root in the virtual machine with the product installed: test
# points in TAP, and the service with its settings.
#
#   $dev         the default device
#   $quotation   what a fresh one says
#   $status      exit status of the last command that `run` ran, $output what it printed, $elapsed_ms how long it took
#
# The programs of tests/contract and tests/tools are in the working directory.
set -euo pipefail
export LC_ALL=C SYSTEMD_PAGER=

# shellcheck disable=SC2034 # for the scripts, too
dev=/dev/qotd
# shellcheck disable=SC2034 # for the scripts
quotation="On the whole, I'd rather be in Philadelphia. - W. C. Fields"

points=0
failures=0
status=
output=
elapsed_ms=

# --- TAP ---

ok() { # NAME
	points=$((points + 1))
	echo "ok $points - $1"
}

not_ok() { # NAME [WHY]
	points=$((points + 1))
	failures=$((failures + 1))
	echo "not ok $points - $1"
	[[ -z ${2-} ]] || comment <<<"$2"
}

comment() {
	sed 's/^/# /'
}

is() { # NAME GOT WANTED
	if [[ $2 == "$3" ]]; then
		ok "$1"
	else
		not_ok "$1" "got '$2', not '$3'"
	fi
}

# The text contains the pattern, an extended regular expression.
like() { # NAME TEXT PATTERN
	if grep --quiet --extended-regexp -e "$3" <<<"$2"; then
		ok "$1"
	else
		not_ok "$1" "no /$3/ in '$2'"
	fi
}

# The command succeeds.
check() { # NAME COMMAND [ARGUMENT...]
	local name=$1
	shift
	run "$@"
	if ((status == 0)); then
		ok "$name"
	else
		not_ok "$name" "status $status of: $*"$'\n'"$output"
	fi
}

# The command fails with just this status.
exits() { # NAME STATUS COMMAND [ARGUMENT...]
	local name=$1 expected=$2
	shift 2
	run "$@"
	if ((status == expected)); then
		ok "$name"
	else
		not_ok "$name" "status $status, not $expected, of: $*"$'\n'"$output"
	fi
}

# The last command that ran took less than that; how long goes into the name.
faster_than() { # NAME MILLISECONDS
	if ((elapsed_ms > 0 && elapsed_ms < $2)); then
		ok "$1: $elapsed_ms ms"
	else
		not_ok "$1: $elapsed_ms ms" "not less than $2 ms"
	fi
}

# Runs a program that prints TAP and makes its points this script's own.
include_tap() { # PREFIX COMMAND [ARGUMENT...]
	local prefix=$1 planned=none ran=0 line
	shift
	while IFS= read -r line; do
		case $line in
		"ok "*) ok "$prefix${line#* - }" ;;
		"not ok "*) not_ok "$prefix${line#* - }" ;;
		1..*) planned=${line#1..} && continue ;;
		*) comment <<<"${line#\# }" && continue ;;
		esac
		ran=$((ran + 1))
	done < <("$@" 2>&1)
	is "${prefix}all points ran" "$ran" "$planned"
}

# Ends the script.
done_testing() {
	echo "1..$points"
	exit $((failures > 0))
}

# --- commands ---

run() { # COMMAND [ARGUMENT...]
	local start=${EPOCHREALTIME/./}
	status=0
	output=$("$@" 2>&1) || status=$?
	elapsed_ms=$(((${EPOCHREALTIME/./} - start) / 1000))
}

as_alice() { # COMMAND [ARGUMENT...]
	runuser --user alice -- "$@"
}

# The text on a device, without the zeros that it is padded with.
text() { # DEVICE
	tr --delete '\0' <"$1"
}

# --- the service ---

# What `systemctl edit` would make.
set_options() { # [OPTION...]
	mkdir --parents /etc/systemd/system/qotd-cuse.service.d
	printf '[Service]\nEnvironment="QOTD_CUSE_OPTIONS=%s"\n' "$*" >/etc/systemd/system/qotd-cuse.service.d/test.conf
	systemctl daemon-reload
}

remove_settings() {
	rm --recursive --force /etc/systemd/system/qotd-cuse.service.d
	systemctl daemon-reload
}

# Starts the service with fresh devices and waits until udev is done with them.
start_service() { # NAME
	rm --recursive --force /var/lib/qotd-cuse
	check "$1: the service starts" systemctl start qotd-cuse
	udevadm settle
}

stop_service() { # NAME
	check "$1: the service stops" systemctl stop qotd-cuse
	elapsed_ms=$((($(moment InactiveEnter) - $(moment ActiveExit)) / 1000))
	faster_than "$1: the service stops in less than a second" 1000
}

# When the service last did that, in microseconds. systemd remembers it as long as something refers to the unit.
moment() { # InactiveExit|ActiveEnter|ActiveExit|InactiveEnter
	systemctl show --property="$1TimestampMonotonic" --value qotd-cuse
}

main_pid() {
	systemctl show --property=MainPID --value qotd-cuse
}

# What the service has said since it was last told to start, without what systemd says about it. By its identifier and
# by time: of a process that ends at once, the journal may not learn more.
service_log() {
	journalctl --sync
	journalctl --boot --output=short-monotonic --identifier=qotd-cuse |
		awk -v start="$(moment InactiveExit)" '/^\[/ {
			time = substr($0, 2) * 1000000
			if (time >= start) {
				sub(/^[^:]*: /, "")
				print
			}
		}'
}

count_threads() { # PID
	find "/proc/$1/task" -mindepth 1 -maxdepth 1 | wc --lines
}

nothing_is_left() { # NAME
	udevadm settle
	is "$1: no node, no link" "$(compgen -G '/dev/qotd*' || true)" ""
	is "$1: no process" "$(pgrep --list-full --exact qotd-cuse || true)" ""
	exits "$1: the service does not run" 3 systemctl --quiet is-active qotd-cuse
	is "$1: nothing is still to be done" "$(systemctl list-jobs --no-legend)" ""
}

# --- the daemon, started by hand ---

# Starts it and waits until it is ready; its process id is in $daemon, what it prints in $daemon_log. False when it
# ended instead, with $status.
daemon=
daemon_program=qotd-cuse
daemon_log=/run/qotd-test.log
start_daemon() { # [OPTION...]
	local fifo=/run/qotd-test.fifo ready answer
	[[ -p $fifo ]] || mkfifo "$fifo"
	exec {ready}<>"$fifo"
	./await-ready "$fifo" "$daemon_program" "$@" >"$daemon_log" 2>&1 {ready}<&- &
	daemon=$!
	read -r -t 20 -u "$ready" answer || answer=silent
	exec {ready}<&-
	[[ $answer != ready ]] || return 0
	[[ $answer == exited ]] || kill -KILL "$daemon"
	reap "$daemon"
	return 1
}

stop_daemon() { # SIGNAL
	local start=${EPOCHREALTIME/./}
	kill "-$1" "$daemon"
	reap "$daemon"
	elapsed_ms=$(((${EPOCHREALTIME/./} - start) / 1000))
}

# Waits for a child and sets $status to its exit status.
reap() { # PID
	status=0
	wait "$1" || status=$?
}
