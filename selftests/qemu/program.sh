#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# program.sh O NAME PACKAGE [ARCH]: Debian's program /usr/bin/NAME of PACKAGE for the
# guest, in $O/NAME/root with the libraries that it needs: all below /NAME, to be run
# by /NAME/run. Nothing is installed.
set -eu
O=$1 name=$2 package=$3
here=$(dirname "$0")
# shellcheck source=selftests/qemu/debs.sh
. "$here/debs.sh"
[ ! -e "$O/$name/.complete" ] || exit 0

echo "$name: fetching Debian's $package"
debs_use bookworm "${4:-}"
debs_update
tmp=$O/$name.tmp
rm -rf "$tmp"
mapfile -t packages < <(debs_closure '^(lib|zlib)' "$package" |
	grep -v '^libc6$')
debs_get "$tmp/$name" libc6 "${packages[@]}"

# It brings its own C library: that of the tests may be older.
root=$tmp/root/$name
loader=$debs_loader
debs_program "$tmp/$name" "$tmp/$name/usr/bin/$name" "$root" "usr/bin/$name"
debs_program "$tmp/$name" "$(find "$tmp/$name" -name "$loader" | head -n 1)" \
	"$root" "lib64/$loader"
cat >"$root/run" <<END
#!/bin/sh
exec /$name/lib64/$loader --library-path /$name/lib/$debs_triplet \\
	/$name/usr/bin/$name "\$@"
END
chmod 755 "$root/run"

rm -rf "${O:?}/$name"
mkdir -p "$O/$name"
mv "$tmp/root" "$O/$name/root"
touch "$O/$name/.complete"
rm -rf "$tmp"
