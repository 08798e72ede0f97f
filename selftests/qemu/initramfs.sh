#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# initramfs.sh OUT GUEST DBGMEM.KO O [EXTRA-ROOT]: the guest's file system as a
# cpio archive: busybox, the tool, whatever is in $O/selftests, the shared
# libraries that they need, and kernel modules. The test builds of the module
# (selftests/inject and selftests/amplify), where there are any, are
# /tests/dbgmem-inject.ko and /tests/dbgmem-amplify.ko. EXTRA-ROOT is copied over
# it. Of another architecture, busybox and libraries are those of
# sysroot.sh.
set -eu
out=$1 guest=$2 ko=$3 O=$4 extra=${5:-}
here=$(dirname "$0")
# modules of the kernel package that the tests use
modules="fuse brd"

version=$(basename "$(realpath "$guest")")
root=$out.root
rm -rf "$root"
mkdir -p "$root"/{bin,etc,lib,usr/bin,usr/lib,tests,tmp,job,proc,sys,dev}
ln -s lib "$root/lib64"
sysroot=
[ ! -e "$O/sysroot/.complete" ] || sysroot=$O/sysroot
if [ -n "$sysroot" ]; then
	cp "$sysroot/bin/busybox" "$root/bin/busybox"
else
	cp "$(command -v busybox)" "$root/bin/busybox"
fi
cp "$here/init" "$root/init"
chmod 755 "$root/init"
cat >"$root/etc/passwd" <<'END'
root:x:0:0:root:/root:/bin/sh
user:x:1000:1000:user:/home/user:/bin/sh
END
cat >"$root/etc/group" <<'END'
root:x:0:
user:x:1000:
dbgmem:x:999:
END

cp "$O/user/dbgmem" "$root/usr/bin/dbgmem"
for f in "$O"/selftests/test_* "$O"/selftests/helper_*; do
	case $f in
	*.d | *.o) ;;
	*)	[ ! -x "$f" ] || cp "$f" "$root/tests/" ;;
	esac
done

for v in inject amplify; do
	variant=${ko%/kmod/dbgmem.ko}-$v/kmod/dbgmem.ko
	[ ! -e "$variant" ] || cp "$variant" "$root/tests/dbgmem-$v.ko"
done

# The tests as kselftests; see selftests/Makefile
if [ ! -e "$O/sysroot/.complete" ]; then
	cp "$(command -v make)" "$root/usr/bin/"
	mkdir -p "$root/kselftests/dbgmem"
	cp -r "$O/kselftest/lib.mk" "$O/kselftest/kselftest" "$root/kselftests/"
	cp "$here/../Makefile" "$here/../config" "$here/../settings" \
		"$root/kselftests/dbgmem/"
	for f in "$root"/tests/*; do
		ln -s "/tests/${f##*/}" "$root/kselftests/dbgmem/"
	done
fi

# For the tests that load profiles
[ ! -e "$O/apparmor/.complete" ] || cp -a "$O/apparmor/root/." "$root/"

# Shared libraries go where their program's loader looks for them anyway.
for f in "$root"/usr/bin/* "$root"/tests/*; do
	LD_LIBRARY_PATH=$O/user ldd "$f" 2>/dev/null || :
done | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }' |
sort -u | while read -r lib; do
	case $lib in
	"$O"/*)	cp -L "$lib" "$root/usr/lib/" ;;
	*)	mkdir -p "$root$(dirname "$lib")"
		cp -L "$lib" "$root$lib" ;;
	esac
done
# ldd runs the loader, which of another architecture this machine cannot
if [ -n "$sysroot" ]; then
	# shellcheck source=selftests/qemu/debs.sh
	. "$here/debs.sh"
	debs_triplet=$(basename "$sysroot"/lib/*-linux-*)
	cp "$sysroot"/lib/ld-linux-* "$root/lib/"
	for f in "$O"/user/libdbgmem.so.[0-9] "$root"/usr/bin/* \
			"$root"/tests/*; do
		debs_libraries "$sysroot" "$f" "$root" libdbgmem.so.
	done
	cp -L "$O"/user/libdbgmem.so.[0-9] "$root/lib/$debs_triplet/"
fi

# Kernel modules with what they depend on, listed for modprobe and libkmod.
moddir=lib/modules/$version
mkdir -p "$root/$moddir/updates"
cp "$ko" "$root/$moddir/updates/"
cp "$guest/$moddir"/modules.builtin* "$guest/$moddir/modules.order" \
	"$root/$moddir/"
add_module() {
	local path dep
	path=$(cd "$guest/$moddir" && find . -name "$1.ko*" | head -n 1)
	[ -n "$path" ] || return 0	# built in
	mkdir -p "$root/$moddir/$(dirname "$path")"
	# the guest's modprobe need not know how they are packed
	case $path in
	*.xz)	xz -dc "$guest/$moddir/$path" >"$root/$moddir/${path%.xz}" ;;
	*)	cp "$guest/$moddir/$path" "$root/$moddir/$path" ;;
	esac
	for dep in $(modinfo -F depends "$guest/$moddir/$path" | tr , ' '); do
		add_module "$dep"
	done
}
for m in $modules; do
	add_module "$m"
done
PATH=$PATH:/sbin:/usr/sbin depmod -b "$root" "$version"

[ -z "$extra" ] || cp -a "$extra/." "$root/"
(cd "$root" && find . | cpio -o -H newc -R 0:0 --quiet) >"$out.tmp"
mv "$out.tmp" "$out"
rm -rf "$root"
