#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run the benchmark in a guest and print its table; $O/bench.csv and $O/bench.md
# are the same for machines and for the README. Called by make, which gives O,
# GUEST and CLOCK:
#	icount	the guest's clock advances 1 ns with each instruction of the
#		guest, so that the numbers do not depend on this machine
#	host	the guest's clock is real time: best of several rounds
# ROUNDS is how many rounds, TOTAL bounds the guest in seconds.
set -eu
here=$(dirname "$0")
GUEST=${GUEST:?} O=${O:?} CLOCK=${CLOCK:-icount} TOTAL=${TOTAL:-600}
qemu=$here/../qemu
out=$O/vm/bench
start=$SECONDS

# erms and fsrm off: the emulator executes rep movsb byte by byte, and copies of
# the kernel would be all that is measured.
machine="-cpu max,erms=off,fsrm=off -smp 1"
case $CLOCK in
icount)
	# Whatever could differ between two runs is fixed: the wall clock,
	# random numbers, and the rate that the kernel takes the TSC to have,
	# which it otherwise measures, and is a few parts in a million off.
	machine+=" -accel tcg,thread=single -icount shift=0,sleep=off"
	machine+=" -rtc base=2026-01-01,clock=vm -seed 1"
	append="tsc_early_khz=1000000 hpet=disable pmtmr=0 norandmaps"
	args="" ;;
host)
	machine+=" -accel tcg"
	append=""
	args="-w" ;;
*)
	echo "bench: CLOCK=$CLOCK is neither icount nor host" >&2
	exit 1 ;;
esac
[ -z "${ROUNDS:-}" ] || args+=" -r $ROUNDS"

mkdir -p "$O/vm"
rm -f "$O/bench.csv" "$O/bench.md"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir "$root/job"
cp "$O/selftests/bench/bench" "$root/job/benchmark"
cat >"$root/job/bench" <<END
#!/bin/sh
dbgmem load && exec /job/benchmark $args
END
chmod 755 "$root" "$root"/job "$root"/job/*

version=$(basename "$(realpath "$GUEST")")
"$qemu/initramfs.sh" "$out.initramfs" "$GUEST" \
	"$O/module/$version/kmod/dbgmem.ko" "$O" "$root"
# shellcheck disable=SC2086 # words
MACHINE=$machine "$qemu/vm.sh" "$out" "$GUEST/vmlinux" "$out.initramfs" \
	"$TOTAL" tsc=reliable $append JOB=bench NONCE=bench "LIMIT=$TOTAL" || :

rc=0
tr -d '\r' <"$out.results" |
awk -f "$here/report.awk" -v nonce=bench -v "clock=$CLOCK" \
	-v "kernel=$version" -v "csv=$O/bench.csv" -v "md=$O/bench.md" || rc=$?
if [ "$rc" -ne 0 ]; then
	echo "bench: failed; the kernel's last words:" >&2
	tail -n 15 "$out.console" >&2
else
	echo "$O/bench.csv, $O/bench.md: $((SECONDS - start)) s"
fi
exit "$rc"
