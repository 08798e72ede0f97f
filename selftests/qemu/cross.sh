#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# cross.sh O TRIPLET: Debian's compiler for another architecture, in
# $O/cross/TRIPLET; bin/TRIPLET-gcc and the rest are to be called. Not installed:
# its packages conflict with gcc-multilib, and apt would remove the one for the
# other.
set -eu
O=$1
triplet=$2
here=$(dirname "$0")
# shellcheck source=selftests/qemu/debs.sh
. "$here/debs.sh"
root=$O/cross/$triplet
[ ! -e "$root/.complete" ] || exit 0

echo "cross: fetching Debian's compiler for $triplet"
debs_use bookworm
debs_update
# Debian's name of the architecture is in those of the libraries
mapfile -t packages < <(debs_closure \
	"^(binutils|cpp|gcc|lib(gcc|c6)).*-(cross|cross-base|$triplet)\$" \
	"gcc-$triplet")
for pkg in "${packages[@]}"; do
	case $pkg in
	libc6-*-cross)
		packages+=("libc6-dev-${pkg#libc6-}" "linux-libc-dev-${pkg#libc6-}") ;;
	esac
done
tmp=$O/cross/$triplet.tmp
rm -rf "$tmp"
debs_get "$tmp" "${packages[@]}"
rm -rf "${tmp:?}/usr/share"
# Linker scripts name their parts by paths that are not here, but beside them.
grep -lrIs '^GROUP' "$tmp/usr/$triplet/lib" --include='*.so' |
	xargs -r sed -i "s|/usr/$triplet/lib/||g"

# They find their parts beside them, but not their libraries.
mkdir "$tmp/bin"
cat >"$tmp/bin/run" <<'END'
#!/bin/sh
root=${0%/*}/..
LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu exec "$root/usr/bin/${0##*/}" "$@"
END
chmod 755 "$tmp/bin/run"
for f in "$tmp/usr/bin/$triplet"-*; do
	ln -s run "$tmp/bin/${f##*/}"
done
touch "$tmp/.complete"
rm -rf "$root"
mv "$tmp" "$root"
