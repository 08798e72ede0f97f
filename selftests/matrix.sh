#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module on one kernel after the other: build it with all warnings, load it,
# run the whole suite. One row for each in $O/matrix.md, with what was skipped
# and why below. Of those that have headers only it is just built. Called by make,
# which gives O, MAKE, JOBS and KERNELS (names of qemu/kernel.sh). TESTS= and the rest
# come through make's own flags.
#
# All of it takes an hour and more. A green row is kept, with its date, and not run
# again as long as the sources, the kernel and TESTS are the same; FRESH=1 does.
set -u
O=${O:?}
here=$(dirname "$0")
out=$O/matrix
bad=0
headers_only=" $("$here/qemu/kernel.sh" --list-headers | tr '\n' ' ')"
mkdir -p "$out"

# step KERNEL WHAT ARGUMENT...: a run of make; its output to $out/KERNEL.WHAT
step() {
	local log=$out/$1.$2
	shift 2
	${MAKE:-make} --no-print-directory "$@" </dev/null >"$log" 2>&1
}

# What a row is about: the sources as they were in the beginning.
sources=$(cd "$here/.." &&
	find kmod uapi user selftests Makefile Kbuild -type f \
		-exec sha256sum {} + | sort -k 2 | sha256sum)
stamp() {
	echo "$sources $(realpath "$O/guest/$1") ${TESTS:-}"
}

# The long races take all their rounds on one kernel; a quarter shows what another
# does differently.
slow() {
	[ "$1" = 6.1 ] || echo 4
}

# The number before a word in the suite's summary.
count() {
	sed -n 's/^\([0-9]* passed, [0-9]* failed, [0-9]* skipped\)$/, \1/p' "$1" |
		sed 's/.*, \([0-9]*\) '"$2"'.*/\1/'
}

# A row, and whether it is green.
row() {
	local kernel=$1 check=$out/$1.check start=$SECONDS today
	local version=- built=no loaded=no pass=0 fail=- skip=0 warnings

	today=$(date +%F)
	rm -f "$check"
	if ! step "$kernel" fetch "KERNEL=$kernel" guest-kernel; then
		built="not in the archive"
	else
		version=$(basename "$(realpath "$O/guest/$kernel")")
		if step "$kernel" build ${JOBS:+"$JOBS"} W=1 \
				"KDIR=$O/guest/$kernel/build" modules; then
			warnings=$(grep -c '^[^ ]*kmod/.*warning:' \
				"$out/$kernel.build")
			built=yes
			[ "$warnings" = 0 ] || built="$warnings warnings"
		fi
	fi
	if [[ $headers_only == *" $kernel "* ]]; then
		echo "| $kernel | $version | $built | not run | - | - | - |" \
			"$((SECONDS - start)) s | $today |"
		[ "$built" = yes ]
		return
	fi
	if [ "$version" != - ] && [ "$built" = yes ]; then
		DBGMEM_SLOW=$(slow "$kernel") \
			step "$kernel" check "KERNEL=$kernel" check && fail=0
		! grep -q '] .* load  *2 passed  *(' "$check" || loaded=yes
		pass=$(count "$check" passed)
		fail=$(count "$check" failed)
		skip=$(count "$check" skipped)
	fi
	echo "| $kernel | $version | $built | $loaded | ${pass:-0} |" \
		"${fail:--} | ${skip:-0} | $((SECONDS - start)) s | $today |"
	[ "$loaded $fail" = "yes 0" ]
}

# What was skipped, each reason once.
# shellcheck disable=SC2317 # called by name
skipped() {
	sed -n 's/^  skipped //p' "$out/$1.check" 2>/dev/null |
		sort | uniq | sed 's/^/    /'
}

# shellcheck disable=SC2317
failed() {
	sed -n 's/^  FAILED /    /p' "$out/$1.check" 2>/dev/null
}

for kernel in ${KERNELS:?}; do
	if [ -z "${FRESH:-}" ] && [ -e "$out/$kernel.green" ] &&
	   [ "$(stamp "$kernel")" = "$(cat "$out/$kernel.green")" ]; then
		echo "$(cat "$out/$kernel.row") (kept)"
		continue
	fi
	rm -f "$out/$kernel.green"
	if row "$kernel" >"$out/$kernel.row"; then
		stamp "$kernel" >"$out/$kernel.green"
	else
		bad=1
	fi
	cat "$out/$kernel.row"
done
{
	echo "| kernel | version | built | loaded | passed | failed | skipped | time | run on |"
	echo "|---|---|---|---|--:|--:|--:|--:|---|"
	for kernel in $KERNELS; do
		cat "$out/$kernel.row"
	done
	for kernel in $KERNELS; do
		for what in failed skipped; do
			list=$($what "$kernel")
			[ -z "$list" ] || printf '\n%s, %s:\n\n%s\n' \
				"$kernel" "$what" "$list"
		done
	done
} >"$O/matrix.md"
cat "$O/matrix.md"
exit $bad
