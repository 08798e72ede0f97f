#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# sysroot.sh O ARCH TRIPLET: Debian's C library of another architecture, the other
# libraries that the tool and the tests use, and a static busybox: unpacked in
# $O/sysroot, for the compiler of cross.sh and for the guest. What is downloaded
# once for all architectures is found there by links to ../NAME.
set -eu
O=$1 arch=$2 triplet=$3
here=$(dirname "$0")
# shellcheck source=selftests/qemu/debs.sh
. "$here/debs.sh"
mkdir -p "$O"
for d in apt guest kselftest scripts; do
	ln -sfn "../$d" "$O/$d"
done
[ ! -e "$O/sysroot/.complete" ] || exit 0

echo "sysroot: fetching Debian's libraries for $arch"
debs_use bookworm "$arch"
debs_update
mapfile -t packages < <(debs_closure '^(lib|zlib|linux-libc-dev)' \
	libc6-dev libelf-dev libjson-c-dev libkmod-dev liburing-dev)
tmp=$O/sysroot.tmp
rm -rf "$tmp"
debs_get "$tmp" busybox-static "${packages[@]}"
rm -rf "${tmp:?}/usr/share"

# Links to libraries are of a system whose root it is.
find "$tmp/usr/lib/$triplet" -type l -lname '/*' | while read -r link; do
	ln -sfn "$(realpath -m --relative-to="$(dirname "$link")" \
		"$tmp$(readlink "$link")")" "$link"
done
touch "$tmp/.complete"
rm -rf "$O/sysroot"
mv "$tmp" "$O/sysroot"
