# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Sourced by the scripts that make a part of the virtual machine: keeps what they make, since that takes a network and
# minutes. Everything below the cache directory can be deleted at any time.

cache=${QOTD_VM_CACHE:-$(dirname "${BASH_SOURCE[0]}")/../../.cache/vm}

# cached NAME KEY FILE...
#
# Prints the directory that holds NAME as made from KEY (any string) and the contents of the FILEs, which are the
# scripts that take part. When there is none, it calls the function `build DIRECTORY` of the sourcing script, under a
# lock, so that tests which start together do not all build.
cached() {
	local name=$1 key=$2 hash directory
	shift 2

	hash=$({ echo "$key"; cat -- "$@"; } | sha256sum | cut -c 1-16)
	mkdir -p "$cache"
	directory=$(realpath "$cache")/$name-$hash

	{
		flock 9
		if [[ ! -d $directory ]]; then
			echo "tests/vm: making $name, once" >&2
			rm -rf "$directory.partial"
			mkdir "$directory.partial"
			build "$directory.partial" 9>&- >&2
			mv "$directory.partial" "$directory"
		fi
	} 9>"$cache/$name.lock"

	echo "$directory"
}
