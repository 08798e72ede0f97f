#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh DIR: the programs in DIR/asan and DIR/tsan, and a bug for each sanitizer,
# as TAP.
set -u
dir=$1
here=$(dirname "$0")
# shellcheck source=selftests/tap.sh
. "$here/../tap.sh"

reports='runtime error:|ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer'
# A test may ask for more than there is; and they are slower.
export ASAN_OPTIONS=allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1
export DBGMEM_SLOW=${DBGMEM_SLOW:-10}

# found KIND BUG WORDS: it is noticed
found() {
	"$dir/$1/selftests/planted" "$2" >"$tmp/out" 2>&1
	grep -q "$3" "$tmp/out" && : >"$tmp/log" ||
		echo "what is planted is not found" >"$tmp/log"
	verdict "$1.planted_$2"
}

programs=()
for p in "$dir"/*/selftests/host_*; do
	[ ! -x "$p" ] || [ ! -e "$here/../host/$(basename "$p").c" ] ||
		programs+=("$p")
done
echo "TAP version 13"
echo "1..$((${#programs[@]} + 3))"
for p in "${programs[@]}"; do
	kind=${p#"$dir"/}
	: >"$tmp/log"
	timeout 600 "$p" >"$tmp/out" 2>&1 || echo "ended with $?" >"$tmp/log"
	[ ! -s "$tmp/log" ] || grep -v '^ok\|^# *OK\|^# *RUN' "$tmp/out" >>"$tmp/log"
	grep -E -A 12 "$reports" "$tmp/out" >>"$tmp/log"
	verdict "${kind%%/*}.$(basename "$p")"
done
found asan overflow heap-buffer-overflow
found asan shift 'runtime error: shift exponent'
found tsan race 'ThreadSanitizer: data race'
