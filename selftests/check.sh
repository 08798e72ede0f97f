#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run what make has built: lint, the runner's own test, tests on this machine,
# and the guests; print verdicts. Called by make, which gives O, GUEST, TESTS
# (which to run, default all), GDB_TESTS (which of them want gdb in the guest)
# and what lint.sh needs.
#
# VMS guests share the test programs between them (default 2 where there are
# two processors), LIMIT bounds one program and TOTAL a guest, in seconds.
#
# DEBUG=1: GUEST is of qemu/debug.sh. Its detectors are tested too, on bugs made
# for that; what is said about the sources and on this machine is not repeated.
# So with HOST= empty. DBGMEM_SLOW is how much slower than a usual kernel it is:
# long races get so many times fewer rounds, which is shown.
# COVERAGE=1, too: with a module that counts what runs in it, and nothing is asked
# of the detectors.
# KCSAN=1: GUEST is the one of qemu/debug.sh that has KCSAN. Reports that are not
# ours are counted, and no more; the detector is tested on a data race.
# ANALYZE=1: the analyzers are there to be run.
# RACE is how many seconds each race of mirrors and windows takes (at most 280).
# PAIRS is what test_pairs reads of its environment, less DBGMEM_PAIRS_ before each
# word ("TIME=100 MS=20").
set -eu
here=$(dirname "$0")
GUEST=${GUEST:?} O=${O:?}
qemu=$here/qemu
VMS=${VMS:-$(($(nproc) > 1 ? 2 : 1))}
if [ -n "${KCSAN:-}" ]; then
	LIMIT=${LIMIT:-1200} TOTAL=${TOTAL:-3600}
	out=$O/vm-kcsan
	words=("DBGMEM_SLOW=${DBGMEM_SLOW:-10}")
elif [ -n "${DEBUG:-}" ]; then
	LIMIT=${LIMIT:-1200} TOTAL=${TOTAL:-3300}
	out=$O/vm-debug
	words=(DEBUG=1 "DBGMEM_SLOW=${DBGMEM_SLOW:-10}")
	if [ -n "${COVERAGE:-}" ]; then
		out=$O/vm-coverage
		words[0]=COVERAGE=1
		rm -rf "$O"/coverage/data/check*
	fi
else
	LIMIT=${LIMIT:-600} TOTAL=${TOTAL:-1500}
	out=$O/vm
	# an emulated processor of another kind takes longer to change programs
	if [ "$(cat "$GUEST/arch" 2>/dev/null)" = arm64 ]; then
		TOTAL=$((2 * TOTAL))
		DBGMEM_SLOW=${DBGMEM_SLOW:-4}
	fi
	words=(${DBGMEM_SLOW:+"DBGMEM_SLOW=$DBGMEM_SLOW"})
fi
start=$SECONDS
[ -z "${RACE:-}" ] || words+=("DBGMEM_RACE=$RACE")
for w in ${PAIRS:-}; do
	words+=("DBGMEM_PAIRS_$w")
done
nonce=$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')
mkdir -p "$out"

# wanted NAME: is it to run?
wanted() {
	case " ${TESTS:-$1} " in
	*" $1 "*) return 0 ;;
	*) return 1 ;;
	esac
}

# What there is, and is wanted.
host=() guest=()
if [ -n "${COVERAGE:-}" ]; then
	:	# nothing of that is in the module
elif [ -n "${KCSAN:-}" ]; then
	host+=(planted_race)
elif [ -n "${DEBUG:-}" ]; then
	host+=(planted sanitizers)
elif [ -n "${HOST-yes}" ]; then
	host+=(lint setup runner parsers sanitizers probes)
	[ -z "${ANALYZE:-}" ] || host+=(analyze)
	for f in "$O"/selftests/host_*; do
		case $f in
		*.d | *'*') continue ;;
		esac
		[ ! -e "$here/host/$(basename "$f").c" ] || host+=("$(basename "$f")")
	done
fi
# On a kernel that takes ten times as long: what tests the module. The tool's
# programs run when they are named.
left_out=
[ -z "${DEBUG:-}${KCSAN:-}" ] || [ -n "${COVERAGE:-}${TESTS:-}" ] ||
	left_out='test_tool_*'
for f in "$O"/selftests/test_*; do
	case $f in
	*.d | *'*') continue ;;
	esac
	# shellcheck disable=SC2254 # a pattern
	case ${f##*/} in
	$left_out) continue ;;
	esac
	src=("$here"/*/"$(basename "${f%32}").c")
	# a program whose source is gone is not a test any more
	[ ! -e "${src[0]}" ] || guest+=("$(basename "$f")")
done
for t in ${TESTS:-}; do
	case " ${host[*]} ${guest[*]:-} " in
	*" $t "*) ;;
	*)	echo "check: no test called $t; there are:" \
			"${host[*]} ${guest[*]:-}" >&2
		exit 1 ;;
	esac
done

exec 9>"$out/lock"
if ! flock -n 9; then
	echo "check: another one is running in $O" >&2
	exit 1
fi
rm -f "$out"/*.results "$out"/*.console

expect=()
pick() {
	local name
	for name; do
		! wanted "$name" || expect+=("$name")
	done
}

# One program on this machine, in the guests' form.
host_run() {
	local name=$1 rc=0 begin=$SECONDS limit=$LIMIT
	shift
	# compilers and analyzers, beside two guests: as long as these may take
	case $name in
	lint | probes | sanitizers) limit=$TOTAL ;;
	esac
	wanted "$name" || return 0
	printf '\n@%s begin %s\n' "$nonce" "$name"
	timeout -k 5 "$limit" "$@" </dev/null 2>&1 || rc=$?
	printf '\n@%s end %s %d %d\n' "$nonce" "$name" "$rc" \
		$((SECONDS - begin))
}

host_all() {
	local name
	for name in "${host[@]}"; do
		case $name in
		analyze) host_run analyze "$here/analyze.sh" ;;
		lint)	host_run lint "$here/lint.sh" ;;
		planted) LIMIT=$LIMIT host_run planted "$qemu/planted_test.sh" ;;
		parsers) host_run parsers "$here/parsers/run.sh" \
				"$O/selftests/parsers" 20000 ;;
		planted_race) host_run planted_race "$qemu/planted_race.sh" ;;
		probes)	host_run probes "$here/probe_test.sh" ;;
		sanitizers) host_run sanitizers \
				"$here/sanitizers/run.sh" "$O/sanitizers" ;;
		setup)	host_run setup "$qemu/setup_test.sh" ;;
		runner)	host_run runner "$qemu/collect_test.sh" ;;
		*)	host_run "$name" "$O/selftests/$name" ;;
		esac
	done >"$out/host.results"
}

pick "${host[@]}"
# What it does to a guest cannot be undone: it comes last.
last=test_yama_scope_3
words+=(DBGMEM_YAMA_3=1)
list=()
for t in ${guest[@]+"${guest[@]}"}; do
	[ "$t" = $last ] || ! wanted "$t" || list+=("$t")
done
for t in ${guest[@]+"${guest[@]}"}; do
	[ "$t" != $last ] || ! wanted "$t" || list+=("$t")
done

# Programs that take long, and about how many seconds; others take five.
declare -A seconds=(
	[test_starvation]=80 [test_exec_calls]=140 [test_exec_mirror]=130
	[test_exec_pinned]=120 [test_exec_remote]=100 [test_waits]=110
	[test_pairs]=40 [test_impact]=35 [test_fault_sweep_breakpoint]=30
	[test_fault_sweep_session]=30 [test_fault_sweep_transfer]=30
	[test_fault_sweep_vector]=30
	[test_tool]=20 [test_tool_bp]=15 [test_tool_compare]=15
	[test_tool_dump_end]=25 [test_tool_dump_hostile]=20
	[test_tool_interrupt]=20 [test_tool_search]=35 [test_tool_strings]=20
	[test_tool_target]=30 [test_tool_watch]=20
)

# share[v]: the programs of guest v. The longest first, each to the guest that has
# least; the order within a guest is that of the list.
deal() {
	local -A of=()
	local -a load=()
	local v least s t
	for ((v = 0; v < VMS; v++)); do
		load[v]=0 share[v]=''
	done
	while read -r s t; do
		least=0
		for ((v = 1; v < VMS; v++)); do
			[ "${load[v]}" -ge "${load[least]}" ] || least=$v
		done
		of[$t]=$least
		load[least]=$((load[least] + s))
	done < <(for t in "${list[@]}"; do
			echo "${seconds[$t]:-5} $t"
		done | sort -k 1,1nr -s)
	for t in "${list[@]}"; do
		share[${of[$t]}]+=,$t
	done
}

pids=() results=("$out/host.results") consoles=() share=()
if [ ${#list[@]} -gt 0 ]; then
	each=(output load unload)
	[ -z "${DEBUG:-}" ] || [ -n "${COVERAGE:-}" ] ||
		each+=(detectors detectors_unloaded)
	expect+=("${list[@]}" "${each[@]}")
	version=$(basename "$(realpath "$GUEST")")
	# gdb takes more memory than all else there
	extra=
	for t in ${GDB_TESTS:-}; do
		! wanted "$t" || extra=$O/gdb/root
	done
	"$qemu/initramfs.sh" "$out/initramfs" "$GUEST" \
		"$O/module/$version${COVERAGE:+-gcov}/kmod/dbgmem.ko" "$O" \
		"$extra"
	[ "$VMS" -le ${#list[@]} ] || VMS=${#list[@]}
	deal
	for ((v = 0; v < VMS; v++)); do
		tests=${share[v]#,}
		results+=("$out/vm$v.results")
		consoles+=("$out/vm$v.console")
		: >"$out/vm$v.results"
		: >"$out/vm$v.console"
		setpriv --pdeathsig TERM "$qemu/vm.sh" "$out/vm$v" "$GUEST/vmlinux" "$out/initramfs" \
			"$TOTAL" JOB=check "NONCE=$nonce" "LIMIT=$LIMIT" \
			"TESTS=$tests" ${words[@]+"${words[@]}"} &
		pids+=($!)
	done
fi
trap 'kill ${pids[@]+"${pids[@]}"} 2>/dev/null || :; exit 130' INT TERM HUP
: >"$out/host.results"
total=${#expect[@]}
[ ${#consoles[@]} -le 1 ] ||
	total=$((total + (${#consoles[@]} - 1) * ${#each[@]}))
echo "check: $total programs, on this machine and in ${#consoles[@]} guests;" \
	"all that they say is in $out"
setpriv --pdeathsig TERM "$here/follow.sh" "$nonce" "$total" \
	"${results[@]}" &
follower=$!
host_all
for p in ${pids[@]+"${pids[@]}"}; do
	wait "$p" || :	# the collector sees what is missing
done
kill -USR1 "$follower" 2>/dev/null || :
wait "$follower" || :
[ ${#list[@]} -eq 0 ] || echo "guest $version, $VMS VM:" \
	"$((SECONDS - start)) s from boot to result"

if [ -n "${KCSAN:-}" ]; then
	for f in "$out"/vm*.results "$out"/vm*.console; do
		[ -e "$f" ] || continue
		awk -f "$qemu/kcsan.awk" "$f" >"$f.tmp"
		mv "$f.tmp" "$f"
	done
	echo "KCSAN: $(cat "$out"/vm*.results | grep -c 'not ours: data-race')" \
		"reports of the kernel's own"
fi
rc=0
awk -f "$qemu/collect.awk" -v "nonce=$nonce" -v "expect=${expect[*]}" \
	-v "verbose=${V:-}" -v brief=1 "${results[@]}" \
	${consoles[@]+"${consoles[@]}"} || rc=$?
if [ -n "${COVERAGE:-}" ]; then
	for ((v = 0; v < VMS; v++)); do
		"$here/coverage.sh" collect "check$v" "$out/vm$v.results" ||
			rc=1
	done
fi
exit "$rc"
