#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Torture in a guest with the debug kernel; print figures and verdicts. Called by
# make, which gives O, GUEST, SECONDS_LONG and DISK, a module that makes a disk to
# swap to. WORKERS is how many agents, and targets, there are (default 32).
set -eu
here=$(dirname "$0")
O=${O:?} GUEST=${GUEST:?} DISK=${DISK:?} SECONDS_LONG=${SECONDS_LONG:?}
qemu=$here/../qemu
out=$O/torture
nonce=$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')
mkdir -p "$out"

exec 9>"$out/lock"
if ! flock -n 9; then
	echo "torture: another one is running in $O" >&2
	exit 1
fi

version=$(basename "$(realpath "$GUEST")")
rm -rf "$out/root"
mkdir -p "$out/root/job"
cp "$DISK" "$out/root/job/"
"$qemu/initramfs.sh" "$out/initramfs" "$GUEST" \
	"$O/module/$version/kmod/dbgmem.ko" "$O" "$out/root"
rm -rf "$out/root"
# the guest's end, and its detectors', takes minutes on a busy machine
"$qemu/vm.sh" "$out/vm" "$GUEST/vmlinux" "$out/initramfs" \
	$((SECONDS_LONG * 2 + 1200)) JOB=check "NONCE=$nonce" \
	TESTS=helper_torture "LIMIT=$((SECONDS_LONG * 2 + 900))" DEBUG=1 \
	DBGMEM_SLOW=10 "TORTURE_SECONDS=$SECONDS_LONG" \
	"TORTURE_DISK=/job/$(basename "$DISK")" \
	${WORKERS:+"TORTURE_WORKERS=$WORKERS"} || :	# the collector sees what is missing

# The stack of who asked for memory when the OOM killer came is no splat.
for f in "$out/vm.results" "$out/vm.console"; do
	sed -i '/invoked oom-killer:/,/Call Trace:/s/Call Trace:/call trace:/' \
		"$f"
done
grep -a '^# torture: ' "$out/vm.results" | tr -d '\r' | sed 's/^# torture: /  /'
awk -f "$qemu/collect.awk" -v "nonce=$nonce" -v "verbose=${V:-}" -v \
	"expect=load helper_torture detectors unload detectors_unloaded" \
	"$out/vm.results" "$out/vm.console"
