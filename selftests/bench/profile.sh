#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# profile.sh CASE,SIZE,PIECES,METHOD: which functions of the guest's kernel take
# how many instructions of one system call, the emulator counting each. METHOD is
# an engine, or a peer as bench.csv has it. Called by make bench PROFILE=..., which
# gives O and GUEST.
set -eu
here=$(dirname "$0")
GUEST=${GUEST:?} O=${O:?} only=$1
qemu=$here/../qemu
out=$O/vm/profile
# instructions to look at
lines=${LINES_OF_LOG:-4000000}

mkdir -p "$O/vm"
root=$(mktemp -d)
vm=
cleanup() {
	[ -z "$vm" ] || printf 'quit\n' >&3
	rm -rf "$root" "$out.log"
}
trap cleanup EXIT
mkdir "$root/job"
cp "$O/selftests/bench/bench" "$root/job/benchmark"
cat >"$root/job/bench" <<END
#!/bin/sh
dbgmem load || exit
grep -i ' t ' /proc/kallsyms
exec /job/benchmark -p $only
END
chmod 755 "$root" "$root"/job "$root"/job/*

version=$(basename "$(realpath "$GUEST")")
"$qemu/initramfs.sh" "$out.initramfs" "$GUEST" \
	"$O/module/$version/kmod/dbgmem.ko" "$O" "$root"
rm -f "$out.log" "$out.results"
mkfifo "$root/monitor.in" "$root/monitor.out"
machine="-cpu max,erms=off,fsrm=off -smp 1 -accel tcg,thread=single"
machine+=" -icount shift=0,sleep=off -rtc base=2026-01-01,clock=vm -seed 1"
machine+=" -monitor pipe:$root/monitor -D $out.log"
exec 3<>"$root/monitor.in" 4<>"$root/monitor.out"
MACHINE=$machine "$qemu/vm.sh" "$out" "$GUEST/vmlinux" "$out.initramfs" 300 \
	tsc=reliable JOB=bench NONCE=bench LIMIT=10000 &
vm=$!

until grep -aq '^# running' "$out.results" 2>/dev/null; do
	if ! kill -0 "$vm" 2>/dev/null ||
	   grep -aq '^@bench end' "$out.results" 2>/dev/null; then
		echo "profile: $only did not run" >&2
		grep -a '^# [es]' "$out.results" >&2 || :
		exit 1
	fi
	sleep 0.2
done
# one instruction at a time, and each is told
printf 'singlestep on\nlog exec,nochain\n' >&3
until [ -e "$out.log" ] && [ "$(wc -l <"$out.log")" -ge "$lines" ]; do
	kill -0 "$vm"
	sleep 0.2
done
printf 'log none\nquit\n' >&3
wait "$vm" || :
vm=

# "ADDRESS t NAME [MODULE]"
tr -d '\r' <"$out.results" | grep -ai '^[0-9a-f]* t ' >"$root/symbols"
entry=$(awk '$3 == "entry_SYSCALL_64" { print $1 }' "$root/symbols")

# "Trace 0: 0xHOST [CS/PC/FLAGS/CFLAGS] ...": from system call to system call
head -n "$lines" "$out.log" |
awk -F / -v "entry=$entry" '
!/^Trace/ { next }
$2 == entry {
	if (calls++)
		for (pc in now)
			n[pc] += now[pc]
	split("", now)
}
calls { now[$2]++ }
END {
	for (pc in n)
		print pc, "~", n[pc], calls - 1
}' |
sort -k 1,2 - "$root/symbols" |
awk -v only="$only" '
$2 != "~" { name = $3 ($4 == "" ? "" : " " $4); next }
{
	sum[$1 ~ /^ffff/ ? name : "(user space)"] += $3
	calls = $4
}
END {
	if (!calls) {
		print "profile: no whole system call was seen"
		exit 1
	}
	for (f in sum)
		total += sum[f]
	printf "%s: instructions for one system call, mean of %d calls\n", \
		only, calls
	printf "%10.1f  total\n", total / calls
	for (f in sum)
		if (sum[f] / calls >= 0.5)
			printf "%10.1f  %s\n", sum[f] / calls, f | "sort -rn"
	close("sort -rn")
}'
