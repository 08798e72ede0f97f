#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# setup.sh's own test, with a dpkg, an apt and a user of our own making. TAP.
set -eu
here=$(dirname "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0

stub() {
	printf '#!/bin/sh\n%s\n' "$2" >"$tmp/$1"
	chmod +x "$tmp/$1"
}

# check NAME STATUS OUTPUT [GROUP...]: of setup.sh, with the stubs before all else
check() {
	local rc=0 out
	n=$((n + 1))
	out=$(PATH="$tmp:$PATH" "$here/setup.sh" "${@:4}" </dev/null 2>&1) ||
		rc=$?
	if [ "$rc" = "$2" ] && [ "$out" = "$3" ]; then
		echo "ok $n $1"
	else
		echo "# wanted status $2, '$3'; got $rc, '$out'"
		echo "not ok $n $1"
	fi
}

# status of one package as $1, of all others "installed"
dpkg() {
	# shellcheck disable=SC2016	# for the stub to expand
	stub dpkg-query 'for p; do :; done
[ "$p" = cpio ] || { echo "installed "; exit 0; }
'"$1"
}

echo "1..7"
stub id 'echo 1000'
stub apt-get 'exit 1'
dpkg 'echo "installed "'
check nothing_missing_is_silent 0 ""
dpkg 'echo "not-installed "'
line="setup: packages are missing:
  cpio               the guest's file system
To install them:
  sudo sh -c 'apt-get update && apt-get install --no-install-recommends cpio'"
check a_purged_package_is_missing 1 "$line"
dpkg 'exit 1'
check an_unknown_package_is_missing 1 "$line"
check tests_need_a_guest 1 "$line" build check
check what_needs_no_guest_does_not_ask_for_one 0 "" build lint
dpkg 'echo "not-installed installed "'
check installed_for_one_architecture_will_do 0 ""
stub id 'echo 0'
stub apt-get 'exit 0'
dpkg 'exit 1'
check root_installs_it 0 "setup: installing cpio"
