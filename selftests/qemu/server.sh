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

root=$tmp/root
add() {
	debs_program "$tmp/all" "$1" "$root" "$2"
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
