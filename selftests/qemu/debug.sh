#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# debug.sh O NAME: a small kernel with every detector on, built from Debian's
# source by debug.config; NAME is 6.1, or 6.12-rt for PREEMPT_RT, which came into
# the source with 6.12, or 6.1-kcsan, which has KCSAN instead of the detectors that
# it does not go with, or that would slow it down further. It goes to $O/debug/VERSION, with $O/debug/NAME pointing
# at it, in the form that kernel.sh gives a kernel: vmlinux, build,
# lib/modules/VERSION; vmlinux is really a bzImage, as there is no booting without
# its decompressor under KASAN. The tree stays: a run that was interrupted goes
# on, and a changed debug.config costs what it changes.
set -eu
O=$1
name=$2
here=$(realpath "$(dirname "$0")")
# shellcheck source=selftests/qemu/debs.sh
. "$here/debs.sh"

debug=$O/debug
[ "$name" != 6.1-kcsan ] || debug=$O/kcsan
fragment=$here/debug.config
case $name in
6.1)	src=$debug/src ;;
6.12-rt) src=$debug/src-rt ;;
6.1-kcsan) src=$debug/src-kcsan ;;
*)	debs_die "no debug kernel is called $name; there are:" \
		"6.1 6.12-rt 6.1-kcsan" ;;
esac
series=${name%-*} release=bookworm
start=$SECONDS

if [ ! -e "$src/Makefile" ]; then
	echo "debug kernel: fetching the source of $series (140 MB)"
	debs_use "$release"
	debs_update
	tmp=$O/debug.tmp
	rm -rf "$tmp"
	debs_get "$tmp" "linux-source-$series"
	mkdir "$tmp/src"
	# without what is big and not built here
	tar -xJmf "$tmp/usr/src/linux-source-$series.tar.xz" -C "$tmp/src" \
		--strip-components=1 --exclude='*/drivers/gpu/*.[ch]' \
		--exclude='*/drivers/net/*/*.[ch]' --exclude='*/sound/*.[ch]' \
		--exclude='*/drivers/media/*.[ch]' --exclude='*.rst'
	mkdir -p "$debug"
	rm -rf "$src"
	mv "$tmp/src" "$src"
	rm -rf "$tmp"
fi

# kbuild [ARGUMENT...]: nothing of our own make's may get through
kbuild() {
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u KDIR -u O -u C -u W -u V \
		make -s -C "$src" -j"$(nproc)" "$@" </dev/null \
		>>"$debug/build.log" 2>&1 || {
		tail -n 20 "$debug/build.log" >&2
		debs_die "make $* failed; see $debug/build.log"
	}
}

# Without what PREEMPT_RT excludes and what 6.12 does not have any more. TEST_HMM needs
# transparent huge pages; the last three select what it does.
rt_config() {
	sed -E '/^CONFIG_PREEMPT=/s/PREEMPT/PREEMPT_RT/
		/_(TRANSPARENT_HUGEPAGE|TEST_HMM|DEBUG_CREDENTIALS)/d
		/_UBSAN_(SANITIZE_ALL|ENUM)=/d' "$fragment"
	cat <<-'EOF'
	CONFIG_INFINIBAND=m
	CONFIG_INFINIBAND_USER_ACCESS=m
	CONFIG_INFINIBAND_ON_DEMAND_PAGING=y
	EOF
}

# Without KASAN, which excludes it. The strict rules: a plain access that races is
# reported whatever its width, and whether the value changed or not. A race is
# reported once a minute, as the kernel has many of its own. Watchpoints come ten
# times as often as by default: the machine is slow.
kcsan_config() {
	sed -E '/_(KASAN|UBSAN|PROVE_LOCKING|LOCKDEP|KUNIT|KCOV|GCOV|PAGE_OWNER)/d
		/_(DEBUG_OBJECTS|DEBUG_KMEMLEAK|DEBUG_PAGE_REF|PAGE_POISONING)/d
		/_(DEBUG_PREEMPT|FAULT_INJECTION|FAIL)/d
		s/-dbgmem-debug/-dbgmem-kcsan/' "$fragment"
	cat <<-'EOF'
	CONFIG_KCSAN=y
	CONFIG_KCSAN_STRICT=y
	CONFIG_KCSAN_WEAK_MEMORY=y
	CONFIG_KCSAN_EARLY_ENABLE=y
	# CONFIG_KCSAN_SELFTEST is not set
	CONFIG_KCSAN_REPORT_RACE_UNKNOWN_ORIGIN=y
	CONFIG_KCSAN_SKIP_WATCH=400
	CONFIG_KCSAN_SKIP_WATCH_RANDOMIZE=y
	CONFIG_KCSAN_DELAY_RANDOMIZE=y
	CONFIG_KCSAN_REPORT_ONCE_IN_MS=60000
	EOF
}

: >"$debug/build.log"
if [ "$name" != 6.1 ]; then
	"${name#*-}_config" >"$debug/${name#*-}.config"
	fragment=$debug/${name#*-}.config
fi
kbuild "KCONFIG_ALLCONFIG=$fragment" allnoconfig
# a detector whose line Kconfig dropped would be silent
grep -E '^(# )?CONFIG_' "$fragment" | while read -r line; do
	case $line in
	'#'*)	option=${line#\# }
		! grep -q "^${option%% *}=" "$src/.config" ;;
	*)	grep -qxF "$line" "$src/.config" ;;
	esac || debs_die "this kernel's Kconfig does not take: $line"
done

echo "debug kernel: building (some minutes; $debug/build.log)"
kbuild bzImage modules
version=$(cat "$src/include/config/kernel.release")
mkdir -p "$debug/$version"
kbuild "INSTALL_MOD_PATH=$debug/$version" modules_install
ln -sfn "../${src##*/}" "$debug/$version/build"
ln -sfn "../${src##*/}/arch/x86/boot/bzImage" "$debug/$version/vmlinux"
ln -sfn "$version" "$debug/$name"
touch "$debug/$version/.complete"
echo "debug kernel: $version, $((SECONDS - start)) s"
