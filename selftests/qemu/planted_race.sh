#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# KCSAN's own test: in a guest with it a module has a data race, which the runner
# must say, and of the right program. Called by check.sh, with O and GUEST. TAP.
set -eu
here=$(dirname "$0")
O=${O:?} GUEST=${GUEST:?}
out=$O/vm-kcsan/planted
nonce=$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')
version=$(basename "$(realpath "$GUEST")")

mkdir -p "$out.root/job"
cp "$O/kcsan/planted/planted.ko" "$out.root/job/"
"$here/initramfs.sh" "$out.initramfs" "$GUEST" \
	"$O/module/$version/kmod/dbgmem.ko" "$O" "$out.root"
rm -rf "$out.root"
"$here/vm.sh" "$out" "$GUEST/vmlinux" "$out.initramfs" 300 JOB=planted \
	"NONCE=$nonce" LIMIT=60 BUGS=none,data_race || :
for f in "$out.results" "$out.console"; do
	awk -f "$here/kcsan.awk" "$f" >"$f.tmp"
	mv "$f.tmp" "$f"
done
awk -f "$here/collect.awk" -v "nonce=$nonce" -v "expect=none data_race" \
	"$out.results" "$out.console" >"$out.verdicts" || :

# What the runner shows of one program.
verdict_of() {
	awk -v "name=$1" '/^[a-z]/ { on = $1 == name } on' "$out.verdicts"
}

shown=
result() {
	if [ "$3" = 0 ]; then
		echo "ok $1 $2"
		return
	fi
	[ -n "$shown" ] || sed 's/^/# /' "$out.verdicts"
	shown=1
	echo "not ok $1 $2"
}

echo 1..2
ok=0
verdict_of none | grep -q '1 passed' &&
	! verdict_of none | grep -qi fail || ok=1
result 1 planted.none $ok
ok=0
verdict_of data_race | grep -q 'BUG: KCSAN: data-race in .*\[planted\]' || ok=1
result 2 planted.data_race $ok
