// SPDX-License-Identifier: GPL-2.0
/* An address of a command line, and behind its newline the names of mappings. */
/* sources: user/cli/target/addr.c user/cli/text/num.c user/cli/target/symbolize.c user/cli/text/text.c user/cli/text/message.c user/cli/text/json.c user/cli/run/interrupt.c user/cli/text/hex.c */
#define _GNU_SOURCE
#include "fuzz.h"

#include "target/addr.h"
#include "text/num.h"

#define SIZE	0x10000

/* One line is one; every third of a name is of another file. */
static void add_all(struct symbolizer *p, char *lines)
{
	struct dbgmem_region r = { .start = SIZE };
	char *name;

	while ((name = strsep(&lines, "\n"))) {
		r.end = r.start + SIZE;
		r.inode = 1 + (r.start / SIZE) % 3 / 2;
		MUST(!symbolizer_add(p, &r, name));
		r.start = r.end;
	}
	symbolizer_finish(p);
}

/* What is printed of an address is that address. */
static void check_printed(const struct symbolizer *p)
{
	char err[ERR_SIZE], first, *text;
	uint64_t addr, at;
	size_t i, size;
	FILE *f;

	for (i = 0; i < p->nr; i++) {
		/* The kernel's are not numbers. */
		first = *symbolizer_name(p, &p->region[i]);
		if ((first != '/' && first != '[') || p->region[i].ambiguous)
			continue;
		at = p->region[i].start + 0x123;
		f = open_memstream(&text, &size);
		MUST(f);
		symbolizer_print(p, at, f);
		fclose(f);
		MUST(!addr_parse(text, p, &addr, err, sizeof(err)) &&
		     addr == at);
		free(text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = text_of(data, len), *lines = strchr(text, '\n');
	struct symbolizer symbols = { 0 };
	char err[ERR_SIZE] = "";
	uint64_t addr, number;
	int ret;

	ret = addr_parse(text, NULL, &addr, err, sizeof(err));
	MUST(ret <= 0);
	if (lines) {
		*lines++ = '\0';
		add_all(&symbols, lines);
		ret = addr_parse(text, &symbols, &addr, err, sizeof(err));
		if (ret)
			check_reason(err);
		/* a number is a number whatever is mapped */
		if (!num_parse(text, &number))
			MUST(!ret && addr == number);
		check_printed(&symbols);
		symbolizer_free(&symbols);
	}
	free(text);
	return 0;
}
