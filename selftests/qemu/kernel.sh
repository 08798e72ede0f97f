#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kernel.sh O NAME: one of Debian's kernels, as it is there today, image and
# headers, in $O/guest/VERSION, with $O/guest/NAME pointing at it:
#	vmlinuz, vmlinux	the image; vmlinux boots faster under emulation
#	build			headers, to be given to kbuild as KDIR
#	lib/modules/VERSION	its modules
#	arch			Debian's name of the architecture
# kernel.sh --list: the names that there are; --list-headers: those of headers only.
set -eu
here=$(dirname "$0")

# name, suite, series (newest: the highest that is there), flavour
kernels() {
	cat <<-END
	5.10		bullseye		5.10	amd64
	6.1		bookworm		6.1	amd64
	6.1-cloud	bookworm		6.1	cloud-amd64
	6.1-rt		bookworm		6.1	rt-amd64
	6.12		bookworm		6.12	amd64
	6.12-trixie	trixie			6.12	amd64
	6.1-arm64	bookworm		6.1	arm64
	7.2		trixie-backports	7.2	amd64
	backports	trixie-backports	newest	amd64
	experimental	experimental		newest	amd64
	END
}

# The same, to see that the module builds for them: nothing runs there.
headers_only() {
	cat <<-END
	6.1-armhf	bookworm		6.1	armmp
	6.1-i386	bookworm		6.1	686-pae
	6.1-ppc64el	bookworm		6.1	powerpc64le
	6.1-s390x	bookworm		6.1	s390x
	END
}

case $1 in
--list)	kernels | cut -f1
	exit ;;
--list-headers)
	headers_only | cut -f1
	exit ;;
esac
O=$1
name=$2
guest=$O/guest
# shellcheck source=selftests/qemu/debs.sh
. "$here/debs.sh"

read -r suite series flavour < <({ kernels && headers_only; } |
	awk -v "n=$name" '$1 == n { print $2, $3, $4 }') ||
	debs_die "no kernel is called $name; there are:" "$(kernels | cut -f1)"
# Debian's name of its architecture, and the compiler's, if it is not this machine's
cross=
case $flavour in
arm64)	arch=arm64 cross=aarch64-linux-gnu ;;
armmp)	arch=armhf cross=arm-linux-gnueabihf ;;
686*)	arch=i386 ;;
powerpc64le) arch=ppc64el cross=powerpc64le-linux-gnu ;;
s390x)	arch=s390x cross=s390x-linux-gnu ;;
*)	arch=amd64 ;;
esac
[ -z "$cross" ] || "$here/cross.sh" "$O" "$cross"
[ ! -e "$guest/$name/.complete" ] || exit 0

echo "kernel: fetching Debian's $name kernel and headers"
debs_use "$suite" "$arch"
debs_update
case $series in
newest)	number='[0-9]+\.[0-9]+' ;;
*)	number=${series//./\\.} ;;
esac
# the number, and what follows it up to the flavour
headers=$(debs_newest "linux-headers-$number([.+~][.0-9a-z~+]*)?(-[0-9]+)?-$flavour")
[ -n "$headers" ] || debs_die "$suite has no kernel of series $series now"
version=${headers#linux-headers-}
image=linux-image-$version
if headers_only | grep -q "^$name	"; then
	image=
else
	debs_has "$image" || image+=-unsigned
	debs_has "$image" ||
		debs_die "$suite has headers, but no image of $version"
fi

# The image may be in a package of its own.
tmp=$guest/$version.tmp
rm -rf "$tmp"
mapfile -t packages < <(debs_closure \
	'^linux-(headers|kbuild|binary|modules|base)-[0-9]' ${image:+"$image"} \
	"$headers" | sed 's/^linux-kbuild-.*/&:amd64/')
debs_get "$tmp" "${packages[@]}"
src=$tmp/usr/src
build=$src/linux-headers-$version
[ -e "$build/include/generated/utsrelease.h" ] ||
	debs_die "the headers of $version are not complete"
rm -rf "${tmp:?}/usr/share"
# it would be wanted for BTF, and not be that of the tools
rm -f "$build/vmlinux"

# Everything is to be found below, wherever that is.
[ -e "$tmp/lib" ] || ln -s usr/lib "$tmp/lib"
ln -s "usr/src/linux-headers-$version" "$tmp/build"
[ -z "$image" ] || ln -s "$(cd "$tmp" && ls "boot/vmlinuz-$version" \
	"lib/modules/$version/vmlinuz" 2>/dev/null)" "$tmp/vmlinuz"
# only x86's has a decompressor in front
[ -z "$cross" ] || ln -sfn vmlinuz "$tmp/vmlinux"
echo "$arch" >"$tmp/arch"
# shellcheck disable=SC2016 # make expands them
here_of='$(dir $(realpath $(lastword $(MAKEFILE_LIST))))'
# shellcheck disable=SC2016
{
	echo "unpacked := $here_of"
	sed 's|/usr/src/|$(unpacked)../|' "$build/Makefile"
} >"$build/Makefile.new"
mv "$build/Makefile.new" "$build/Makefile"

# The compiler that they name may not be this machine's.
if [ -n "$cross" ]; then
	cross=cross/$cross/bin/$cross-
	sed -i "/^CC = /i CROSS_COMPILE := $here_of../../../../../$cross" \
		"$build/.kernelvariables"
	cross=$O/$cross
fi
cc=$(sed -n 's/^CC = .*\(gcc-[0-9]*\)$/\1/p' "$build/.kernelvariables")
if ! command -v "$cross${cc:-none}" >/dev/null; then
	cp "$here/kernel_cc" "$tmp/cc"
	sed -i "s|^CC = .*|CC := $here_of../../../cc|" \
		"$build/.kernelvariables"
fi

# Nor need this machine's C library be new enough for kbuild's programs: then
# they get that of their own suite.
programs() {
	find "$tmp/usr/lib" -path '*/linux-kbuild-*' -type f -perm /111 |
	while read -r f; do
		! head -c 4 "$f" | grep -q ELF || echo "$f"
	done
}

mapfile -t programs < <(programs)
if ldd "${programs[@]}" 2>&1 | grep -q "version .* not found"; then
	mapfile -t packages < <(debs_closure '^(lib|zlib)' \
		"$(basename "$tmp"/usr/lib/linux-kbuild-*)" |
		grep -v '^linux-kbuild')
	debs_get "$tmp/all" "${packages[@]}"
	loader=ld-linux-x86-64.so.2
	debs_program "$tmp/all" "$(find "$tmp/all" -name $loader | head -n 1)" \
		"$tmp/kbuild" "lib64/$loader"
	for f in "${programs[@]}"; do
		debs_program "$tmp/all" "$f" "$tmp/kbuild" \
			"bin/$(basename "$f")"
	done
	for f in "${programs[@]}"; do
		# some only look for the one of the target's architecture
		program=$(basename "$f")
		for kind in real-x86 real-lsb-64; do
			[ ! -e "$f.$kind" ] || program+=.$kind
		done
		cat >"$f" <<-END
		#!/bin/sh
		root=\$(realpath "\$0")
		root=\${root%/usr/lib/linux-kbuild-*}/kbuild
		exec "\$root/lib64/$loader" \\
			--library-path "\$root/lib/x86_64-linux-gnu" \\
			"\$root/bin/$program" "\$@"
		END
	done
	rm -rf "$tmp/all"
fi
touch "$tmp/.complete"

rm -rf "${guest:?}/$version"
mv "$tmp" "$guest/$version"
ln -sfn "$version" "$guest/$name"
echo "kernel: $version"
