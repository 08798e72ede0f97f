# SPDX-License-Identifier: GPL-2.0
#
# Annotated sources, as gcov -t prints them, into lines covered: see coverage.sh.
# A line of several objects, functions or guests is if one of them says so.

function trim(s)
{
	gsub(/^[ \t]+|[ \t]+$/, "", s)
	return s
}

# "file | text of the line | reason"
BEGIN {
	while ((getline line <reasons) > 0) {
		if (line !~ /\|/ || line ~ /^#/)
			continue
		split(line, part, /[ \t]*\|[ \t]*/)
		reason[trim(part[1]), trim(part[2])] = trim(part[3])
	}
}

# gcov's header: "        -:    0:Source:/path/kmod/folder/file.c"
/^ *-: *0:Source:/ {
	file = $0
	sub(/.*Source:/, "", file)
	ours = file ~ /\/kmod\/([a-z_]*\/)?[a-z_]*\.[ch]$/ &&
	       file !~ /inject\.[ch]$/
	sub(/.*\/kmod\//, "", file)
	next
}

!ours || !/^ *[^:]*: *[0-9]+:/ { next }

{
	count = $0
	sub(/:.*/, "", count)
	count = trim(count)
	text = $0
	sub(/^[^:]*:/, "", text)
	nr = text + 0
	sub(/^[^:]*:/, "", text)
	if (count == "-" || !nr)
		next
	seen[file, nr] = text
	if (!(file in last) || nr > last[file])
		last[file] = nr
	if (count ~ /^[0-9]/ && count !~ /^0/)
		hit[file, nr] = 1
}

function file_report(f,	i, all, done)
{
	for (i = 1; i <= last[f]; i++) {
		if (!((f, i) in seen))
			continue
		all++
		if ((f, i) in hit) {
			done++
			continue
		}
		why = reason[f, trim(seen[f, i])]
		printf("%s:%d: %s%s\n", f, i, trim(seen[f, i]),
		       why ? "  # " why : "") >out
		if (!why)
			bare++
	}
	printf("%-24s %5d of %5d lines  %5.1f %%\n", f, done, all,
	       100 * done / all)
	total += all
	covered += done
}

END {
	printf("") >out
	n = 0
	for (f in last) {
		# in order, without gawk's sort
		for (i = ++n; i > 1 && name[i - 1] > f; i--)
			name[i] = name[i - 1]
		name[i] = f
	}
	for (i = 1; i <= n; i++)
		file_report(name[i])
	if (!total) {
		print "coverage: no data" >"/dev/stderr"
		exit 1
	}
	printf("%-24s %5d of %5d lines  %5.1f %%\n", "all", covered, total,
	       100 * covered / total)
	printf("not covered: %d lines, %d of them without a reason: %s\n",
	       total - covered, bare, out)
	exit 100 * covered < min * total
}
