// SPDX-License-Identifier: GPL-2.0
/* The layout of hexdump -C, with the addresses of the target. */
#include <inttypes.h>
#include <string.h>

#include "hexdump.h"

#define HEXDUMP_HOLE	0x100

void hexdump_start(struct hexdump *d, FILE *out, uint64_t addr)
{
	memset(d, 0, sizeof(*d));
	d->out = out;
	d->addr = addr;
}

static void print_line(struct hexdump *d)
{
	unsigned int i;

	fprintf(d->out, "%016" PRIx64 " ", d->addr);
	for (i = 0; i < HEXDUMP_WIDTH; i++) {
		if (i % 8 == 0)
			fputc(' ', d->out);
		if (i >= d->nr)
			fputs("   ", d->out);
		else if (d->line[i] == HEXDUMP_HOLE)
			fputs("?? ", d->out);
		else
			fprintf(d->out, "%02x ", d->line[i]);
	}
	fputs(" |", d->out);
	for (i = 0; i < d->nr; i++) {
		uint16_t c = d->line[i];

		/* Not isprint(): the same in every locale. */
		if (c == HEXDUMP_HOLE)
			fputc('?', d->out);
		else
			fputc(c >= 0x20 && c < 0x7f ? c : '.', d->out);
	}
	fputs("|\n", d->out);
}

static void line_done(struct hexdump *d)
{
	if (d->has_prev && d->nr == HEXDUMP_WIDTH &&
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
		d->line[d->nr++] = p ? p[i] : HEXDUMP_HOLE;
		if (d->nr == HEXDUMP_WIDTH)
			line_done(d);
	}
}

void hexdump_end(struct hexdump *d)
{
	if (d->nr)
		line_done(d);
	if (d->has_prev)
		fprintf(d->out, "%016" PRIx64 "\n", d->addr);
}
