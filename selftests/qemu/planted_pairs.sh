#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The pair matrix's own test: a guest runs it on a module that has a use after free
# (selftests/amplify/planted.c), and it must notice. With O, GUEST and LIMIT (of
# seconds), and DEBUG=1 for a kernel with KASAN, which must say so. Prints how
# long it took; exit status 0 if the bug was found.
set -eu
here=$(dirname "$0")
O=${O:?} GUEST=${GUEST:?} LIMIT=${LIMIT:?} DEBUG=${DEBUG:-}
dir=$O/vm${DEBUG:+-debug}
out=$dir/planted_pairs
nonce=$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')
version=$(basename "$(realpath "$GUEST")")
words=(DBGMEM_PAIRS_TIME=120 DBGMEM_PAIRS_PARAMS=planted=1)
pattern='field-spanning write|unable to handle|stack guard page|kernel BUG'
if [ -n "$DEBUG" ]; then
	words+=(DEBUG=1 DBGMEM_SLOW=10)
	pattern='KASAN: [a-z-]*use-after-free in planted_ioc_bp_set'
fi

mkdir -p "$dir"
"$here/initramfs.sh" "$out.initramfs" "$GUEST" \
	"$O/module/$version/kmod/dbgmem.ko" "$O"
"$here/vm.sh" "$out" "$GUEST/vmlinux" "$out.initramfs" "$LIMIT" \
	JOB=check TESTS=test_pairs "NONCE=$nonce" "LIMIT=$LIMIT" \
	"${words[@]}" || :
rc=0
awk -f "$here/collect.awk" -v "nonce=$nonce" -v "expect=test_pairs" \
	"$out.results" "$out.console" >"$out.verdicts" || rc=$?

# First and last: seconds since the kernel's start.
stamp() {
	cat "$out.results" "$out.console" | tr -d '\r' | grep -aE "$1" |
		sed -n 's/^[^[]*\[ *\([0-9]*\)\.[0-9]*\].*/\1/p' | sort -n |
		head -n 1
}
begin=$(stamp 'dbgmem: loaded')
found=$(stamp "$pattern")
if [ "$rc" = 1 ] && [ -n "$found" ]; then
	echo "# pairs: the planted bug was found $((found - begin)) s after" \
		"the start"
	exit 0
fi
sed 's/^/# /' "$out.verdicts"
exit 1
