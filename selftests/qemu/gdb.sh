#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# gdb.sh O [ARCH]: Debian's gdb for the guest, where it opens cores, in $O/gdb/root
# with the libraries that it needs: all below /gdb, to be run by /gdb/run. Nothing
# is installed.
set -eu
O=$1
here=$(dirname "$0")
# shellcheck source=selftests/qemu/debs.sh
. "$here/debs.sh"
[ ! -e "$O/gdb/.complete" ] || exit 0

echo "gdb: fetching Debian's gdb-minimal"
debs_use bookworm "${2:-}"
debs_update
tmp=$O/gdb.tmp
rm -rf "$tmp"
mapfile -t packages < <(debs_closure '^(lib|zlib)' gdb-minimal |
	grep -v '^libc6$')
debs_get "$tmp/gdb" libc6 "${packages[@]}"

# It brings its own C library: that of the tests may be older.
root=$tmp/root/gdb
loader=$debs_loader
debs_program "$tmp/gdb" "$tmp/gdb/usr/bin/gdb" "$root" usr/bin/gdb
debs_program "$tmp/gdb" "$(find "$tmp/gdb" -name "$loader" | head -n 1)" \
	"$root" "lib64/$loader"
cat >"$root/run" <<END
#!/bin/sh
exec /gdb/lib64/$loader --library-path /gdb/lib/$debs_triplet \\
	/gdb/usr/bin/gdb "\$@"
END
chmod 755 "$root/run"

rm -rf "$O/gdb"
mkdir -p "$O/gdb"
mv "$tmp/root" "$O/gdb/root"
touch "$O/gdb/.complete"
rm -rf "$tmp"
