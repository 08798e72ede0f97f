# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# To be sourced by programs that report one line of TAP for each log: a log that
# is empty is a pass. They write to $tmp/log.
n=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# verdict NAME: $tmp/log must be empty
verdict() {
	n=$((n + 1))
	echo "#  RUN           $1 ..."
	if [ -s "$tmp/log" ]; then
		sed -n '1,60s/^/# /p' "$tmp/log"
		echo "not ok $n $1"
	else
		echo "ok $n $1"
	fi
}
