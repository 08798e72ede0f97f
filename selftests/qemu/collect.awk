# SPDX-License-Identifier: GPL-2.0
#
# Results into verdicts, in POSIX awk.
#
#	awk -f collect.awk -v nonce=N -v expect="a b" FILE...
#
# *.results files hold TAP of test programs between lines of the runner:
#	@N begin NAME		a program starts
#	@N k TEXT		the kernel said TEXT while it ran
#	@N bad TEXT		so did the runner, and that it is wrong
#	@N end NAME RC SECONDS	it ended; RC "timeout": it was ended by its time limit
#	@N done			the guest finished its list
# *.console files hold a guest's kernel console, searched for splats that no
# program accounts for. "expect" lists the programs that must have run. Files
# called host.* are not a guest's. With -v verbose=1 every test is listed, with
# -v brief=1 no program in which all went well.
#
# Prints one line for each program, what failed and why, what was skipped or
# scaled down, and "N passed, N failed, N skipped" last. Exit status 1 if anything
# failed, or nothing ran.

function splat(s)
{
	return s ~ /WARNING:|BUG:|BUG |Oops|general protection fault[,:]|KASAN|UBSAN|KCSAN|KFENCE:|possible .* detected|suspicious RCU|Call Trace|refcount_t|unreferenced object|INFO: task .* blocked|soft lockup|hard LOCKUP|rcu.*detected .*stall|rcu.*self-detected|[Ii]nvalid wait context|Kernel panic|kernel BUG|double fault:|unable to handle|bad page state|Bad page|scheduling while atomic|list_(add|del) corruption|ODEBUG|kmemleak:.*disabled|inconsistent lock state|held lock freed/
}

function reset_program()
{
	prog = ""
	plan = -1
	results = pass = fail = skip = 0
	ndiag = nreport = nsplat = 0
	last = ""
}

function report(s)
{
	reports[nreport++] = s
}

# What the test printed since it began.
function report_diag(	i)
{
	for (i = 0; i < ndiag; i++)
		report("    " diag[i])
	ndiag = 0
}

function failed(what)
{
	fail++
	report("  FAILED " what)
}

function finish(rc, secs,	i, s)
{
	if (rc == "timeout")
		failed(prog ": TIMED OUT after " secs " s" \
		       (last != "" ? ", in " last : "") \
		       "; to repeat it: make check TESTS=" prog " LIMIT=" 4 * secs)
	else if (plan < 0)
		failed(prog ": no test plan: it did not get to its first test (exit status " rc ")")
	else if (results < plan)
		failed(prog ": ended after " results " of " plan " tests" \
		       (last != "" ? ", in " last : "") ", exit status " rc \
		       (rc == 137 || rc == 143 ? " (killed)" : ""))
	else if (results > plan)
		failed(prog ": " results " results, but planned " plan)
	else if (!fail && rc != 0 && rc != 4)
		failed(prog ": exit status " rc " though no test failed")
	if (rc == "timeout" || results < plan || plan < 0)
		report_diag()
	if (nsplat) {
		failed(prog ": the kernel complained")
		for (i = 0; i < nsplat && i < 60; i++)
			report("    " splats[i])
	}
	s = sprintf("%-18s %4d passed", prog, pass)
	if (fail)
		s = s sprintf(", %d failed", fail)
	if (skip)
		s = s sprintf(", %d skipped", skip)
	if (secs != "")
		s = s sprintf("  (%d s)", secs)
	if (!brief || nreport)
		print s
	for (i = 0; i < nreport; i++)
		print reports[i]
	passed += pass
	failures += fail
	skipped += skip
	ran[prog] = 1
	reset_program()
}

# End of a file: a program without its end, a guest that did not finish.
function finish_file(	i)
{
	if (file == "")
		return
	if (is_console) {
		if (nconsole && !accounted[vm]) {
			failures++
			print "FAILED " vm ": the kernel complained on its console"
			for (i = 0; i < nconsole && i < 80; i++)
				print "    " console[i]
		}
		return
	}
	if (prog != "") {
		failed(prog ": the guest was lost while it ran")
		report_diag()
		plan = results	# one failure is enough
		finish(0, "")
	}
	if (vm != "host" && !complete) {
		failures++
		print "FAILED " vm ": the guest did not finish" \
			(lost != "" ? ": " lost : "")
	}
}

function start_file()
{
	finish_file()
	file = FILENAME
	seen[file] = 1
	vm = file
	sub(/.*\//, "", vm)
	is_console = vm ~ /\.console$/
	sub(/\.[a-z]*$/, "", vm)
	complete = nconsole = 0
	lost = ""
	reset_program()
}

BEGIN {
	mark = "@" nonce " "
	file = ""
	reset_program()
}

FILENAME != file { start_file() }

{ sub(/\r$/, "") }

is_console {
	if (nconsole || splat($0))
		console[nconsole++] = $0
	next
}

index($0, mark) == 1 {
	line = substr($0, length(mark) + 1)
	split(line, w, " ")
	if (w[1] == "begin") {
		if (prog != "") {
			failed(prog ": did not end")
			finish(0, "")
		}
		prog = w[2]
	} else if (w[1] == "k") {
		line = substr(line, 3)
		if (nsplat || splat(line)) {
			splats[nsplat++] = line
			accounted[vm] = 1
		}
	} else if (w[1] == "bad") {
		failed(prog ": " substr(line, 5))
	} else if (w[1] == "end") {
		finish(w[3], w[4])
	} else if (w[1] == "done") {
		complete = 1
	}
	next
}

/^# VM: / {
	lost = substr($0, 7)
	next
}

prog == "" { next }

/^1\.\.[0-9]+/ {
	split($0, w, /\.\.| /)
	plan = w[2] + 0
	if (plan == 0 && /# *SKIP/) {
		skip++
		sub(/.*# *SKIP */, "")
		report("  skipped " prog ": " $0)
	}
	next
}

/^# +RUN / {
	last = $3
	ndiag = 0
	next
}

/^(not )?ok / {
	results++
	name = $0
	sub(/^(not )?ok +[0-9]* *(- )?/, "", name)
	if (/^ok .*# *SKIP/) {
		skip++
		reason = name
		sub(/.*# *SKIP */, "", reason)
		sub(/ *# *SKIP.*/, "", name)
		if (name == "")
			name = last
		report("  skipped " name ": " reason)
	} else if (/^ok /) {
		pass++
		if (verbose)
			report("  ok " name)
	} else {
		failed(name)
		report_diag()
	}
	ndiag = 0
	last = ""
	next
}

/^# scaled down: / {
	sub(/^# scaled down: /, "")
	report("  scaled down " last ": " $0)
	next
}

# how much a test program did, told when it ends
/^# (faults injected|pairs): / {
	report("  " substr($0, 3))
	next
}

/^TAP version|^# Starting|^# (PASSED|FAILED):|^# Totals:|^# +OK |^$/ { next }

{
	diag[ndiag++] = $0
	# a test that prints without end must not eat all memory
	if (ndiag > 400)
		ndiag = 200
}

END {
	finish_file()
	# awk says nothing of empty files; the host's may be one
	for (i = 1; i < ARGC; i++)
		if (ARGV[i] ~ /\.results$/ && ARGV[i] !~ /host\.results$/ &&
		    !(ARGV[i] in seen)) {
			failures++
			print "FAILED " ARGV[i] ": no results, it did not finish"
		}
	n = split(expect, w, " ")
	for (i = 1; i <= n; i++)
		if (!(w[i] in ran)) {
			failures++
			print "FAILED " w[i] ": did not run"
		}
	printf("%d passed, %d failed, %d skipped\n", passed, failures, skipped)
	if (passed + failures == 0)
		print "no test ran" >"/dev/stderr"
	exit failures > 0 || passed == 0
}
