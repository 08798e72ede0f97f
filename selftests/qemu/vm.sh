#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vm.sh NAME-OF-OUTPUT KERNEL INITRAMFS SECONDS WORD...: boot a guest under
# software emulation, give it SECONDS, and leave NAME.results (what the guest
# reports over its second serial port) and NAME.console (the kernel's console).
# Beside KERNEL may be a file "arch", as from kernel.sh.
# A guest that has not come to its job yet ("ready" of init), has said nothing for
# BOOT seconds (default 180), and has not complained, is booted once more, which is
# said: on a busy machine the emulator at times loses an interrupt. One that falls
# silent later, for SILENCE seconds (default: LIMIT of one program and 300), is
# ended then. SECONDS and SILENCE are as many times longer as the guest says with
# "ready" that this machine is slower. Guest and script end with their parent.
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
	# two nodes, between which memory can be moved; not where time is counted,
	# and by the kernel itself only where a test asks for it
	[ -n "${MACHINE:-}" ] || append+=" numa=fake=2 numa_balancing=disable"
	machine="-accel tcg,thread=multi -cpu max -smp 2"
	results=(-serial chardev:results) ;;
esac
read -ra machine <<<"${MACHINE:-$machine}"

boot() {
	: >"$out.results"
	: >"$out.console"
	setpriv --pdeathsig TERM "$qemu" \
		"${machine[@]}" -m 2048 \
		-nodefaults -no-user-config -display none -no-reboot \
		-device VGA -chardev "file,id=console,path=$out.console" \
		-serial chardev:console \
		-chardev "file,id=results,path=$out.results" "${results[@]}" \
		-kernel "$kernel" -initrd "$initrd" -append "$append $*" \
		</dev/null >"$out.qemu" 2>&1 &
}

# Wait for the guest. 1 if it is not at its job yet and has said nothing on either
# port for as long as it may, 2 if it has been at it, 3 if its time is over.
watch() {
	local pid=$1 slower='' quiet=0 seen='' now begin=$SECONDS
	while kill -0 "$pid" 2>/dev/null; do
		sleep 1
		[ $((SECONDS - begin)) -lt $((limit * ${slower:-1})) ] || return 3
		now=$(stat -c %s "$out.results" "$out.console")
		if [ "$now" != "$seen" ]; then
			seen=$now quiet=0
			[ -n "$slower" ] || slower=$(sed -n \
				's/^@[^ ]* ready \([0-9]*\).*/\1/p' "$out.results")
			continue
		fi
		quiet=$((quiet + 1))
		if [ -z "$slower" ]; then
			[ "$quiet" -lt "$boot_limit" ] || return 1
		else
			[ "$quiet" -lt $((silence * slower)) ] || return 2
		fi
	done
}

# Its own status is that of an emulator which was asked to end.
end() {
	kill $! 2>/dev/null || :
	for _ in 1 2 3 4 5; do
		kill -0 $! 2>/dev/null || break
		sleep 1
	done
	kill -KILL $! 2>/dev/null || :
	wait $! || :
}

boot_limit=${BOOT:-180} silence=${SILENCE:-}
if [ -z "$silence" ]; then
	silence=$limit
	for word; do
		case $word in
		LIMIT=*) silence=$((${word#LIMIT=} + 300)) ;;
		esac
	done
fi
# a runner that is interrupted leaves no guest behind
trap 'kill $! 2>/dev/null || :; exit 130' INT TERM HUP
rc=0
boot "$@"
watch $! || rc=$?
if [ "$rc" = 1 ] && ! grep -qE 'BUG|WARNING|Oops|Call Trace|panic' "$out.console"
then
	echo "vm: ${out##*/}: nothing for $boot_limit s, booted once more:" \
		"$(tail -n 1 "$out.console")" >&2
	end
	rc=0
	boot "$@"
	watch $! || rc=$?
fi
case $rc in
0)	wait $! || {
		rc=$?
		echo "# VM: qemu failed ($rc): $(tail -n 1 "$out.qemu")" \
			>>"$out.results"
		exit "$rc"
	}
	exit 0 ;;
1)	why="not ready, and nothing for $boot_limit s" ;;
2)	why="nothing for $silence s" ;;
3)	why="no end after $limit s" ;;
esac
end
echo "# VM: $why; last on its console: $(tail -n 1 "$out.console" | tr -d '\r')" \
	>>"$out.results"
exit 124
