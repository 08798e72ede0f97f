#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The detectors' own test: in a guest with the debug kernel a module has one bug
# after the other, and each must make the runner say so, and of the right
# program. Called by check.sh, with O, GUEST and LIMIT. TAP.
set -eu
here=$(dirname "$0")
O=${O:?} GUEST=${GUEST:?} LIMIT=${LIMIT:?}
out=$O/vm-debug/planted
nonce=$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')
version=$(basename "$(realpath "$GUEST")")

# Bug, and what the runner must show for it. A report of memory's misuse turns
# lockdep off, so that comes later. Newer kernels say slab-use-after-free.
bugs=(
	none			''
	lock_inversion		'possible circular locking dependency'
	sleep_in_atomic		'sleeping function called from invalid context'
	shift			'UBSAN: shift-out-of-bounds'
	out_of_bounds_write	'KASAN: slab-out-of-bounds'
	use_after_free		'KASAN: *use-after-free in '
	vmalloc_overrun		'KASAN: vmalloc-out-of-bounds'
	mm			'left behind: mm_struct'
	mm_user			'left behind: vm_area_struct'
	task			'left behind: task_struct'
	file			'left behind: filp'
	page			'left behind: LRU pages'
	pin			'left behind: page pins'
	leak			''
)
names=()
for ((i = 0; i < ${#bugs[@]}; i += 2)); do
	names+=("${bugs[i]}")
done

mkdir -p "$out.root/job"
cp "$O/debug/planted/planted.ko" "$out.root/job/"
"$here/initramfs.sh" "$out.initramfs" "$GUEST" \
	"$O/module/$version/kmod/dbgmem.ko" "$O" "$out.root"
rm -rf "$out.root"
"$here/vm.sh" "$out" "$GUEST/vmlinux" "$out.initramfs" "$LIMIT" DEBUG=1 \
	JOB=planted "NONCE=$nonce" "LIMIT=$LIMIT" \
	"BUGS=$(IFS=, && echo "${names[*]}")" || :
rc=0
awk -f "$here/collect.awk" -v "nonce=$nonce" \
	-v "expect=${names[*]} detectors" "$out.results" "$out.console" \
	>"$out.verdicts" || rc=$?

# What the runner shows of one program.
verdict_of() {
	awk -v "name=$1" '/^[a-z]/ { on = $1 == name } on' "$out.verdicts"
}

# result NAME STATUS: 0 is a pass
n=0 shown=
result() {
	n=$((n + 1))
	echo "#  RUN           $1 ..."
	if [ "$2" = 0 ]; then
		echo "ok $n $1"
	else
		[ -n "$shown" ] || sed 's/^/# /' "$out.verdicts"
		shown=1
		echo "not ok $n $1"
	fi
}

# shows NAME PATTERN: it failed, for this reason
shows() {
	# shellcheck disable=SC2254
	case $(verdict_of "$1") in
	*' failed'*"FAILED $1: "*$2*) return 0 ;;
	esac
	return 1
}

echo "1..$((${#names[@]} + 3))"
for ((i = 0; i < ${#bugs[@]}; i += 2)); do
	name=${bugs[i]} text=${bugs[i + 1]} ok=0
	case $name in
	none)	! verdict_of none | grep -q -i fail || ok=1
		verdict_of none | grep -q '1 passed' || ok=1 ;;
	leak)	verdict_of detectors |
			grep -q 'FAILED detectors.no_leaks' &&
		verdict_of detectors | grep -q 'comm "insmod"' || ok=1 ;;
	*)	shows "$name" "$text" || ok=1 ;;
	esac
	result "planted.$name" $ok
done
result planted.runner_fails $((rc != 1))
# a report of KASAN's has turned it off in this guest
ok=0
verdict_of detectors | grep -q 'FAILED detectors.lockdep_is_on' || ok=1
result planted.a_dead_lockdep_is_noticed $ok
# a guest of its own: a use after free may end it
ok=0
DEBUG=1 "$here/planted_pairs.sh" || ok=1
result planted.pairs $ok
