#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vm.sh NAME-OF-OUTPUT KERNEL INITRAMFS SECONDS WORD...: boot a guest under
# software emulation, give it SECONDS, and leave NAME.results (what the guest
# reports over its second serial port) and NAME.console (the kernel's console).
# Beside KERNEL may be a file "arch", as from kernel.sh.
# A kernel that hangs before its init has said a word, for half of that or BOOT
# seconds (default 180), and has not complained, is booted once more, which is
# said: on a busy machine the emulator at times loses an interrupt early on.
# The words go to the kernel's command line. Never relies on hardware
# virtualisation: a device node for it may be there and not work. The graphics
# adapter is there for its memory, which the tests map.
set -eu
out=$1 kernel=$2 initrd=$3 limit=$4
shift 4

# oops=panic and panic=-1 with -no-reboot: a crashed guest ends at once
append="loglevel=6 panic=-1 oops=panic panic_on_warn=0"
append+=" vsyscall=emulate secretmem.enable=1 rcupdate.rcu_cpu_stall_timeout=60"
append+=" watchdog_thresh=60 random.trust_cpu=on"
# on a busy machine the boot's test of the timer may see no tick in time
append+=" no_timer_check"
# the tests look behind protections in /proc/PID/mem, as any kernel before 7.x
# lets them; what the module does itself does not depend on it
append+=" proc_mem.force_override=always"
case " $* " in
*" DEBUG=1 "*)
	# every report, not the first only; exact counts for helper_balance
	append+=" kasan_multi_shot"
	append+=" slub_debug=F,mm_struct,task_struct,pid,vm_area_struct,filp" ;;
esac

# MACHINE replaces the processor's options (the benchmark's own clock)
arch=$(cat "$(dirname "$kernel")/arch" 2>/dev/null || echo amd64)
case $arch in
arm64)	qemu="qemu-system-aarch64"
	append+=" console=ttyAMA0 OUT=/dev/ttyS0"
	# with AArch32 for the 32-bit callers
	machine="-M virt -accel tcg,thread=multi -cpu cortex-a72 -smp 2"
	results=(-device "pci-serial,chardev=results") ;;
*)	qemu="qemu-system-x86_64"
	append+=" console=ttyS0 OUT=/dev/ttyS1"
	machine="-accel tcg,thread=multi -cpu max -smp 2"
	results=(-serial chardev:results) ;;
esac
read -ra machine <<<"${MACHINE:-$machine}"

boot() {
	rm -f "$out.results" "$out.console"
	: >"$out.results"
	: >"$out.console"
	timeout -k 5 "$limit" "$qemu" \
		"${machine[@]}" -m 2048 \
		-nodefaults -no-user-config -display none -no-reboot \
		-device VGA -chardev "file,id=console,path=$out.console" \
		-serial chardev:console \
		-chardev "file,id=results,path=$out.results" "${results[@]}" \
		-kernel "$kernel" -initrd "$initrd" -append "$append $*" \
		</dev/null >"$out.qemu" 2>&1 &
}

# Not ended, and nothing came from init?
hangs() {
	local left
	for ((left = boot_limit; left > 0; left--)); do
		sleep 1
		[ ! -s "$out.results" ] && kill -0 $! 2>/dev/null || return 1
	done
	! grep -qE 'BUG|WARNING|Oops|Call Trace|panic' "$out.console"
}

boot_limit=${BOOT:-180}
[ "$boot_limit" -le $((limit / 2)) ] || boot_limit=$((limit / 2))
# a runner that is interrupted leaves no guest behind
trap 'kill $! 2>/dev/null || :' INT TERM
rc=0
boot "$@"
if hangs; then
	echo "vm: ${out##*/}: no init within $boot_limit s, booted once more:" \
		"$(tail -n 1 "$out.console")" >&2
	kill $!
	wait $! || :
	limit=$((limit - boot_limit))
	boot "$@"
fi
wait $! || rc=$?
case $rc in
0)	;;
124 | 137)
	echo "# VM: no end after $limit s" >>"$out.results" ;;
*)	echo "# VM: qemu failed ($rc): $(tail -n 1 "$out.qemu")" \
		>>"$out.results" ;;
esac
exit "$rc"
