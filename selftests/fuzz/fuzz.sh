#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Fuzz in a guest with the debug kernel; print figures and verdicts. Called by
# make, which gives O, GUEST, KO (the module), SECONDS_LONG, and, or empty: SEED;
# COUNT (so many programs, which follow from the seed alone); REPLAY (a file of
# programs to be repeated, COUNT times each).
#
# $O/fuzz/corpus is what the next run begins with. Programs that something was
# found with are left in crash-SEED, the last line being the one; if the guest did
# not survive, they are from the flight recorder: see record.h.
set -eu
here=$(dirname "$0")
O=${O:?} GUEST=${GUEST:?} KO=${KO:?}
qemu=$here/../qemu
seed=${SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
out=$(dirname "$(dirname "$(dirname "$KO")")")
tree=$(basename "$(dirname "$(dirname "$KO")")")
corpus=$out/corpus
[ "$tree" = module ] || corpus=$out/corpus-$tree
crash=$out/crash-$seed
nonce=$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')

exec 9>"$out/lock"
if ! flock -n 9; then
	echo "fuzz: another one is running in $O" >&2
	exit 1
fi

words=("FUZZ_SEED=$seed" "FUZZ_COUNT=${COUNT:-}")
rm -rf "$out/root"
mkdir -p "$out/root/job"
if [ -n "${REPLAY:-}" ]; then
	sed 's/^[0-9]* *rounds/rounds/' "$REPLAY" >"$out/root/job/replay"
	words+=(FUZZ_REPLAY=/job/replay)
elif [ -n "${COUNT:-}" ]; then
	# from nothing, so that the seed is all there is to it
	words+=(FUZZ_BLIND=1)
else
	[ ! -s "$corpus" ] || cp "$corpus" "$out/root/job/corpus"
	words+=("FUZZ_TIME=$SECONDS_LONG" FUZZ_CORPUS=/job/corpus)
fi

"$qemu/initramfs.sh" "$out/initramfs" "$GUEST" "$KO" "$O" "$out/root"
rm -rf "$out/root"
rm -f "$out/recorder"
truncate -s 1M "$out/recorder"
echo "fuzz: seed $seed"
MACHINE="-accel tcg,thread=multi -cpu max -smp 2 \
-object memory-backend-file,id=recorder,share=on,size=1M,mem-path=$out/recorder \
-device ivshmem-plain,memdev=recorder" \
	"$qemu/vm.sh" "$out/vm" "$GUEST/vmlinux" "$out/initramfs" \
	$((SECONDS_LONG + 900)) JOB=check "NONCE=$nonce" TESTS=helper_fuzz \
	"LIMIT=$((SECONDS_LONG + 600))" DEBUG=1 DBGMEM_SLOW=10 "${words[@]}" || :

sed -n 's/^# corpus //p' "$out/vm.results" >"$out/new"
sed -i '/^# corpus /d' "$out/vm.results"
if [ -n "${REPLAY:-}${COUNT:-}" ]; then
	:
elif grep -q "^@$nonce end helper_fuzz 0" "$out/vm.results"; then
	# those of the old ones that are still worth it are among them
	mv "$out/new" "$corpus"
else
	: >>"$corpus"
	sort -u "$out/new" -o "$corpus" "$corpus"
fi
rm -f "$out/new"

grep -a '^# fuzz: ' "$out/vm.results" | tr -d '\r' | sed 's/^# fuzz: /  /'
if grep -q '^# crash ' "$out/vm.results"; then
	sed -n 's/^# crash //p' "$out/vm.results" >"$crash"
elif ! grep -q "^@$nonce end helper_fuzz" "$out/vm.results"; then
	tr -d '\0' <"$out/recorder" | grep -a '^[0-9]' | sort -n >"$crash"
fi
rc=0
awk -f "$qemu/collect.awk" -v "nonce=$nonce" -v \
	"expect=load helper_fuzz detectors unload detectors_unloaded" \
	"$out/vm.results" "$out/vm.console" || rc=$?
[ ! -e "$crash" ] || [ -n "${REPLAY:-}" ] ||
	echo "the programs are in $crash: make fuzz REPLAY=$crash"
exit "$rc"
