#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# libfuzzer.sh DIR SECONDS: each parser in DIR under libFuzzer for that long, from
# its seeds and what earlier runs have found, in DIR/corpus. Fails if one does.
set -u
dir=$1 seconds=$2
here=$(dirname "$0")
rc=0 all=0
for s in "$here"/*.seeds; do
	name=$(basename "$s" .seeds)
	corpus=$dir/corpus/$name
	mkdir -p "$corpus"
	n=0
	while IFS= read -r line; do
		printf '%b' "$line" >"$corpus/seed$n"
		n=$((n + 1))
	done <"$s"
	log=$dir/$name.log
	if ! "$dir/$name" -max_total_time="$seconds" -max_len=512 \
			-print_final_stats=1 -artifact_prefix="$dir/$name." \
			"$corpus" >"$log" 2>&1; then
		rc=1
		grep -E 'ERROR|runtime error|not so|Test unit written' "$log"
	fi
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	all=$((all + ${runs:-0}))
	echo "$name: ${runs:-0} executions, $(find "$corpus" -type f | wc -l) in the corpus"
done
echo "all: $all executions"
exit $rc
