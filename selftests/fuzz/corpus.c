// SPDX-License-Identifier: GPL-2.0
#include "random.h"
#include "corpus.h"

#define MAX_CORPUS	4096
#define FRESH_PERCENT	15

static struct program corpus[MAX_CORPUS];
static unsigned int nr;

void corpus_add(const struct program *p)
{
	if (nr < MAX_CORPUS)
		corpus[nr++] = *p;
}

unsigned int corpus_size(void)
{
	return nr;
}

static const struct program *pick(uint64_t *random)
{
	unsigned int n = nr;

	/* the younger ones are more often worth it */
	if (n > 32 && random_percent(random, 30))
		return &corpus[n - 1 - random_below(random, 32)];
	return &corpus[random_below(random, n)];
}

void corpus_next(struct program *p, uint64_t *random)
{
	if (!nr || random_percent(random, FRESH_PERCENT)) {
		program_generate(p, random);
		return;
	}
	*p = *pick(random);
	program_mutate(p, pick(random), random);
}

bool corpus_read(FILE *file, struct program *p)
{
	char line[MAX_TEXT];

	while (fgets(line, sizeof(line), file))
		if (program_parse(p, line))
			return true;
	return false;
}
