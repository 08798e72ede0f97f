// SPDX-License-Identifier: GPL-2.0
/*
 * driver SEEDS RUNS: give a parser the lines of file SEEDS, and RUNS variations
 * of them, the same ones each time. It does not look at coverage, as libFuzzer
 * does, and needs nothing but a compiler: for every 'make check'.
 */
#define _GNU_SOURCE
#include "fuzz.h"

#define MAX_LEN		512
#define MAX_SEEDS	64

static struct seed {
	uint8_t data[MAX_LEN];
	size_t len;
} seeds[MAX_SEEDS];

static size_t nr_seeds;
static uint64_t state = 88172645463325252ULL;

static size_t below(size_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 16) % n;
}

/* A line, in which \xNN is a byte. */
static void seed_add(const char *line)
{
	struct seed *s = &seeds[nr_seeds++];
	unsigned int byte;

	while (*line && *line != '\n' && s->len < MAX_LEN) {
		if (sscanf(line, "\\x%2x", &byte) == 1) {
			s->data[s->len++] = (uint8_t)byte;
			line += 4;
		} else {
			s->data[s->len++] = (uint8_t)*line++;
		}
	}
}

static void insert(struct seed *s, size_t at, const uint8_t *p, size_t n)
{
	if (n > MAX_LEN - s->len)
		n = MAX_LEN - s->len;
	memmove(s->data + at + n, s->data + at, s->len - at);
	memcpy(s->data + at, p, n);
	s->len += n;
}

static void mutate(struct seed *s)
{
	static const uint8_t odd[] = "\0\n\t +-?:()09afAFxX\\\x7f\x80\xc2\xff";
	const struct seed *other = &seeds[below(nr_seeds)];
	size_t at = below(s->len + 1), n;
	uint8_t byte = odd[below(sizeof(odd) - 1)];

	switch (below(6)) {
	case 0:
		insert(s, at, &byte, 1);
		break;
	case 1:
		byte = (uint8_t)below(256);
		insert(s, at, &byte, 1);
		break;
	case 2:
		n = below(s->len - at + 1);
		memmove(s->data + at, s->data + at + n, s->len - at - n);
		s->len -= n;
		break;
	case 3:
		if (at < s->len)
			s->data[at] ^= (uint8_t)(1 << below(8));
		break;
	case 4:
		if (at < s->len)
			s->data[at] = byte;
		break;
	default:
		/* a part of another one, or of its own */
		if (other->len) {
			n = below(other->len);
			insert(s, at, other->data + n,
			       1 + below(other->len - n));
		}
		break;
	}
}

/* Where nothing of the rest can be seen from. */
static void give(const struct seed *s)
{
	uint8_t *data = malloc(s->len ? s->len : 1);

	if (!data)
		abort();
	memcpy(data, s->data, s->len);
	LLVMFuzzerTestOneInput(data, s->len);
	free(data);
}

int main(int argc, char **argv)
{
	FILE *f = argc == 3 ? fopen(argv[1], "re") : NULL;
	long i, runs = argc == 3 ? atol(argv[2]) : 0;
	char *line = NULL;
	struct seed s;
	size_t k, room = 0;

	if (!f) {
		fprintf(stderr, "usage: %s SEEDS RUNS\n", argv[0]);
		return 2;
	}
	while (nr_seeds < MAX_SEEDS && getline(&line, &room, f) > 0)
		seed_add(line);
	free(line);
	fclose(f);
	if (!nr_seeds)
		return 2;
	for (k = 0; k < nr_seeds; k++)
		give(&seeds[k]);
	for (i = 0; i < runs; i++) {
		s = seeds[below(nr_seeds)];
		for (k = 1 + below(8); k; k--)
			mutate(&s);
		give(&s);
	}
	return 0;
}
