#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the pages refer to is there: files, headings, functions, and the version that is built.
docs_dir=$(dirname "$(realpath "$0")")
. "$docs_dir/../mounted/lib.sh"
cd "$docs_dir/../.." || bail_out "no source directory"

# The anchors of a page's headings, as forges make them.
anchors() { # PAGE
	sed -nE '/^```/,/^```/!s/^#+ +//p' "$1" | tr '[:upper:]' '[:lower:]' | sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}

# Targets of links, without those that lead elsewhere.
links() { # PAGE
	sed '/^```/,/^```/d' "$1" | grep -oE '\]\([^)]+\)' | sed -E 's/^\]\(|\)$//g' | grep -vE '^[a-z]+:' | sort -u
}

leads_somewhere() { # PAGE TARGET
	local file=${2%%#*} anchor=
	[[ $2 != *"#"* ]] || anchor=${2#*"#"}
	file=${file:+$(dirname "$1")/$file}
	file=${file:-$1}
	[[ -e $file ]] || { echo "no file $file"; return 1; }
	[[ -z $anchor ]] || anchors "$file" | grep -qxF -e "$anchor" || { echo "no heading #$anchor in $file"; return 1; }
}

# Files of the source that the text of a page names in code, without a directory or from the top.
named_files() { # PAGE
	sed '/^```/,/^```/d' "$1" | grep -oE '`[A-Za-z0-9_./-]+\.(c|h|sh|awk|md|build)`' | tr -d '`' | sort -u
}

# Functions and structs that it names in code.
named_symbols() { # PAGE
	sed '/^```/,/^```/d' "$1" | grep -oE '`([a-z0-9_]+\(\)|struct [a-z0-9_]+)`' | tr -d '`()' | sort -u
}

is_in_source() { # SYMBOL
	grep -rqwF -e "$1" --include='*.[ch]' common ctl daemon examples
}

exists_in_source() { # FILE
	[[ -e $1 ]] || [[ -n $(find common ctl daemon docs examples scripts systemd tests -name "$1" -print -quit) ]]
}

mapfile -t pages < <(find . -path './.*' -prune -o -path './build*' -prune -o -name '*.md' -print | sort)
for page in "${pages[@]}"; do
	while read -r target; do
		check "$page: $target" leads_somewhere "$page" "$target"
	done < <(links "$page")
	while read -r file; do
		check "$page names $file" exists_in_source "$file"
	done < <(named_files "$page")
	while read -r symbol; do
		check "$page names $symbol" is_in_source "$symbol"
	done < <(named_symbols "$page")
done

check "CHANGELOG.md has the version that is built" grep -qE "^## ${QOTD_VERSION//./\\.}( |$)" CHANGELOG.md
# Whatever a compiler, a shell or meson reads.
sources() {
	find .ci common completions ctl daemon examples packaging scripts systemd tests -type f \
		\( -name '*.[ch]' -o -name '*.cc' -o -name '*.awk' -o -name '*.bash' -o -name 'meson.build' -o -exec grep -q '^#!' {} \; \) -print
}

is "every source has its SPDX tag" "$(sources | xargs grep -L 'SPDX-License-Identifier: MIT')" ""
done_testing
