#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# source.sh O SERIES: the few files that only the kernel's source package has:
# the kselftest harness, lib.mk and its runner in $O/kselftest; checkpatch,
# extract-vmlinux and the coccinelle scripts in $O/scripts. The package itself is
# not kept.
set -eu
O=$1
series=$2
here=$(dirname "$0")
# shellcheck source=selftests/qemu/debs.sh
. "$here/debs.sh"

case $series in
6.1)	release=bookworm ;;
*)	debs_die "no Debian source of series $series is known here" ;;
esac
[ ! "$O/kselftest/.complete" -nt "$0" ] || exit 0

echo "source: fetching the test harness and checkpatch (140 MB, not kept)"
debs_use "$release"
debs_update
tmp=$O/source.tmp
rm -rf "$tmp"
debs_get "$tmp" "linux-source-$series"
mkdir "$tmp/x"
tar -xJmf "$tmp/usr/src/linux-source-$series.tar.xz" -C "$tmp/x" \
	--strip-components=1 --wildcards \
	"*/tools/testing/selftests/kselftest.h" \
	"*/tools/testing/selftests/kselftest_harness.h" \
	"*/tools/testing/selftests/lib.mk" \
	"*/tools/testing/selftests/kselftest/*" \
	"*/scripts/checkpatch.pl" "*/scripts/const_structs.checkpatch" \
	"*/scripts/spelling.txt" "*/scripts/extract-vmlinux" \
	"*/scripts/coccinelle/*"
rm -rf "$O/scripts" "$O/kselftest"
mv "$tmp/x/scripts" "$O/scripts"
mv "$tmp/x/tools/testing/selftests" "$O/kselftest"
touch "$O/kselftest/.complete"
rm -rf "$tmp"
