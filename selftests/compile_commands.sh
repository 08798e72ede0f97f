#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How each file is compiled, for clangd and other tools of editors. The module's
# files are those of the tree that was built last. Called by make, which gives O, CC,
# USER_CFLAGS, TEST_CFLAGS and KDIR, where kbuild ran.
set -eu
O=${O:?} CC=${CC:?} USER_CFLAGS=${USER_CFLAGS:?} TEST_CFLAGS=${TEST_CFLAGS:?}
KDIR=${KDIR:-.}
separator='['

# entry DIRECTORY FILE COMMAND
entry() {
	local command=${3//\\/\\\\}
	printf '%s\n{ "directory": "%s", "file": "%s",\n  "command": "%s" }' \
		"$separator" "$1" "$2" "${command//\"/\\\"}"
	separator=,
}

while read -r f; do
	case $f in
	user/*)	entry "$PWD" "$PWD/$f" "$CC $USER_CFLAGS -Iuser/cli -c $f" ;;
	*)	entry "$PWD" "$PWD/$f" \
			"$CC $TEST_CFLAGS -D_GNU_SOURCE -Iuser/cli -c $f" ;;
	esac
done < <(find user selftests -name '*.c' -not -path '*/planted/*' \
	-not -path '*/inject/*' -not -path '*/amplify/*' | sort)

# kbuild leaves the command of each object beside it.
tree=$(find "$O"/module -maxdepth 3 -path '*/kmod/dbgmem.ko' \
	-not -path '*-inject/*' -not -path '*-amplify/*' -printf '%T@ %h\n' \
	2>/dev/null | sort -n | tail -n 1 | cut -d' ' -f2-)
if [ -n "$tree" ]; then
	while read -r f; do
		command=$(sed '1s/^[^=]*:= *//; 1s/ *\( ; .*\)*$//; 1q' "$f")
		case $command in
		*/kmod/*.mod.c) ;;
		*.c)	entry "$KDIR" "$(realpath "${command##* }")" "$command" ;;
		esac
	done < <(find "$tree" -name '.*.o.cmd' | sort)
else
	echo "without the module: run 'make modules' first" >&2
fi
printf '\n]\n'
