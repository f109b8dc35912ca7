# shellcheck shell=bash disable=SC2034 # the scripts use what this sets
# SPDX-License-Identifier: MIT
#
# Sourced by the scripts of this directory: what tests/mounted/lib.sh has, and a daemon that is killed.
# shellcheck source=../mounted/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../mounted/lib.sh"

# The serving child of the --supervise parent; empty when there is none just now.
child() {
	local children
	children=$(cat "/proc/$daemon/task/$daemon/children" 2>/dev/null)
	echo "${children%% *}"
}

is_gone() { # PID
	! kill -0 "$1" 2>/dev/null
}

# Whether another child than PID is there.
has_new_child() { # PID
	local now
	now=$(child)
	[ -n "$now" ] && [ "$now" != "$1" ]
}

kill_child() {
	local old
	old=$(child)
	kill -KILL "$old"
	soon has_new_child "$old"
}

info() { # DEVICE
	"$QOTDCTL" -d "$1" info
}

starts_with() { # FILE TEXT
	[ "$(head -c "${#2}" "$1")" = "$2" ]
}

# Overwrites the beginning.
put() { # FILE TEXT
	printf '%s' "$2" | dd of="$1" conv=notrunc status=none
}

ends_cleanly() { # WHAT
	is "$1: exit status 0" "$status" 0
	is "$1: nothing is mounted" "$(count_mounts)" 0
}
