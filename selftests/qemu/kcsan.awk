# SPDX-License-Identifier: GPL-2.0
#
# The kernel has data races of its own, and KCSAN tells of them, too. Whatever a
# guest has said, less the headlines of those reports that are not ours: "BUG: KCSAN"
# becomes "not ours: data-race". A report is ours if one of the two accesses is made
# by a function of our modules, or by one that such a function has called: those
# of lists and trees, say, that work on our memory.
#
#	awk -f kcsan.awk FILE >FILTERED
#
# What ends a report is the line that began it: "====...". Inside, a stack begins
# behind "write to ... by task", "read to ...", and its frames are indented.

function flush_report(	i)
{
	for (i = 0; i < nlines; i++) {
		if (!ours)
			sub(/BUG: KCSAN:/, "not ours:", lines[i])
		print lines[i]
	}
	nlines = in_report = ours = 0
}

/=====================/ {
	lines[nlines++] = $0
	if (in_report) {
		flush_report()
	} else {
		in_report = 1
		frame = 99
	}
	next
}

!in_report { print; next }

{ lines[nlines++] = $0 }

# something else was between two lines of that kind
nlines > 200 { ours = 1; flush_report(); next }

/(read|write|access) .*(by (task|interrupt)|of unknown)|race at unknown origin/ {
	frame = 0
	next
}

frame < 2 && /\+0x[0-9a-f]+\/0x[0-9a-f]+/ {
	frame++
	if (/\[(dbgmem|planted)\]/)
		ours = 1
}

END { flush_report() }
