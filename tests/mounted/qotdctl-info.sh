#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# qotdctl info: for people, and as JSON for scripts.
. "$(dirname "$0")/lib.sh"

must_start_daemon --instances=2 --memory=80K --max-size=30000

ctl() {
	"$QOTDCTL" -d "$dev" "$@"
}

# What a Python expression makes of the object, `o`.
json() { # EXPRESSION [OPTION...]
	ctl info --json "${@:2}" | python3 -c "import json, sys; o = json.load(sys.stdin); print($1)"
}

numbers='instance size max_size initial_size allocated changes memory_limit memory_used sleepers abi_version'
counters='operations errors bytes_read bytes_written sleeps replays restarts'

# --- JSON ---

is "--json: the keys" "$(json '*sorted(o)')" \
	"$(tr ' ' '\n' <<<"device changed $numbers $counters" | sort | paste -sd ' ')"
is "--json: the numbers are integers" \
	"$(json '{type(o[k]).__name__ for k in o if k not in ("device", "changed")}')" "{'int'}"
is "--json: the device" "$(json 'o["device"]')" "$dev"
is "--json: sizes in bytes" \
	"$(json 'o["size"], o["max_size"], o["initial_size"], o["allocated"], o["memory_limit"], o["memory_used"]')" \
	"128 30000 128 4096 81920 8192"
is "--json: a fresh device" "$(json 'o["changed"], o["changes"], o["sleepers"], o["instance"]')" "False 0 0 0"
is "--json: another instance" "$("$QOTDCTL" -d "$mnt/qotd1" info -j | grep -c '"instance": 1')" 1
echo changed >"$dev"
is "--json: a changed device" "$(json 'o["changed"], o["changes"]')" "True 1"
is "-j is short for --json" "$(ctl info -j | grep -c '^{$')" 1

name=$work/$'a "b" \\ c\nd\te \303\274 \377'
ln -s "$dev" "$name"
is "--json: a string is escaped" "$("$QOTDCTL" -d "$name" info --json |
	python3 -c 'import json, sys; print(ascii(json.load(sys.stdin.buffer)["device"].removeprefix(sys.argv[1])))' "$work/")" \
	"'a \"b\" \\\\ c\\nd\\te \\xfc \\ufffd'"

is "--json: an old daemon has no counters" \
	"$(export LD_PRELOAD=$QOTD_OLD_ABI; ctl info --json | python3 -c 'import json, sys; print(*sorted(json.load(sys.stdin)))')" \
	"$(tr ' ' '\n' <<<"device changed $numbers" | sort | paste -sd ' ')"

# --- for people ---

info=$(ctl info)
like "info: the device" "$info" "^device +$dev\$"
like "info: whether it is changed" "$info" "^changed +yes\$"
like "info: a size" "$info" "^size +128 bytes\$"
like "info: a size that is not a multiple of its unit" "$info" "^maximum size +30000 bytes \(about 29K\)\$"
like "info: a size that is one" "$info" "^memory limit +81920 bytes \(80K\)\$"
is "info: the values stand in one column" "$(cut -c 14 <<<"$info" | sort -u)" " "
is "info: a line for each key" "$(wc -l <<<"$info")" "$(json 'len(o)')"
like "info: the counters" "$info" "^bytes written +[0-9]+ bytes"
is "info: an old daemon has no counters" \
	"$(LD_PRELOAD=$QOTD_OLD_ABI "$QOTDCTL" -d "$dev" info | grep -cE '^(operations|errors|bytes|sleeps|replays|restarts)')" 0

done_testing
