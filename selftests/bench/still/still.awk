# SPDX-License-Identifier: GPL-2.0
#
# The picture of README: how long a target stands still, the median of all rounds, on
# a logarithmic scale. awk -f still.awk still.csv >still.svg

function median(list, n,	v, i, j, t)
{
	n = split(list, v, " ")
	for (i = 2; i <= n; i++) {
		t = v[i] + 0
		for (j = i - 1; j > 0 && v[j] + 0 > t; j--)
			v[j + 1] = v[j]
		v[j + 1] = t
	}
	return (v[int((n + 1) / 2)] + v[int(n / 2) + 1]) / 2
}

function words(us)
{
	if (us < 10000)
		return sprintf("%.1f ms", us / 1000)
	return us < 1000000 ? sprintf("%.0f ms", us / 1000) : sprintf("%.1f s", us / 1000000)
}

# From LEFT at 0.1 ms on
function x_of(us)
{
	return LEFT + WIDTH * log(us / 100) / log(100000000 / 100)
}

function text(x, y, anchor, style, s)
{
	printf "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"%s\" %s>%s</text>\n", x, y, anchor, style, s
}

function bar(name, us, colour,	x)
{
	x = x_of(us < 100 ? 100 : us)
	text(LEFT - 8, y + 15, "end", "", name)
	printf "<rect x=\"%d\" y=\"%d\" width=\"%.0f\" height=\"20\" fill=\"%s\">", LEFT, y, x - LEFT + 2, colour
	printf "<title>%s: %s: %s</title></rect>\n", what, name, words(us)
	text(x + 8, y + 15, "start", "font-weight=\"bold\"", words(us))
	y += 26
}

BEGIN {
	FS = ","
	LEFT = 150
	WIDTH = 480
}

FNR > 1 {
	if (!($1 "," $2 in all))
		order[++nr] = $1 "," $2
	all[$1 "," $2] = all[$1 "," $2] " " $4
	if ($3 > rounds)
		rounds = $3
}

END {
	print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 250\" font-family=\"sans-serif\" font-size=\"14\">"
	print "<rect width=\"720\" height=\"250\" fill=\"white\"/>"
	text(16, 24, "start", "font-size=\"16\" font-weight=\"bold\"", "How long the target stands still (logarithmic scale)")
	for (us = 100; us <= 100000000; us *= 10) {
		printf "<line x1=\"%.0f\" x2=\"%.0f\" y1=\"40\" y2=\"212\" stroke=\"#ddd\"/>\n", x_of(us), x_of(us)
		text(x_of(us), 228, "middle", "font-size=\"11\" fill=\"#666\"", us < 1000000 ? us / 1000 " ms" : us / 1000000 " s")
	}
	y = 42
	for (i = 1; i <= nr; i++) {
		split(order[i], part, ",")
		if (part[1] != what && part[1] != "nothing") {
			text(16, y + 15, "start", "font-style=\"italic\"", part[1] " 200 MiB")
			y += 22
		}
		what = part[1]
		if (what == "nothing") {
			noise = median(all[order[i]])
			continue
		}
		bar(part[2], median(all[order[i]]), part[2] ~ /^dbgmem/ ? "#2a7" : "#c63")
	}
	text(16, 244, "start", "font-size=\"11\" fill=\"#666\"", \
	     sprintf("Median of %d rounds in one emulated guest. With nobody looking: %s. Measured by: make still", rounds, words(noise)))
	print "</svg>"
}
