# shellcheck shell=bash disable=SC2034 # the scripts use what this sets
# SPDX-License-Identifier: MIT
#
# Sourced by the scripts of this directory: test points in TAP, and a daemon on a FUSE mount.
#
#   $work    a directory of this script's own, removed at the end with every mount below it
#   $mnt     the mount point; $dev is device 0 in it
#   $log     what the daemon printed
#   $daemon  its process id
#
# The programs come from the environment that meson sets: meson test --suite mounted.
set -u -o pipefail
export LC_ALL=C

: "${QOTD_CUSE:?}" "${QOTDCTL:?}" "${QOTD_AWAIT_READY:?}" "${QOTD_AWAIT_SLEEPERS:?}"

points=0
failures=0
daemon=
status=
elapsed_ms=
as_user=() # a command prefix that the daemon runs under

# --- TAP ---

comment() {
	sed 's/^/# /'
}

ok() { # NAME
	points=$((points + 1))
	echo "ok $points - $1"
}

not_ok() { # NAME [WHY]
	points=$((points + 1))
	failures=$((failures + 1))
	echo "not ok $points - $1"
	[ $# -lt 2 ] || comment <<<"$2"
}

is() { # NAME GOT WANTED
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got '$2', not '$3'"
	fi
}

# The text contains the pattern, an extended regular expression.
like() { # NAME TEXT PATTERN
	if grep -qE -e "$3" <<<"$2"; then
		ok "$1"
	else
		not_ok "$1" "no /$3/ in '$2'"
	fi
}

# The command succeeds.
check() { # NAME COMMAND [ARGUMENT...]
	local name=$1 output
	shift
	if output=$("$@" 2>&1); then
		ok "$name"
	else
		not_ok "$name" "status $? of: $*
$output"
	fi
}

# For `check`: the command fails with just this status.
exits() { # STATUS COMMAND [ARGUMENT...]
	local expected=$1 got
	shift
	"$@"
	got=$?
	[ "$got" -eq "$expected" ] || { echo "exit status $got, not $expected"; return 1; }
}

# For `check`: the command fails.
fails() { # COMMAND [ARGUMENT...]
	! "$@"
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

# Ends the script. Its status is never 77, which meson would take for a skip.
done_testing() {
	echo "1..$points"
	[ "$failures" -eq 0 ]
	exit
}

bail_out() { # WHY
	echo "Bail out! $1"
	exit 1
}

# Tries the command again and again until it succeeds; false after five seconds.
soon() { # COMMAND [ARGUMENT...]
	local deadline=$(($(microseconds_now) + 5000000))
	until "$@"; do
		[ "$(microseconds_now)" -lt "$deadline" ] || return 1
		sleep 0.005
	done
}

# The names in a directory, in one line.
list() { # DIRECTORY
	find "$1" -mindepth 1 -printf '%f\n' | sort | paste -sd ' '
}

# --- the daemon ---

microseconds_now() {
	echo "${EPOCHREALTIME//[.,]/}"
}

# How many mounts there are at $mnt, dead or alive.
count_mounts() {
	awk -v mnt="$mnt" '$5 == mnt' /proc/self/mountinfo | wc -l
}

# Starts the daemon on $mnt and waits until it is ready. False when it ended instead, with $status.
start_daemon() { # [OPTION...]
	local answer ready
	exec {ready}<>"$work/ready"
	"$QOTD_AWAIT_READY" "$work/ready" "${as_user[@]}" "$QOTD_CUSE" --fuse="$mnt" "$@" \
		>"$log" 2>&1 {ready}<&- &
	daemon=$!
	read -r -t 20 -u "$ready" answer || answer=silent
	exec {ready}<&-
	case $answer in
	ready) return 0 ;;
	exited) wait_for_daemon 10 ;;
	*) kill -KILL "$daemon"; wait_for_daemon 10; status=silent ;;
	esac
	return 1
}

must_start_daemon() { # [OPTION...]
	start_daemon "$@" || bail_out "the daemon did not start: $(tr '\n' ' ' <"$log")"
}

# Waits until the daemon has ended and sets $status to its exit status, or to "running" after SECONDS.
wait_for_daemon() { # SECONDS
	local deadline=$(($(microseconds_now) + $1 * 1000000))
	status=running
	while kill -0 "$daemon" 2>/dev/null; do
		[ "$(microseconds_now)" -lt "$deadline" ] || return 1
		sleep 0.005
	done
	wait "$daemon"
	status=$?
	daemon=
}

# Sends the daemon a signal, waits for its end, and sets $status and $elapsed_ms.
stop_daemon() { # [SIGNAL]
	local start
	start=$(microseconds_now)
	kill "-${1:-TERM}" "$daemon"
	wait_for_daemon 10
	elapsed_ms=$((($(microseconds_now) - start) / 1000))
}

# --- setting up and taking down ---

unmount_all() {
	local mount_point
	awk -v work="$work/" 'index($5, work) == 1 { print $5 }' /proc/self/mountinfo |
		while IFS= read -r mount_point; do
			umount -l "$mount_point" 2>/dev/null || fusermount3 -uzq "$mount_point"
		done
}

clean_up() {
	local result=$? job
	for job in $(jobs -p); do
		kill -KILL "$job" 2>/dev/null
	done
	unmount_all
	rm -rf --one-file-system "$work"
	exit "$result"
}

if [ ! -e /dev/fuse ]; then
	[ "${QOTD_MUST_RUN:-0}" != 1 ] || bail_out "there is no /dev/fuse"
	echo "1..0 # SKIP there is no /dev/fuse"
	exit 0
fi

work=$(mktemp -d "$(realpath "${TMPDIR:-/tmp}")/qotd-mounted.XXXXXX")
mnt=$work/mnt
dev=$mnt/qotd
log=$work/log
trap clean_up EXIT
trap 'exit 1' INT TERM
chmod 755 "$work"
mkdir "$mnt"
mkfifo "$work/ready"

# For builds with AddressSanitizer: libfuse frees its copy of the mount point only when it unmounts, which
# the daemon does by itself.
echo leak:fuse_session_mount >"$work/leaks"
export LSAN_OPTIONS=suppressions=$work/leaks:print_suppressions=0

# What a fresh device holds, for cmp.
fresh=$work/fresh
printf "On the whole, I'd rather be in Philadelphia. - W. C. Fields\n" >"$fresh"
truncate -s 128 "$fresh"
