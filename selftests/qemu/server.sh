#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# server.sh O: a server that nobody here wrote, for the demo: Debian's redis,
# in $O/demo/root with the libraries that it needs. Nothing is installed.
set -eu
O=$1
here=$(dirname "$0")
# shellcheck source=selftests/qemu/debs.sh
. "$here/debs.sh"
[ ! -e "$O/demo/.complete" ] || exit 0

echo "demo: fetching Debian's redis-server"
debs_use bookworm
debs_update
tmp=$O/demo.tmp
rm -rf "$tmp"
mapfile -t packages < <(debs_closure '^(lib|lua-|zlib|redis-tools)' \
	redis-server redis-tools | grep -v '^libc6$')
debs_get "$tmp/all" libc6 "${packages[@]}"

# Walk from the programs to every library that they ask for.
root=$tmp/root
declare -A seen=()
add() {
	local name file
	file=$(realpath "$1")
	install -D -m 755 "$file" "$root/$2"
	for name in $(readelf -d "$file" |
		      sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
		[ -z "${seen[$name]:-}" ] || continue
		seen[$name]=1
		file=$(find "$tmp/all" -name "$name" | head -n 1)
		[ -n "$file" ] || debs_die "no package of redis has $name"
		add "$file" "lib/x86_64-linux-gnu/$name"
	done
}
# both names are links to the same program in the package
add "$tmp/all/usr/bin/redis-check-rdb" usr/bin/redis-server
add "$tmp/all/usr/bin/redis-cli" usr/bin/redis-cli
loader=ld-linux-x86-64.so.2
add "$(find "$tmp/all" -name $loader | head -n 1)" "lib64/$loader"
mkdir -p "$root/tmp" "$root/proc" "$root/dev"

rm -rf "$O/demo"
mkdir -p "$O/demo"
mv "$root" "$O/demo/root"
touch "$O/demo/.complete"
rm -rf "$tmp"
