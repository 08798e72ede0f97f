#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Measure in a guest how long a target stands still while it is saved and searched,
# and draw it: $O/still.csv, $O/still.svg. Called by make, which gives O and GUEST;
# ROUNDS is how many rounds, TOTAL bounds the guest in seconds.
#
# As in bench.sh the guest's clock advances 1 ns with each of its instructions, so
# that what else this machine does is not in the numbers. The two processors take
# turns, of a tick at most: that is what "nothing" shows.
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
machine="-cpu max,erms=off,fsrm=off -smp 2 -accel tcg,thread=single"
machine+=" -icount shift=0,sleep=off -rtc base=2026-01-01,clock=vm -seed 1"
total=${TOTAL:-3000}
MACHINE=$machine "$qemu/vm.sh" "$out" "$GUEST/vmlinux" "$out.initramfs" \
	"$total" tsc=reliable tsc_early_khz=1000000 hpet=disable pmtmr=0 \
	norandmaps JOB=commands NONCE=still "LIMIT=$total" \
	"ROUNDS=${ROUNDS:-5}" || :

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
