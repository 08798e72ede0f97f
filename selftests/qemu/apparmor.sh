#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# apparmor.sh O [ARCH]: Debian's apparmor_parser, in $O/apparmor/root. The guest
# compiles its profiles itself, for the kernel that it runs. Nothing is installed.
set -eu
O=$1
here=$(dirname "$0")
# shellcheck source=selftests/qemu/debs.sh
. "$here/debs.sh"
[ ! -e "$O/apparmor/.complete" ] || exit 0

echo "apparmor: fetching Debian's apparmor_parser"
debs_use bookworm "${2:-}"
debs_update
tmp=$O/apparmor.tmp
rm -rf "$tmp"
debs_get "$tmp/all" apparmor
# the C library is all that it needs, as the tests do
install -D -m 755 "$tmp/all/sbin/apparmor_parser" \
	"$tmp/root/sbin/apparmor_parser"

rm -rf "$O/apparmor"
mkdir -p "$O/apparmor"
mv "$tmp/root" "$O/apparmor/root"
touch "$O/apparmor/.complete"
rm -rf "$tmp"
