#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Set up this machine: install the Debian packages that are missing, or print
# the one line that does it. Nothing is touched when nothing is missing.
#
# setup.sh [GROUP...]	only packages of these groups (default: those of check)
set -eu
[ $# -gt 0 ] || set -- build kernel lint check
# the tests are run in a guest
case " $* " in
*" check "*) set -- "$@" guest ;;
esac

# group, package, what it is needed for
packages() {
	cat <<-END
	build	gcc		compile the module, the library, the tool and the tests
	build	libc6-dev	C headers
	build	binutils	link
	build	pkg-config	flags of libkmod and json-c
	build	libkmod-dev	load and unload the module
	build	libjson-c-dev	the tool's --json
	build	libelf-dev	the tool's cores
	kernel	dpkg		unpack packages without installing them
	kernel	libelf1		kbuild's objtool
	kernel	xz-utils	unpack the kernel's source and image
	kernel	kmod		depmod and modinfo for the guest's modules
	lint	sparse		make C=2
	lint	perl		checkpatch
	lint	g++		the ABI header must compile as C++
	lint	mandoc		check the manual pages
	lint	dwarves		pahole: the layout of the ABI
	lint	abigail-tools	the ABI of the library
	check	gcc-12-multilib	32-bit callers of the ABI
	check	liburing-dev	the tests read through io_uring
	guest	qemu-system-x86	the guest
	guest	busybox-static	the guest's shell
	guest	cpio		the guest's file system
	guest	util-linux	flock, setpriv
	arm64	qemu-system-arm	the guest of another architecture
	analyze	coccinelle	the kernel's own scripts on the module
	analyze	clang		its analyzer on the module
	analyze	clang-tidy	the library and the tool
	analyze	cppcheck	the library and the tool
	fuzz	clang		libFuzzer on the parsers
	fuzz	libclang-rt-14-dev	the same: its runtime
	debug	flex		the debug kernel's configuration
	debug	bison		the debug kernel's configuration
	debug	bc		a table of the debug kernel
	dkms	dkms		make dkms-install
	chroot	debootstrap	make check-dkms
	END
}

installed() {
	# "not-installed" is what dpkg says of a package that was purged
	case " $(dpkg-query -W -f '${db:Status-Status} ' "$1" 2>/dev/null)" in
	*" installed "*)
		[ "$1" != pkg-config ] || command -v pkg-config >/dev/null ;;
	*)
		# a package by another name may provide the same
		[ "$1" = pkg-config ] && command -v pkg-config >/dev/null ;;
	esac
}

if ! command -v dpkg-query >/dev/null; then
	echo "setup: this is not Debian (no dpkg-query); make sure to have:" >&2
	packages >&2
	exit 1
fi

missing=() reasons=()
while read -r group pkg why; do
	case " $* " in
	*" $group "*) ;;
	*) continue ;;
	esac
	installed "$pkg" || missing+=("$pkg") reasons+=("$why")
done < <(packages)

[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
	echo "setup: packages are missing:"
	for i in "${!missing[@]}"; do
		printf '  %-18s %s\n' "${missing[i]}" "${reasons[i]}"
	done
	echo "To install them:"
	echo "  sudo sh -c 'apt-get update && apt-get install --no-install-recommends ${missing[*]}'"
	exit 1
fi

echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
install_missing() {
	apt-get install -qq -y --no-remove --no-install-recommends "${missing[@]}" \
		</dev/null
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! install_missing >"$log" 2>&1; then
	# the package lists may be absent or old
	if ! { apt-get update -qq && install_missing; } >"$log" 2>&1; then
		cat "$log" >&2
		echo "setup: could not install ${missing[*]}" >&2
		exit 1
	fi
fi
