#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The probes' own test: on each kernel that the module was built for in $O, the
# opposite of what a probe found must not get through the compiler. Nor may a
# compiler that takes everything, or nothing, give an answer. And a kernel that the
# module cannot do with is refused in words. TAP.
set -eu
O=${O:?}
top=$PWD
# shellcheck source=selftests/tap.sh
. "$(dirname "$0")/tap.sh"

# The command that compiled an object, from where kbuild ran it
compiled() {
	sed -n '1s/^[a-z]*cmd_[^ ]* := //p' "$1" |
		sed 's/ -Wp,-MM\?D,[^ ]*//; s/ -o [^ ]*\.o / -fsyntax-only /; s/ ;.*//'
}

# Files that use what may differ; most of compat.h is in each.
files="main target/region access/caller breakpoint/trap target/poll engine/pinned
	access/reason transfer/rw"

# refused VERSION OPTION: does some file not compile with it?
refused() {
	local dir=$O/module/$1/kmod build=$O/guest/$1/build f
	for f in $files; do
		cmd=$(compiled "$dir/${f%"${f##*/}"}.${f##*/}.o.cmd")
		case $cmd in
		*" $dir/$f.c"*)	cd "$build" ;;
		*)		cd "$dir/.." ;;
		esac
		eval "$cmd $2" >/dev/null 2>"$tmp/err" || return 0
		# shellcheck disable=SC2164
		cd "$top"
	done
	return 1
}

# What was built of other sources than these says nothing of them.
versions=()
for f in "$O"/module/*/kmod/dbgmem.ko; do
	v=${f#"$O"/module/}
	v=${v%%/*}
	[ ! -e "$O/guest/$v/.complete" ] || [ ! -e "$f" ] ||
		[ -n "$(find kmod uapi -type f -newer "$f" | head -n 1)" ] ||
		versions+=("$v")
done
echo "1..$((3 + ${#versions[@]} * 3))"

for cc in true false; do
	! sh kmod/compat/probe/probe.sh kmod/compat/probe/folio.c "$tmp/out" $cc \
		2>/dev/null || echo "an answer of $cc" >"$tmp/log"
	[ ! -e "$tmp/out" ] || echo "an answer of $cc" >"$tmp/log"
	verdict "probes.no_answer_of_$cc"
done
[ ${#versions[@]} -gt 0 ] || echo "no module was built" >"$tmp/log"
verdict probes.modules_to_look_at

echo '#undef CONFIG_MMU_NOTIFIER' >"$tmp/without.h"
for v in ${versions[@]+"${versions[@]}"}; do
	: >"$tmp/log"
	n_answers=$(grep -c '^#define' "$O/module/$v/kmod/compat/probes.h")
	[ "$n_answers" = "$(find kmod/compat/probe -name '*.c' | wc -l)" ] ||
		echo "$n_answers answers" >"$tmp/log"
	# the right answer must pass, or the test says nothing
	! (refused "$v" -DDBGMEM_NO_SUCH_PROBE=1) ||
		cat "$tmp/err" >>"$tmp/log"
	verdict "probes.$v.right_answers_compile"
	while read -r _ macro value; do
		(refused "$v" "-D$macro=$((!value))") ||
			echo "$macro=$((!value)) compiles" >>"$tmp/log"
	done < <(grep '^#define' "$O/module/$v/kmod/compat/probes.h")
	verdict "probes.$v.wrong_answers_do_not"
	: >"$tmp/log"
	if ! (refused "$v" "-include $tmp/without.h") ||
	   ! grep -q '#error.*CONFIG_MMU_NOTIFIER' "$tmp/err"; then
		{ echo "no such words:"; cat "$tmp/err"; } >"$tmp/log"
	fi
	verdict "probes.$v.no_mmu_notifiers_is_refused_in_words"
	: >"$tmp/log"
done
