// SPDX-License-Identifier: GPL-2.0
/* A progress bar. */
#include <stdio.h>
#include <unistd.h>

#include "run/bar.h"
#include "run/clock.h"
#include "run/interrupt.h"

#define WIDTH		30
#define EVERY_MS	100

void bar_begin(struct bar *b)
{
	b->on = isatty(STDERR_FILENO);
	b->began = now_ms();
	b->drawn = 0;
}

static void draw(const struct bar *b, uint64_t done, uint64_t total)
{
	double part = total ? (double)done / (double)total : 1;
	unsigned int i, full = (unsigned int)(part * WIDTH);

	fputs("\r[", stderr);
	for (i = 0; i < WIDTH; i++)
		fputc(i < full ? '#' : '.', stderr);
	/* \e[K erases the rest of a longer line */
	fprintf(stderr, "] %3d%%  %llu of %llu MiB, %ld s\033[K",
		(int)(part * 100), (unsigned long long)(done >> 20),
		(unsigned long long)(total >> 20), (now_ms() - b->began) / 1000);
}

int bar_step(void *bar, uint64_t done, uint64_t total)
{
	struct bar *b = bar;
	long now;

	if (b->on) {
		now = now_ms();
		/* A short operation shows no bar. */
		if (now - (b->drawn ? b->drawn : b->began) >= EVERY_MS) {
			draw(b, done, total);
			b->drawn = now;
		}
	}
	return interrupt_seen() ? 1 : 0;
}

void bar_end(struct bar *b)
{
	if (b->drawn)
		fputs("\r\033[K", stderr);
	b->on = false;
	b->drawn = 0;
}
