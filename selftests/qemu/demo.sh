#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Boot a guest, run the demo in it and pass on what it says. Called by make,
# which gives O and GUEST. Exits non-zero if a step of the demo, or the kernel,
# was not content.
set -eu
here=$(dirname "$0")
O=${O:?} GUEST=${GUEST:?}
out=$O/demo/run
nonce=$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')
version=$(basename "$(realpath "$GUEST")")
start=$SECONDS

rm -rf "$out"
mkdir -p "$out/root/job"
cp "$here/demo" "$out/root/job/demo"
chmod 755 "$out/root/job/demo"
cp -a "$O/demo/root" "$out/root/srv"
"$here/initramfs.sh" "$out/initramfs" "$GUEST" \
	"$O/module/$version/kmod/dbgmem.ko" "$O" "$out/root"

echo "booting Debian's $version in a guest under software emulation"
: >"$out/vm.results"
"$here/vm.sh" "$out/vm" "$GUEST/vmlinux" "$out/initramfs" 110 \
	JOB=demo "NONCE=$nonce" LIMIT=100 &
vm=$!
trap 'kill $vm 2>/dev/null || :; exit 130' INT TERM
sleep 0.5	# until the results file is this run's
tail -n +1 -s 0.2 --pid=$vm -f "$out/vm.results" 2>/dev/null |
	sed -u -e "/^@$nonce /d" -e '/^$/d'
wait $vm || :

end=$(grep "^@$nonce end demo " "$out/vm.results" || :)
bad=$(awk -f "$here/collect.awk" -v "nonce=$nonce" "$out/vm.console" \
	2>/dev/null | sed '$d')
if [ -n "$bad" ]; then
	echo "$bad"
	echo "demo: failed, the kernel complained"
	exit 1
fi
case $end in
*' demo 0 '*)
	echo "demo: every step was checked; $((SECONDS - start)) s" ;;
*)
	echo "demo: failed; the guest's console is in $out/vm.console"
	exit 1 ;;
esac
