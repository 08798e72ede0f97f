#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Measure in a guest how long a target stands still while it is saved and searched,
# and draw it: $O/still.csv, $O/still.svg. Called by make, which gives O and GUEST.
# The guest's clock is real time, so this machine should have nothing else to do:
# "nothing" says how far it is from that.
set -eu
here=$(dirname "$0")
GUEST=${GUEST:?} O=${O:?}
qemu=$here/../../qemu
out=$O/vm/still

mkdir -p "$O/vm"
rm -f "$O/still.csv" "$O/still.svg"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir "$root/job"
cp "$O/selftests/bench/still/still" "$root/job/still"
cp "$here/commands" "$root/job/commands"
chmod 755 "$root" "$root"/job "$root"/job/*
cp -a "$O/gdb/root/." "$O/scanmem/root/." "$root/"

version=$(basename "$(realpath "$GUEST")")
"$qemu/initramfs.sh" "$out.initramfs" "$GUEST" \
	"$O/module/$version/kmod/dbgmem.ko" "$O" "$root"
"$qemu/vm.sh" "$out" "$GUEST/vmlinux" "$out.initramfs" 1500 \
	JOB=commands NONCE=still LIMIT=1200 || :

echo "what,with,round,still_us,took_ms" >"$O/still.csv"
tr -d '\r' <"$out.results" | sed -n 's/^still,//p' >>"$O/still.csv"
if ! grep -q '^@still end commands 0 ' "$out.results"; then
	echo "still: failed:" >&2
	grep -v '^@' "$out.results" | tail -n 15 >&2
	exit 1
fi
awk -f "$here/still.awk" "$O/still.csv" >"$O/still.svg"
sed -n 's/.*<title>\(.*\)<\/title>.*/\1/p' "$O/still.svg"
echo "$O/still.csv, $O/still.svg"
