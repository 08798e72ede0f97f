// SPDX-License-Identifier: GPL-2.0
/* A dump of the memory around an address, with a mark. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "target/context.h"
#include "target/peek.h"
#include "text/hexdump.h"

/* Bold red, like grep(1). */
#define COLOUR	"\033[1;31m"

static bool colour_wanted(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) && term &&
	       strcmp(term, "dumb") != 0;
}

void context_init(struct context *c, struct dbgmem *m, uint32_t flags,
		  uint64_t around)
{
	struct dbgmem_info info = { .size = sizeof(info) };

	*c = (struct context){
		.m = m,
		.flags = flags,
		.around = around,
		.mark_on = colour_wanted() ? COLOUR : NULL,
		.page_size = dbgmem_get_info(m, &info) ? 4096 : info.page_size,
	};
}

void context_free(struct context *c)
{
	free(c->buf);
	free(c->valid);
}

static int room(struct context *c, size_t len)
{
	uint8_t *more;

	if (len > c->size) {
		more = realloc(c->buf, len);
		if (!more)
			return -1;
		c->buf = more;
		/* Each bit stands for many bytes. */
		more = realloc(c->valid, len / 8 + 16);
		if (!more)
			return -1;
		c->valid = more;
		c->size = len;
	}
	return 0;
}

int context_print(struct context *c, uint64_t addr, size_t len)
{
	const uint64_t around = c->around * HEXDUMP_WIDTH;
	const uint64_t line = addr - addr % HEXDUMP_WIDTH;
	const uint64_t from = line > around ? line - around : 0;
	/* The last byte of the last line; the next byte may be at 2^64. */
	uint64_t last = (addr + (len - 1)) | (HEXDUMP_WIDTH - 1);
	size_t size, start = (size_t)(addr - from);
	struct hexdump d;

	last = last < UINT64_MAX - around ? last + around : UINT64_MAX;
	/* The kernel cannot read the last byte of the address space. */
	size = (size_t)(last - from) + (last < UINT64_MAX);
	if (room(c, size))
		return -1;
	peek_valid(c->m, from, c->buf, size, c->flags, c->valid, c->page_size);
	hexdump_start(&d, stdout, from);
	d.mark_on = c->mark_on;
	d.lines_only = true;
	hexdump_add_valid(&d, from, c->buf, 0, start, c->valid, c->page_size);
	d.mark = true;
	hexdump_add_valid(&d, from, c->buf, start, start + len, c->valid,
			  c->page_size);
	d.mark = false;
	hexdump_add_valid(&d, from, c->buf, start + len, size, c->valid,
			  c->page_size);
	hexdump_end(&d);
	return 0;
}
