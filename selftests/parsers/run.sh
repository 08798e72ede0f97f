#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh DIR RUNS: give each parser in DIR its seeds and RUNS variations of them,
# as TAP.
set -u
dir=$1 runs=$2
here=$(dirname "$0")
# shellcheck source=selftests/tap.sh
. "$here/../tap.sh"

seeds=("$here"/*.seeds)
echo "TAP version 13"
echo "1..$((${#seeds[@]} + 1))"
for s in "${seeds[@]}"; do
	name=$(basename "$s" .seeds)
	timeout 120 "$dir/$name" "$s" "$runs" >"$tmp/log" 2>&1 ||
		echo "failed: $?" >>"$tmp/log"
	verdict "$name"
done
# A parser that is wrong is noticed.
"$dir/fuzz_planted" "$here/fuzz_hex.seeds" "$runs" >"$tmp/log" 2>&1
grep -q heap-buffer-overflow "$tmp/log" && : >"$tmp/log" ||
	echo "what is planted is not found" >>"$tmp/log"
verdict planted
