# SPDX-License-Identifier: GPL-2.0
#
# What bench printed in a guest, as a table for people, as CSV, and as Markdown,
# in POSIX awk.
#
#	awk -f report.awk -v nonce=WORD -v clock=icount|host -v kernel=VERSION \
#		-v csv=FILE -v md=FILE RESULTS
#
# Lines of the benchmark are those of the CSV, and remarks that begin with #.
# Exit status 1 if the benchmark failed or did not end.

BEGIN {
	FS = ","
	columns = "case,size,segments,engine,ours,peer,peer_ns,ratio"
	status = "did not end"
}

$0 == "@" nonce " begin bench" { inside = 1; next }
index($0, "@" nonce " end bench ") == 1 {
	inside = 0
	split($0, word, " ")
	if (status == "did not end")
		status = word[4] == 0 ? "printed no verdict" : \
			"exit status " word[4]
	next
}
index($0, "@" nonce " k ") == 1 {
	line = substr($0, length(nonce) + 5)
	if (line ~ /WARNING:|BUG:|Oops|Call Trace|[Ss]tall|soft lockup/)
		splats[nsplats++] = line
	next
}
!inside || $0 == "" { next }

/^# complete$/ { status = ""; next }
/^# error: / { errors[nerrors++] = substr($0, 10); next }
/^# skipped / { skipped[nskipped++] = substr($0, 11); next }
/^# median / { unsteady[nunsteady++] = substr($0, 10); next }

NF == 8 && $5 ~ /^[0-9]+$/ && $7 ~ /^[0-9]+$/ {
	rows[nrows++] = $0
	if ($6 == "memmem") {
		searches[nsearches++] = $0
		next
	}
	if ($1 ~ /^window_/) {
		windows[nwindows++] = $0
		next
	}
	if ($6 == "unobserved") {
		observed[nobserved++] = $0
		next
	}
	if ($6 ~ /^proc_maps/) {
		maps[nmaps++] = $0
		if ($8 < 1)
			slow[$4] = slow[$4] (slow[$4] == "" ? "" : ", ") $1 \
				" " $6 " " $8
		next
	}
	key = $1 "," $2 "," $3 "," $4
	if (!(key in ours)) {
		if ($1 == "memcpy" || $1 == "ioctl_floor")
			limits[nlimits++] = key
		else
			keys[nkeys++] = key
	}
	ours[key] = $5
	column = column_of($6)
	ns[key, column] = $7
	ratio[key, column] = $8
	if (column == 1 && $8 < 1)
		slow[$4] = slow[$4] (slow[$4] == "" ? "" : ", ") $1 " " \
			size_name($2) ($3 > 1 ? " x " $3 : "") " " $8
	next
}
# the words of something else, a loader for instance
{ errors[nerrors++] = $0 }

# process_vm_* in one call, in a call for each, /proc/PID/mem; limits
function column_of(peer)
{
	if (peer ~ /^process_vm_.*_each$/)
		return 2
	if (peer ~ /^process_vm_/)
		return 1
	if (peer ~ /^proc_mem/)
		return 3
	return 4
}

function size_name(n)
{
	if (n >= 1073741824 && n % 1073741824 == 0)
		return n / 1073741824 " GiB"
	if (n >= 1048576 && n % 1048576 == 0)
		return n / 1048576 " MiB"
	if (n >= 1024 && n % 1024 == 0)
		return n / 1024 " KiB"
	return n " B"
}

function pair(key, column)
{
	if (!((key, column) in ns))
		return sprintf("%12s %6s", "-", "-")
	return sprintf("%12d %6s", ns[key, column], ratio[key, column])
}

function cell(key, column)
{
	if (!((key, column) in ns))
		return " |  |"
	return sprintf(" %d | %s |", ns[key, column], ratio[key, column])
}

function table(	i, f, last)
{
	printf "%-21s%8s%8s  %-7s%12s %19s %19s %19s\n", "", "", "", "", "", \
		"process_vm_*", "one call for each", "/proc/PID/mem"
	printf "%-21s%8s%8s  %-7s%12s %12s %6s %12s %6s %12s %6s\n", "case", \
		"size", "pieces", "engine", "ours", unit, "ratio", unit, \
		"ratio", unit, "ratio"
	for (i = 0; i < nkeys; i++) {
		split(keys[i], f, ",")
		if (last != "" && last != f[1])
			print ""
		last = f[1]
		printf "%-21s%8s%8d  %-7s%12d %s %s %s\n", f[1], \
			size_name(f[2]), f[3], f[4], ours[keys[i]], \
			pair(keys[i], 1), pair(keys[i], 2), pair(keys[i], 3)
	}
	print ""
	print "limits:"
	for (i = 0; i < nlimits; i++) {
		split(limits[i], f, ",")
		if (f[1] == "memcpy")
			printf "  read %-8s%10d, a local copy %10d\n", \
				size_name(f[2]), ours[limits[i]], \
				ns[limits[i], 4]
		else
			printf "  empty ioctl  %10d, getppid      %10d\n", \
				ours[limits[i]], ns[limits[i], 4]
	}
}

function maps_of(peer)
{
	return "/proc/PID/maps" (peer ~ /sscanf/ ? ", sscanf" : "")
}

function maps_table(	i, f)
{
	if (!nmaps)
		return
	print ""
	print "what is mapped:"
	for (i = 0; i < nmaps; i++) {
		split(maps[i], f, ",")
		printf "  %-12s%8d mappings%12d, %-22s%12d %6s\n", f[1], \
			f[3], f[5], maps_of(f[6]), f[7], f[8]
	}
}

function maps_markdown(	i, f)
{
	if (!nmaps)
		return
	print "" >md
	print "| case | mappings | dbgmem | peer |  | ratio |" >md
	print "|---|--:|--:|---|--:|--:|" >md
	for (i = 0; i < nmaps; i++) {
		split(maps[i], f, ",")
		printf "| %s | %d | %d | %s | %d | %s |\n", f[1], f[3], f[5], \
			maps_of(f[6]), f[7], f[8] >md
	}
}

function search_table(	i, f)
{
	if (!nsearches)
		return
	print ""
	print "search of a target, against memmem(3) in local memory (half of that is the aim):"
	for (i = 0; i < nsearches; i++) {
		split(searches[i], f, ",")
		printf "  %-8s for %3d bytes%12d, memmem %12d %6s\n", \
			size_name(f[2]), f[3], f[5], f[7], f[8]
	}
}

function search_markdown(	i, f)
{
	if (!nsearches)
		return
	print "" >md
	print "| case | size | pattern | dbgmem | memmem, local | ratio |" >md
	print "|---|--:|--:|--:|--:|--:|" >md
	for (i = 0; i < nsearches; i++) {
		split(searches[i], f, ",")
		printf "| %s | %s | %d B | %d | %d | %s |\n", f[1], \
			size_name(f[2]), f[3], f[5], f[7], f[8] >md
	}
}

function observed_table(	i, f)
{
	if (!nobserved)
		return
	print ""
	print "what a target pays for the mirror of a session that reads it:"
	for (i = 0; i < nobserved; i++) {
		split(observed[i], f, ",")
		printf "  %-16s%12d, without %12d  %+.1f %%\n", f[1], f[5], \
			f[7], (f[5] / f[7] - 1) * 100
	}
}

function observed_markdown(	i, f)
{
	if (!nobserved)
		return
	print "" >md
	print "| the target does | mirrored | not | it pays |" >md
	print "|---|--:|--:|--:|" >md
	for (i = 0; i < nobserved; i++) {
		split(observed[i], f, ",")
		printf "| %s | %d | %d | %+.1f %% |\n", f[1], f[5], f[7], \
			(f[5] / f[7] - 1) * 100 >md
	}
}

function window_peer(peer)
{
	return peer == "local" ? "local memory" : "process_vm_readv, each"
}

function window_table(	i, f)
{
	if (!nwindows)
		return
	print ""
	print "windows, for one word of each page:"
	for (i = 0; i < nwindows; i++) {
		split(windows[i], f, ",")
		printf "  %-12s%8d pages%10.1f a page, %-22s%10.1f %8s\n", \
			f[1], f[3], f[5] / f[3], window_peer(f[6]), \
			f[7] / f[3], f[8]
	}
}

function window_markdown(	i, f)
{
	if (!nwindows)
		return
	print "" >md
	print "| case | pages | dbgmem, a page | peer | a page | ratio |" >md
	print "|---|--:|--:|---|--:|--:|" >md
	for (i = 0; i < nwindows; i++) {
		split(windows[i], f, ",")
		printf "| %s | %d | %.1f | %s | %.1f | %s |\n", f[1], f[3], \
			f[5] / f[3], window_peer(f[6]), f[7] / f[3], f[8] >md
	}
}

function markdown(	i, f, engine)
{
	print "Linux " kernel ", " what "." >md
	print "" >md
	print "| case | size | pieces | engine | dbgmem | process_vm_* | ratio | one call each | ratio | /proc/PID/mem | ratio |" >md
	print "|---|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|" >md
	for (i = 0; i < nkeys; i++) {
		split(keys[i], f, ",")
		printf "| %s | %s | %d | %s | %d |%s%s%s\n", f[1], \
			size_name(f[2]), f[3], f[4], ours[keys[i]], \
			cell(keys[i], 1), cell(keys[i], 2), \
			cell(keys[i], 3) >md
	}
	maps_markdown()
	search_markdown()
	observed_markdown()
	window_markdown()
	close(md)
}

END {
	if (clock == "host") {
		unit = "ns"
		what = "ns of real time under software emulation (only the ratios mean something)"
	} else {
		unit = "instr."
		what = "instructions in the guest for one call or list of calls"
	}
	if (nrows) {
		print "Linux " kernel ", " what
		print "ratio = peer / ours: higher is better"
		print ""
		table()
		maps_table()
		search_table()
		observed_table()
		window_table()
		print columns >csv
		for (i = 0; i < nrows; i++)
			print rows[i] >csv
		close(csv)
		markdown()
	}
	print ""
	for (i = 0; i < nskipped; i++)
		print "skipped: " skipped[i]
	for (i = 0; i < nunsteady; i++)
		print "not steady: " unsteady[i]
	for (i = 0; i < nerrors; i++)
		print "error: " errors[i]
	for (i = 0; i < nsplats; i++)
		print "error: the kernel said: " splats[i]
	if (nrows) {
		print "below 1.00 against process_vm_*: " \
			(slow["auto"] == "" ? "none" : slow["auto"])
		if (slow["remote"] != "")
			print "  with engine=remote: " slow["remote"]
	}
	if (status != "")
		print "error: the benchmark " status
	exit status != "" || nerrors || nsplats || !nrows
}
