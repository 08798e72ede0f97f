#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# probe.sh SOURCE HEADER COMPILER...: does this kernel have what SOURCE uses? The
# answer goes to HEADER as DBGMEM_HAVE_NAME, 0 or 1.
#
# The two halves of SOURCE exclude each other: the second, of
# DBGMEM_PROBE_ABSENT, compiles only where the kernel does not have it. If both
# or neither do, something else is wrong, and there is no answer to guess.
src=$1 out=$2
shift 2
name=$(basename "$src" .c)
log=$out.log
yes=0 no=0
"$@" -fsyntax-only "$src" >"$log" 2>&1 && yes=1
"$@" -fsyntax-only -DDBGMEM_PROBE_ABSENT "$src" >>"$log" 2>&1 && no=1
if [ $yes = $no ]; then
	cat "$log" >&2
	echo "error: probe $name: both halves of it compile, or neither" >&2
	rm -f "$log"
	exit 1
fi
rm -f "$log"
macro=DBGMEM_HAVE_$(echo "$name" | tr '[:lower:]' '[:upper:]')
# the tests give a wrong answer
cat >"$out" <<END
#ifndef $macro
#define $macro $yes
#endif
END
