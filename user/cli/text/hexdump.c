// SPDX-License-Identifier: GPL-2.0
/* A dump like hexdump -C, with the addresses of the target. */
#include <inttypes.h>
#include <string.h>

#include "text/hexdump.h"

#define HEXDUMP_HOLE	0x100
#define HEXDUMP_MARK	0x200

void hexdump_start(struct hexdump *d, FILE *out, uint64_t addr)
{
	memset(d, 0, sizeof(*d));
	d->out = out;
	d->addr = addr;
}

static bool marked(const struct hexdump *d, unsigned int i)
{
	return i < d->nr && d->line[i] & HEXDUMP_MARK;
}

/* Switch the mark of a terminal before byte @i. */
static void print_switch(const struct hexdump *d, bool close, bool open)
{
	if (d->mark_on && (close || open))
		fputs(open ? d->mark_on : "\033[m", d->out);
}

/* Print the blanks before byte @i, or brackets in their place. */
static void print_gap(const struct hexdump *d, unsigned int i)
{
	const bool last = i && marked(d, i - 1), next = marked(d, i);
	char close = last && !next && !d->mark_on ? ']' : ' ';
	char open = next && !last && !d->mark_on ? '[' : ' ';

	print_switch(d, last && !next, false);
	if (i % 8 == 0)
		fputc(close, d->out);
	else if (close == ']')
		open = close;
	fputc(open, d->out);
	print_switch(d, false, next && !last);
}

static void print_char(const struct hexdump *d, unsigned int i)
{
	const bool last = i && marked(d, i - 1), next = marked(d, i);
	const uint8_t c = d->line[i] & 0xff;

	print_switch(d, last && !next, next && !last);
	/* isprint() depends on the locale. */
	if (d->line[i] & HEXDUMP_HOLE)
		fputc('?', d->out);
	else
		fputc(c >= 0x20 && c < 0x7f ? c : '.', d->out);
}

static void print_line(struct hexdump *d)
{
	unsigned int i;

	fprintf(d->out, "%016" PRIx64, d->addr);
	for (i = 0; i < HEXDUMP_WIDTH; i++) {
		print_gap(d, i);
		if (i >= d->nr)
			fputs("  ", d->out);
		else if (d->line[i] & HEXDUMP_HOLE)
			fputs("??", d->out);
		else
			fprintf(d->out, "%02x", d->line[i] & 0xff);
	}
	print_gap(d, i);
	fputc('|', d->out);
	for (i = 0; i < d->nr; i++)
		print_char(d, i);
	print_switch(d, marked(d, d->nr - 1), false);
	fputs("|\n", d->out);
}

static void line_done(struct hexdump *d)
{
	if (d->has_prev && d->nr == HEXDUMP_WIDTH && !d->lines_only &&
	    !memcmp(d->line, d->prev, sizeof(d->line))) {
		if (!d->star)
			fputs("*\n", d->out);
		d->star = true;
	} else {
		print_line(d);
		memcpy(d->prev, d->line, sizeof(d->line));
		d->has_prev = true;
		d->star = false;
	}
	d->addr += d->nr;
	d->nr = 0;
}

void hexdump_add(struct hexdump *d, const void *buf, size_t len)
{
	const uint8_t *p = buf;
	size_t i;

	for (i = 0; i < len; i++) {
		d->line[d->nr] = p ? p[i] : HEXDUMP_HOLE;
		if (d->mark)
			d->line[d->nr] |= HEXDUMP_MARK;
		d->nr++;
		if (d->nr == HEXDUMP_WIDTH)
			line_done(d);
	}
}

void hexdump_add_valid(struct hexdump *d, uint64_t from, const uint8_t *buf,
		       size_t pos, size_t end, const uint8_t *valid,
		       uint64_t page_size)
{
	size_t n, page;

	for (; pos < end; pos += n) {
		page = (size_t)((from % page_size + pos) / page_size);
		n = (size_t)(page_size - (from + pos) % page_size);
		if (n > end - pos)
			n = end - pos;
		hexdump_add(d, valid[page / 8] >> page % 8 & 1 ? buf + pos :
			    NULL, n);
	}
}

void hexdump_end(struct hexdump *d)
{
	if (d->nr)
		line_done(d);
	if (d->has_prev && !d->lines_only)
		fprintf(d->out, "%016" PRIx64 "\n", d->addr);
}
