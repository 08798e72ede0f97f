#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The floors of the module and of the tool: a file includes headers of its own
# floor and of those below only. floors.sh kmod|cli DIR: print what breaks that.
set -eu
table=$1
cd "$2"

# A floor and what it may include, from the ground.
declare -A allowed
allowed[kmod]='
compat
session		compat
target		compat session
access		compat session target
breakpoint	compat session target access
engine		compat session target access breakpoint
mirror		compat session target access breakpoint engine
window		compat session target access
transfer	compat session target access breakpoint engine mirror
main		compat session target access breakpoint engine mirror window transfer
'
allowed[cli]='
text
run		text
target		text run
core		text run target
cmd		text run target core
main		text cmd
'

# floor FILE: a folder is one; the module's files beside the folders are of two.
floor() {
	case $1 in
	*/*)		echo "${1%%/*}" ;;
	session.[ch] | request.h | param.[ch] | trace.h) echo session ;;
	*)		echo main ;;
	esac
}

for f in *.[ch] */*.[ch]; do
	from=$(floor "$f")
	may=$(awk -v from="$from" '$1 == from' <<<"${allowed[$table]}")
	[ -n "$may" ] || echo "$f: $from is no floor"
	while read -r header; do
		# one of the file's own folder, or else named from DIR
		[ ! -e "$(dirname "$f")/$header" ] ||
			header=$(dirname "$f")/$header
		to=$(floor "${header#./}")
		[[ " ${may//[[:space:]]/ } " == *" $to "* ]] ||
			echo "$f includes $header: $to is above $from"
	done < <(sed -n 's/^#include "\(.*\)"/\1/p' "$f")
done
