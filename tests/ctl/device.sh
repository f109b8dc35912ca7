#!/bin/sh
# SPDX-License-Identifier: MIT
# What qotdctl says about a device that it cannot open or that is none.
. "$(dirname "$0")/lib.sh"

for command in show watch 'set x' 'set -' -g size info 'info --json' detach 'detach --force' -r reset '-s 1' 'resize 1'; do
	# shellcheck disable=SC2086
	fails "$command without a device says how to start it" 3 \
		"$none: cannot open: No such file or directory; $start" $command -d "$none"
done
fails "-d before the command" 3 "$none: cannot open: No such file or directory; $start" \
	-d "$none" size
fails "--device=" 3 "$none: cannot open: No such file or directory; $start" --device="$none" size
fails "--device" 3 "$none: cannot open: No such file or directory; $start" size --device "$none"
fails "the last -d counts" 3 "$none: cannot open: No such file or directory; $start" \
	-d /dev/null size -d "$none"
fails "any size goes to the device" 3 "$none: cannot open: No such file or directory; $start" \
	-d "$none" resize 0

export QOTD_DEVICE="$none"
fails "\$QOTD_DEVICE names the device" 3 \
	"$none: cannot open: No such file or directory; $start" size
fails "-d is stronger than \$QOTD_DEVICE" 3 \
	"$none.d: cannot open: No such file or directory; $start" size -d "$none.d"
unset QOTD_DEVICE

fails "path through a file" 3 "/dev/null/qotd: cannot open: Not a directory" \
	size -d /dev/null/qotd
fails "writing to a directory" 3 "$dir: cannot open: Is a directory" reset -d "$dir"

# Root may open everything: it has to give up that capability.
unprivileged=
[ "$(id -u)" -ne 0 ] || unprivileged="setpriv --bounding-set=-dac_override,-dac_read_search"

# denied COMMAND NAME ADVICE: the closed file is refused, with this advice.
denied() {
	$unprivileged "$qotdctl" "$1" -d "$dir/closed" >"$dir/out" 2>"$dir/err"
	status=$?
	ended 3 "" "qotdctl: $dir/closed: cannot open: Permission denied; $3"
	report $? "$1 without permission: $2"
}

touch "$dir/closed" && chmod 0 "$dir/closed"
for command in size reset; do
	denied $command "nobody may" "become root, or the user who runs the daemon"
done

# A group other than root's, which nobody is asked to join.
[ "$(id -u)" -ne 0 ] || chown nobody:daemon "$dir/closed"
group=$(stat -c %G "$dir/closed")
join="group '$group' may: join it with 'usermod -aG $group $(id -un)' as root, then log in again"
chmod 040 "$dir/closed"
denied size "the group may read" "$join"
denied reset "the group may only read" "become root, or the user who runs the daemon"
chmod 060 "$dir/closed"
denied reset "the group may write" "$join"

if [ "$(id -u)" -eq 0 ]; then
	sed "s/^daemon:.*/&root/" /etc/group >"$dir/group"
	cat >"$dir/as-member" <<END
mount --bind "$dir/group" /etc/group || exit
exec setpriv --bounding-set=-dac_override,-dac_read_search "\$@"
END
	unprivileged="unshare --mount sh $dir/as-member"
	denied reset "the user is in the group by now" \
		"group 'daemon' may, and root is in it by now: log in again"
fi

foreign="Inappropriate ioctl for device; this is not a qotd device: name another one with -d"
fails "size of a foreign device" 4 "/dev/null: cannot get the size: $foreign" -g -d /dev/null
fails "resize of a foreign device" 4 "/dev/null: cannot resize to 65536 bytes: $foreign" \
	-s 64K -d /dev/null
fails "reset of a foreign device" 4 "/dev/null: cannot reset: $foreign" -r -d /dev/null
fails "show of a foreign device" 4 "/dev/null: cannot go to its beginning: $foreign" show -d /dev/null
fails "set of a foreign device" 4 "/dev/null: cannot get its state: $foreign" set x -d /dev/null
fails "detach of a foreign device" 4 "/dev/null: cannot detach: $foreign" detach -d /dev/null
fails "info of a foreign device" 4 "/dev/null: cannot get its state: $foreign" info -d /dev/null
fails "size of a regular file" 4 "$0: cannot get the size: $foreign" size -d "$0"

done_testing
