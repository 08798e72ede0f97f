#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Debian packages, downloaded and unpacked without being installed. To be
# sourced; needs $O. The machine's apt configuration says where the archive is,
# but neither its lists nor its package state are touched: everything apt
# writes goes to $O/apt.
#
# Where packages are looked for, one Debian suite per list, is the caller's:
# debs_use bookworm
set -eu

debs_die() {
	echo "$0: $*" >&2
	exit 1
}

# Archive addresses of the machine's Debian sources: "main URI", "security URI"
debs_archives() {
	# shellcheck disable=SC2016 # apt expands them
	apt-get indextargets 'Created-By: Packages' \
		--format '$(ORIGIN)|$(RELEASE)|$(COMPONENT)|$(REPO_URI)' |
	awk -F'|' '
		# without downloaded lists the origin is not known
		$1 != "Debian" && $1 !~ /^$|ORIGIN/ { next }
		$2 !~ /^(bullseye|bookworm|trixie|forky|sid|(old)*stable|testing)/ { next }
		$3 != "main" { next }
		{ kind = $2 ~ /-security/ ? "security" : "main" }
		$2 ~ /-backports/ { next }
		!seen[kind]++ { print kind, $4 }'
}

# The Debian release that a suite builds upon
debs_release() {
	case $1 in
	*-backports)	echo "${1%-backports}" ;;
	experimental)	echo sid ;;
	*)		echo "$1" ;;
	esac
}

# debs_use SUITE [ARCHITECTURE]: look for packages there from now on: in a release
# with its updates; or first in its backports (RELEASE-backports), or in
# experimental. Of another architecture, PACKAGE:amd64 is this machine's.
debs_use() {
	local suite=$1 arch=${2:-amd64} key=/usr/share/keyrings/debian-archive-keyring.gpg
	local kind uri opt='' release

	release=$(debs_release "$suite")
	debs_dir=$O/apt/$suite
	# shellcheck disable=SC2034 # for those who have a program run by it
	case $arch in
	amd64)	debs_triplet=x86_64-linux-gnu
		debs_loader=ld-linux-x86-64.so.2 ;;
	*)	debs_dir+=-$arch
		debs_triplet=aarch64-linux-gnu
		debs_loader=ld-linux-aarch64.so.1 ;;
	esac
	mkdir -p "$debs_dir/state/lists/partial" \
		 "$debs_dir/cache/archives/partial"
	[ ! -f "$key" ] || opt="[signed-by=$key]"
	debs_archives | while read -r kind uri; do
		case $kind in
		main)
			echo "deb $opt $uri $release main"
			[ "$suite" = "$release" ] ||
				echo "deb $opt $uri $suite main"
			[ "$release" = sid ] ||
				echo "deb $opt $uri $release-updates main" ;;
		security)
			[ "$release" = sid ] ||
				echo "deb $opt $uri $release-security main" ;;
		esac
	done >"$debs_dir/sources.list.$$"
	if [ ! -s "$debs_dir/sources.list.$$" ]; then
		rm -f "$debs_dir/sources.list.$$"
		debs_die "no Debian archive among this machine's apt sources"
	fi
	mv "$debs_dir/sources.list.$$" "$debs_dir/sources.list"
	: >>"$debs_dir/status"
	cat >"$debs_dir/apt.conf.$$" <<-END
	#clear APT::Update::Pre-Invoke;
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	Dir::Etc::sourcelist "$debs_dir/sources.list";
	Dir::Etc::sourceparts "/dev/null";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "/dev/null";
	Dir::State "$debs_dir/state";
	Dir::State::status "$debs_dir/status";
	Dir::Cache "$debs_dir/cache";
	APT::Sandbox::User "root";
	APT::Architecture "$arch";
	APT::Architectures { "$arch"; "amd64"; };
	Acquire::Languages "none";
	Acquire::Retries "3";
	END
	# what apt would take from there only if asked to
	[ "$suite" = "$release" ] ||
		echo "APT::Default-Release \"$suite\";" \
			>>"$debs_dir/apt.conf.$$"
	mv "$debs_dir/apt.conf.$$" "$debs_dir/apt.conf"
}

# Refresh the lists, once in ten minutes at most however many ask for it. One that
# is not to be had, of a mirror that is just being brought up to date, is done
# without: the other ones have older packages.
debs_update() {
	(
		flock 9
		if [ -n "$(find "$debs_dir/updated" -mmin -10 2>/dev/null)" ]; then
			exit 0
		fi
		if apt-get -c "$debs_dir/apt.conf" -qq update </dev/null; then
			touch "$debs_dir/updated"
		else
			echo "apt: going on with the lists that there are" >&2
		fi
	) 9>"$debs_dir/lock"
}

# debs_newest REGEX: the package of the highest number whose name matches. A name
# may be there without the package.
debs_newest() {
	local pkg
	apt-cache -c "$debs_dir/apt.conf" pkgnames | grep -xE "$1" | sort -rV |
	while read -r pkg; do
		if debs_has "$pkg"; then
			echo "$pkg"
			break
		fi
	done
}

# debs_has PACKAGE
debs_has() {
	apt-cache -c "$debs_dir/apt.conf" show "$1" 2>/dev/null | grep -q .
}

# debs_closure REGEX PACKAGE...: these, and all that they depend on, directly or
# not, of the packages whose names match
debs_closure() {
	local regex=$1 pkg
	shift
	local -A seen=()
	# one round for each step away
	while [ $# -gt 0 ]; do
		for pkg; do
			seen[$pkg]=1
		done
		while read -r pkg; do
			[ -n "${seen[$pkg]:-}" ] || set -- "$@" "+$pkg"
		done < <(apt-cache -c "$debs_dir/apt.conf" depends \
				--important "$@" |
			 sed -n 's/^ *|\?\(Pre\)\?Depends: \([^<>]*\)$/\2/p' |
			 grep -E "$regex" | sort -u)
		while [ $# -gt 0 ] && [ "${1#+}" = "$1" ]; do
			shift
		done
		set -- "${@#+}"
	done
	printf '%s\n' "${!seen[@]}"
}

# debs_get DIR PACKAGE...: download them, and unpack them over DIR. What an
# interrupted run has downloaded is not downloaded again.
debs_get() {
	local dir=$1 pool deb
	shift
	pool=$O/apt/pool.$(basename "$dir")
	mkdir -p "$pool" "$dir"
	# from another day it may be of another version
	find "$pool" -name '*.deb' -mtime +0 -delete
	(cd "$pool" && apt-get -c "$debs_dir/apt.conf" -qq download "$@" \
		</dev/null) || debs_die "cannot download $*"
	for deb in "$pool"/*.deb; do
		dpkg -x "$deb" "$dir" || debs_die "cannot unpack $deb"
	done
	rm -rf "$pool"
}

# debs_program ALL FILE ROOT DEST: FILE, which is of the packages unpacked in ALL, as
# ROOT/DEST, and every library that it asks for, to ROOT/lib
debs_program() {
	install -D -m 755 "$(realpath "$2")" "$3/$4"
	debs_libraries "$1" "$2" "$3"
}

# debs_libraries ALL FILE ROOT [OWN]: only these, less those whose names begin by OWN
declare -A debs_seen=()
debs_libraries() {
	local all=$1 root=$3 own=${4:-} name file
	for name in $(readelf -d "$2" 2>/dev/null |
		      sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
		[ -z "${debs_seen[$root $name]:-}" ] || continue
		[ -z "$own" ] || [ "${name#"$own"}" = "$name" ] || continue
		debs_seen[$root $name]=1
		file=$(find "$all" -name "$name" | head -n 1)
		[ -n "$file" ] || debs_die "no package has $name"
		debs_program "$all" "$file" "$root" \
			"lib/$debs_triplet/$name"
	done
}
