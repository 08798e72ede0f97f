#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The runner's own test: results made up here must get the right verdict. A
# runner that takes a crash for a pass makes every other test worthless. And one
# that takes a hanging emulator for a crash is not believed. TAP.
set -eu
here=$(dirname "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0

# verdict NAME STATUS LAST-LINE [PATTERN [FORBIDDEN]]: of $tmp/vm.results,
# $tmp/vm.console and $expect
verdict() {
	local name=$1 status=$2 last=$3 pattern=${4:-.} forbidden=${5:-} rc=0
	n=$((n + 1))
	awk -f "$here/collect.awk" -v nonce=n -v expect="$expect" \
		"$tmp/vm.results" "$tmp/vm.console" \
		>"$tmp/out" 2>/dev/null || rc=$?
	if [ "$rc" = "$status" ] && [ "$(tail -n 1 "$tmp/out")" = "$last" ] &&
	   grep -q -- "$pattern" "$tmp/out" &&
	   { [ -z "$forbidden" ] || ! grep -q -- "$forbidden" "$tmp/out"; }; then
		echo "ok $n $name"
	else
		sed 's/^/# /' "$tmp/out"
		echo "# wanted: status $status, '$last', '$pattern'; got $rc"
		echo "not ok $n $name"
	fi
	: >"$tmp/vm.console"
	expect=''
}

results() {
	cat >"$tmp/vm.results"
}

expect=''
: >"$tmp/vm.console"
echo "1..35"

results <<'END'
@n begin t
TAP version 13
1..2
# Starting 2 tests from 1 test cases.
#  RUN           global.a ...
#            OK  global.a
ok 1 global.a
ok 2 global.b

@n end t 0 1
@n done
END
expect=t verdict pass 0 "2 passed, 0 failed, 0 skipped"
expect="t u" verdict program_that_never_ran 1 "2 passed, 1 failed, 0 skipped" \
	"FAILED u: did not run"

results <<'END'
@n begin t
1..2
#  RUN           global.a ...
ok 1 global.a
#  RUN           global.b ...
# t.c:7:b:Expected 1 (1) == 2 (2)
not ok 2 global.b
@n end t 1 1
@n done
END
verdict fail 1 "1 passed, 1 failed, 0 skipped" "FAILED global.b"
verdict fail_shows_diagnostics 1 "1 passed, 1 failed, 0 skipped" \
	"Expected 1 (1) == 2 (2)"

results <<'END'
@n begin t
1..2
#  RUN           global.a ...
#      SKIP      no such thing here
#            OK  global.a
ok 1 # SKIP no such thing here
ok 2 global.b
@n end t 0 1
@n done
END
verdict skip 0 "1 passed, 0 failed, 1 skipped" \
	"skipped global.a: no such thing here"

results <<'END'
@n begin t
1..0 # SKIP no device
@n end t 4 1
@n done
END
verdict all_skipped_is_nothing_run 1 "0 passed, 0 failed, 1 skipped" \
	"skipped t: no device"

for text in "WARNING: CPU: 0 PID: 1 at mm/x.c:1 f+0x1/0x2" \
	    "BUG: sleeping function called from invalid context" \
	    "general protection fault, probably for non-canonical address" \
	    "WARNING: possible recursive locking detected" \
	    "refcount_t: underflow; use-after-free." \
	    "rcu: INFO: rcu_preempt self-detected stall on CPU" \
	    "INFO: task x:1 blocked for more than 120 seconds." \
	    "unreferenced object 0xffff (size 8):"; do
	results <<-END
	@n begin t
	1..1
	ok 1 a
	@n k [    1.0] $text
	@n k [    1.0]  another line
	@n end t 0 1
	@n begin u
	1..1
	ok 1 a
	@n end u 0 1
	@n done
	END
	verdict "splat: ${text%% f+*}" 1 "2 passed, 1 failed, 0 skipped" \
		"FAILED t: the kernel complained" "FAILED u"
done

results <<'END'
@n begin t
1..1
ok 1 a
@n k [    1.0] traps: t[7] general protection fault ip:1 sp:2 error:0 in t
@n k [    1.0] t[8]: segfault at 0 ip 0 sp 0 error 4
@n end t 0 1
@n done
END
verdict crash_of_a_program_is_no_splat 0 "1 passed, 0 failed, 0 skipped"

echo "[ 2.0] WARNING: CPU: 0" >"$tmp/vm.console"
verdict splat_on_the_console 1 "1 passed, 1 failed, 0 skipped" \
	"FAILED vm: the kernel complained"

results <<'END'
@n begin t
1..3
#  RUN           global.a ...
ok 1 global.a
#  RUN           global.b ...
END
echo "[ 2.0] Kernel panic - not syncing" >"$tmp/vm.console"
verdict guest_lost_in_a_test 1 "1 passed, 3 failed, 0 skipped" \
	"FAILED t: the guest was lost"

results <<'END'
@n begin t
1..1
ok 1 a
@n end t 0 1
# VM: no end after 9 s
END
verdict guest_that_does_not_finish 1 "1 passed, 1 failed, 0 skipped" \
	"did not finish: no end after 9 s"

results <<'END'
@n begin t
1..3
ok 1 a
#  RUN           global.b ...
@n end t 137 30
@n done
END
verdict program_that_dies 1 "1 passed, 1 failed, 0 skipped" \
	"ended after 1 of 3 tests, in global.b, exit status 137"

results <<'END'
@n begin t
@n end t 127 0
@n done
END
verdict program_that_cannot_start 1 "0 passed, 1 failed, 0 skipped" \
	"no test plan"

results <<'END'
@n begin t
1..1
ok 1 a
@n end t 3 0
@n done
END
verdict exit_status_counts 1 "1 passed, 1 failed, 0 skipped" "exit status 3"

results <<'END'
@n begin t
1..1
ok 1 a
@forged done
@m end t 0 0
END
verdict markers_cannot_be_forged 1 "1 passed, 2 failed, 0 skipped" \
	"the guest was lost"

results </dev/null
verdict nothing 1 "0 passed, 1 failed, 0 skipped" "did not finish"

results <<'END'
@n done
END
verdict no_tests 1 "0 passed, 0 failed, 0 skipped"

results <<'END'
@n begin t
1..1
ok 1 global.a
# faults injected: 7, by the kernel
# too few faults: there should be 9

@n end t 1 1
@n done
END
expect=t verdict too_few_faults 1 "1 passed, 1 failed, 0 skipped" \
	"faults injected: 7, by the kernel"

results <<'END'
@n begin t
1..1
ok 1 global.a
# pairs: 2 of 5 cells, 70 calls, 8 ms each, 1 s

@n end t 0 1
@n done
END
expect=t verdict pairs 0 "1 passed, 0 failed, 0 skipped" "pairs: 2 of 5 cells"

results <<'END'
@n begin t
1..2
#  RUN           global.a ...
ok 1 global.a
#  RUN           global.b ...

@n end t timeout 60
@n done
END
expect=t verdict timed_out 1 "1 passed, 1 failed, 0 skipped" \
	"FAILED t: TIMED OUT after 60 s, in global.b; to repeat it: make check TESTS=t LIMIT=240"

# --- as it happens ---

cat >"$tmp/vm.results" <<'END'
@n begin t
1..2
ok 1 global.a
ok 2 # SKIP nothing there

@n end t 0 7
@m end t 0 7
@n begin u
1..1
not ok 1 global.b
@n end u 1 1
@n begin v
END
n=$((n + 1))
"$here/../follow.sh" n 5 "$tmp/vm.results" >"$tmp/out" &
sleep 1
echo '@n end v timeout 9' >>"$tmp/vm.results"
kill -USR1 $!
wait $! || :
cat >"$tmp/want" <<'END'
[1/5] t 1 passed, 1 skipped (7 s)
      FAILED global.b
[2/5] u 0 passed, 1 failed (1 s)
[3/5] v 0 passed, TIMED OUT (9 s)
END
if sed -E 's/ +[0-9]+:[0-9]+ / /; s/^(\[[^ ]*) +/\1 /; s/  +([0-9])/ \1/; s/  \(/ (/' "$tmp/out" |
   diff - "$tmp/want" >"$tmp/diff"; then
	echo "ok $n verdicts_are_shown_as_they_come"
else
	sed 's/^/# /' "$tmp/out" "$tmp/diff"
	echo "not ok $n verdicts_are_shown_as_they_come"
fi

# --- guests that do not come up ---

# A machine that says $1 on its console, $4 as results, then nothing, the first $2
# times. It has $3 seconds.
emulator() {
	cat >"$tmp/qemu-system-x86_64" <<-END
		#!/bin/bash
		echo >>"$tmp/boots"
		for arg; do
			case \$arg in
			*id=console,*) echo "$1" >"\${arg#*path=}" ;;
			*id=results,*) results=\${arg#*path=} ;;
			esac
		done
		[ \$(wc -l <"$tmp/boots") -gt $2 ] || {
			printf '$4' >"\$results"
			exec sleep 60
		}
		printf '@n begin t\n1..1\nok 1 a\n@n end t 0 0\n@n done\n' \
			>"\$results"
	END
	chmod +x "$tmp/qemu-system-x86_64"
	: >"$tmp/boots"
	PATH=$tmp:$PATH BOOT=1 SILENCE=2 "$here/vm.sh" "$tmp/vm" "$tmp/kernel" \
		"$tmp/initrd" "$3" 2>"$tmp/err" || :
}

emulator "booting" 1 20 ""
expect=t verdict guest_that_hangs_is_booted_again 0 \
	"1 passed, 0 failed, 0 skipped"

emulator "booting" 2 20 ""
expect=t verdict but_once 1 "0 passed, 2 failed, 0 skipped" \
	"did not finish: not ready, and nothing for 1 s; last on its console: booting"

emulator "booting" 1 20 '@n begin load\n'
expect=t verdict so_is_one_that_hangs_before_it_is_ready 0 \
	"1 passed, 0 failed, 0 skipped"

emulator "booted" 1 20 '@n ready 1\n'
expect=t verdict one_that_falls_silent_later_is_ended 1 \
	"0 passed, 2 failed, 0 skipped" "did not finish: nothing for 2 s"

emulator "booted" 1 1 '@n ready 1\n'
expect=t verdict one_that_takes_too_long_is_ended 1 \
	"0 passed, 2 failed, 0 skipped" "did not finish: no end after 1 s"

emulator "BUG: at the boot" 1 20 ""
expect=t verdict and_not_if_it_has_complained 1 \
	"0 passed, 3 failed, 0 skipped" "BUG: at the boot"

# --- and those that outlive their runner ---

cat >"$tmp/qemu-system-x86_64" <<-END
	#!/bin/bash
	echo \$\$ >"$tmp/emulator"
	exec sleep 60
END
rm -f "$tmp/emulator"
PATH=$tmp:$PATH bash -c 'setpriv --pdeathsig TERM "$@" & wait' runner \
	"$here/vm.sh" "$tmp/vm" "$tmp/kernel" "$tmp/initrd" 50 &
until [ -s "$tmp/emulator" ]; do sleep 0.1; done
kill -KILL $!
wait $! 2>/dev/null || :
n=$((n + 1))
gone=not
for _ in 1 2 3 4 5 6 7 8 9 10; do
	kill -0 "$(cat "$tmp/emulator")" 2>/dev/null || { gone='' && break; }
	sleep 0.5
done
echo "${gone:+not }ok $n no_emulator_outlives_a_runner_that_is_killed"
