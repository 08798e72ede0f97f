#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module, and the module in DKMS: in a chroot of Debian's, made by debootstrap,
# it is installed for a kernel that is there, follows one that comes, and goes, and
# there is one of it at any time. Called by make check-dkms, with O. TAP, and the
# last line of make check.
set -eu
here=$(realpath "$(dirname "$0")")
O=${O:?}
# shellcheck source=selftests/qemu/debs.sh
. "$here/qemu/debs.sh"
# shellcheck source=selftests/tap.sh
. "$here/tap.sh"

release=bookworm
root=$O/dkms/root
if [ "$(id -u)" -ne 0 ]; then
	debs_die "a chroot is root's to make: sudo make check-dkms"
fi

# in ARGUMENT...: a command in there
in_root() {
	chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
		DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@" </dev/null
}

apt_root() {
	in_root apt-get -qq -y --no-install-recommends "$@" \
		>>"$O/dkms/log" 2>&1 ||
		debs_die "apt-get $* failed in the chroot; see $O/dkms/log"
}

mkdir -p "$O/dkms"
: >"$O/dkms/log"
if [ ! -e "$O/dkms/.complete" ]; then
	echo "dkms: making a chroot of $release"
	rm -rf "$root"
	uri=$(debs_archives | sed -n 's/^main //p')
	[ -n "$uri" ] || debs_die "no Debian archive among this machine's apt sources"
	debootstrap --variant=minbase --include=dkms,make,gcc,kmod \
		"$release" "$root" "$uri" >>"$O/dkms/log" 2>&1 ||
		debs_die "debootstrap failed; see $O/dkms/log"
	debs_use "$release"
	# its key has another place in there
	sed 's/\[[^]]*\] //' "$O/apt/$release/sources.list" \
		>"$root/etc/apt/sources.list"
	# what the machine's network asks for
	cp /etc/resolv.conf "$root/etc/resolv.conf"
	apt-config dump | grep -E '^(Acquire::(http|https)|Acquire::Check)' \
		>"$root/etc/apt/apt.conf.d/90machine" || :
	apt_root update
	touch "$O/dkms/.complete"
fi

trap 'umount "$root/proc" 2>/dev/null || :; rm -rf "$tmp"' EXIT
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
rm -rf "$root/dbgmem"
mkdir "$root/dbgmem"
tar -C "$here/.." -c Kbuild Makefile kmod uapi user selftests |
	tar -C "$root/dbgmem" -x

# Two kernels' headers, the oldest there is and the newest.
mapfile -t kernels < <(in_root apt-cache search --names-only \
	'^linux-headers-[0-9.]+-[0-9]+-amd64$' |
	sed 's/^linux-headers-\([^ ]*\) .*/\1/' | sort -V | sed -n '1p;$p')
[ ${#kernels[@]} -eq 2 ] || debs_die "two kernels are wanted: ${kernels[*]}"
old=${kernels[0]} new=${kernels[1]}

# built_for KERNEL: one that is of this kernel, and that modprobe would find
built_for() {
	in_root modinfo -k "$1" -F vermagic dbgmem 2>&1 | grep -q "^$1 " &&
		in_root modprobe -S "$1" -n -v dbgmem | grep -q updates/dkms
}

failed=0
# ends NAME COMMAND...: a test that passes if the command does
ends() {
	local name=$1
	shift
	: >"$tmp/log"
	if ! "$@" >"$tmp/out" 2>&1; then
		{ echo "failed: $*"; cat "$tmp/out"; } >"$tmp/log"
	fi
	verdict "dkms.$name" >"$tmp/verdict"
	cat "$tmp/verdict"
	! grep -q '^not ok' "$tmp/verdict" || failed=$((failed + 1))
}

both_have() {
	built_for "$old" && built_for "$new"
}

# only FILE: the one module that there is for the old kernel
only() {
	local found
	found=$(cd "$root/lib/modules/$old" && find . -name 'dbgmem.ko*')
	[ "$found" = "./$1" ] || { echo "found: $found"; false; }
}

gone() {
	! in_root modinfo -k "$old" dbgmem &&
		! in_root modinfo -k "$new" dbgmem &&
		[ -z "$(in_root sh -c 'ls -d /usr/src/dbgmem-*')" ]
}

# what install leaves is the group, and nothing else by this name
nothing_by_this_name() {
	[ -z "$(in_root find / -xdev -path /proc -prune -o \
		-path /dbgmem -prune -o -path '/var/*' -prune -o \
		-name '*dbgmem*' -print)" ] &&
		in_root getent group dbgmem
}

echo "dkms: $old, then $new"
in_root dkms remove dbgmem --all >/dev/null 2>&1 || :
apt_root remove --purge "linux-headers-$new"
apt_root install "linux-headers-$old"
kdir=KDIR=/lib/modules/$old/build
ends make in_root make -C /dbgmem modules user "$kdir"
ends make_install in_root make -C /dbgmem install "$kdir"
ends the_tool_starts in_root /usr/local/bin/dbgmem version
ends make_install_leaves_one_module only updates/dbgmem/dbgmem.ko
ends install in_root make -C /dbgmem dkms-install
ends dkms_takes_its_place only updates/dkms/dbgmem.ko
ends make_install_again in_root make -C /dbgmem install "$kdir"
ends make_install_leaves_it_to_dkms only updates/dkms/dbgmem.ko
ends built_for_the_kernel_that_is_there built_for "$old"
apt_root install "linux-headers-$new"
ends follows_a_new_kernel built_for "$new"
ends stays_for_the_old_kernel built_for "$old"
ends install_again in_root make -C /dbgmem dkms-install
ends is_there_again_for_both both_have
ends uninstall in_root make -C /dbgmem dkms-uninstall
ends nothing_is_left gone
ends make_uninstall in_root make -C /dbgmem uninstall
ends nothing_else_is_left nothing_by_this_name
echo "$((n - failed)) passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
