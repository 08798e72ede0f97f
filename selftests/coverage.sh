#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which lines of the module the tests reach. Called by make, which gives O.
#
# coverage.sh collect NAME RESULTS: take out what a guest with COVERAGE=1 has
# reported last, and keep it as NAME, beside those of other guests.
#
# coverage.sh report: print the lines covered of each file of kmod/, by
# whichever guest and build of it, and of all. Lines that were not are in
# $O/coverage/uncovered, with the reason that coverage.txt gives. Fails below
# MIN percent (default 95).
set -eu
O=${O:?}
here=$(dirname "$0")
dir=$O/coverage
MIN=${MIN:-95}

# The last one that is complete.
collect() {
	local to=$dir/data/$1 nr

	nr=$(sed -n 's/^@[0-9a-f]* gcov \([0-9]*\) .*/\1/p' "$2" | tail -n 1)
	for ((nr = ${nr:-0}; nr > 0; nr--)); do
		rm -rf "$to"
		mkdir -p "$to"
		sed -n "s/^@[0-9a-f]* gcov $nr //p" "$2" | base64 -d |
			tar -xzf - -C "$to" && return
	done
	echo "coverage: nothing of it in $2" >&2
	exit 1
}

# All of it in gcov's own form. Notes of the compiler are where it put them.
annotate() {
	local f

	find "$dir/data" -name '*.gcda' | sort | while read -r f; do
		ln -sf "/${f#"$dir"/data/*/}" "$f.link"
		ln -sf "$(readlink "$f.link" | sed 's/gcda$/gcno/')" \
			"${f%gcda}gcno"
		rm "$f.link"
		(cd "$dir" && gcov -t -o "$(dirname "$f")" "$f" 2>/dev/null)
	done
}

report() {
	annotate >"$dir/annotated"
	awk -v min="$MIN" -v out="$dir/uncovered" \
		-v reasons="$here/coverage.txt" -f "$here/coverage.awk" \
		"$dir/annotated"
}

case $1 in
collect) collect "$2" "$3" ;;
report)	report ;;
esac
