#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kernel.sh O SERIES: Debian's newest kernel of this series, image and headers,
# in $O/guest/VERSION, with $O/guest/SERIES pointing at it:
#	vmlinuz, vmlinux	the image; vmlinux boots faster under emulation
#	build			headers, to be given to kbuild as KDIR
#	lib/modules/VERSION	its modules
set -eu
O=$1
series=$2
here=$(dirname "$0")
# shellcheck source=selftests/qemu/debs.sh
. "$here/debs.sh"

# series -> Debian release and the package that depends on its newest kernel
case $series in
6.1)	release=bookworm; meta=linux-image-amd64 ;;
*)	debs_die "no Debian kernel of series $series is known here" ;;
esac

guest=$O/guest
[ ! -e "$guest/$series/.complete" ] || exit 0

echo "kernel: fetching Debian's $series kernel and headers"
debs_use "$release"
debs_update
image=$(debs_depends "$meta" '^linux-image-[0-9]') ||
	debs_die "cannot find the kernel behind $meta"
version=${image#linux-image-}
version=${version%-unsigned}
abi=${version%-*}
tmp=$guest/$version.tmp
rm -rf "$tmp"
debs_get "$tmp" "$image" "linux-headers-$version" \
	"linux-headers-$abi-common" "linux-kbuild-$series"

# The headers name each other by absolute paths: make them find each other.
src=$tmp/usr/src
printf 'include %s\n' "\$(dir \$(realpath \$(lastword \$(MAKEFILE_LIST))))../linux-headers-$abi-common/Makefile" \
	>"$src/linux-headers-$version/Makefile"
ln -s "usr/src/linux-headers-$version" "$tmp/build"
ln -s "boot/vmlinuz-$version" "$tmp/vmlinuz"
rm -rf "$tmp/usr/share/doc" "$tmp/usr/share/bug"
[ -e "$src/linux-headers-$version/include/generated/utsrelease.h" ] ||
	debs_die "the headers of $version are not complete"
touch "$tmp/.complete"

rm -rf "${guest:?}/$version"
mv "$tmp" "$guest/$version"
ln -sfn "$version" "$guest/$series"
echo "kernel: $version"
