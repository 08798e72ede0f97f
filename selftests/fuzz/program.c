// SPDX-License-Identifier: GPL-2.0
#include "random.h"
#include "program.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	unsigned int weight;
} ops[NR_OPS] = {
#define X(name, text, weight)	{ #text, weight },
	FOR_EACH_OP(X)
#undef X
};

unsigned int program_races_from(const struct program *p)
{
	unsigned int i;

	for (i = 0; i < p->nr; i++)
		if (p->call[i].lane)
			break;
	return i;
}

bool program_has(const struct program *p, enum op op)
{
	unsigned int i;

	for (i = 0; i < p->nr; i++)
		if (p->call[i].op == op)
			return true;
	return false;
}

static enum op random_op(uint64_t *random)
{
	unsigned int sum = 0, n;
	int op;

	for (op = 0; op < NR_OPS; op++)
		sum += ops[op].weight;
	n = random_below(random, sum);
	for (op = 0; n >= ops[op].weight; op++)
		n -= ops[op].weight;
	return op;
}

static uint16_t random_flags(uint64_t *random)
{
	unsigned int way = random_below(random, 10);

	if (way < 4)
		return 0;
	if (way < 7)
		return 1U << random_below(random, 6);
	if (way < 9)
		return random_next(random) & 63;
	return random_next(random);
}

/* Addresses meet more often when some are more likely. */
static uint16_t random_place(uint64_t *random)
{
	uint16_t v = random_next(random);

	if (random_percent(random, 50))
		v = (v & 63) | random_below(random, 4) << 6;
	if (random_percent(random, 50))
		v &= ~63 | 7;
	return v;
}

static uint8_t random_who(uint64_t *random)
{
	uint8_t who = random_percent(random, 85) ? 0 : random_next(random) & 15;

	return random_percent(random, 80) ? who : who | random_next(random) << 4;
}

static void random_call(struct call *c, uint64_t *random)
{
	*c = (struct call){
		.op = random_op(random),
		.who = random_who(random),
		.mode = random_percent(random, 90) ? 0 : random_next(random),
		.addr = random_place(random),
		.buf = random_percent(random, 80) ?
			random_below(random, 64) : random_next(random),
		.len = random_percent(random, 60) ?
			random_below(random, 16) : random_next(random),
		.flags = random_flags(random),
		.arg = random_next(random),
	};
}

void program_generate(struct program *p, uint64_t *random)
{
	bool races = random_percent(random, 25);
	unsigned int i;

	p->nr = 4 + random_below(random, 28);
	p->rounds = 1 + random_below(random, races ? MAX_ROUNDS : 1);
	for (i = 0; i < p->nr; i++) {
		random_call(&p->call[i], random);
		/* several of a kind lead further than one of each */
		if (i && random_percent(random, 30))
			p->call[i].op = p->call[random_below(random, i)].op;
		if (races && i > p->nr / 3)
			p->call[i].lane = random_below(random, NR_LANES);
	}
	/* without a session there is little to see */
	if (random_percent(random, 95)) {
		p->call[0].op = OP_SESSION;
		p->call[0].mode = 0;
		if (random_percent(random, 80))
			p->call[0].who = 0;
		if (random_percent(random, 80))
			p->call[0].flags = 0;
	}
}

static void insert(struct program *p, unsigned int at, const struct call *c)
{
	if (p->nr == MAX_CALLS)
		return;
	memmove(&p->call[at + 1], &p->call[at],
		(p->nr - at) * sizeof(*p->call));
	p->call[at] = *c;
	p->nr++;
}

static void remove_call(struct program *p, unsigned int at)
{
	if (p->nr < 2)
		return;
	p->nr--;
	memmove(&p->call[at], &p->call[at + 1],
		(p->nr - at) * sizeof(*p->call));
}

/* One field, to what it may be or to any. */
static void change_field(struct call *c, uint64_t *random)
{
	uint8_t *bytes = (uint8_t *)c;
	struct call fresh;

	random_call(&fresh, random);
	switch (random_below(random, 9)) {
	case 0:
		c->who = fresh.who;
		break;
	case 1:
		c->mode = fresh.mode;
		break;
	case 2:
		c->addr = fresh.addr;
		break;
	case 3:
		c->buf = fresh.buf;
		break;
	case 4:
		c->len = fresh.len;
		break;
	case 5:
		c->flags = fresh.flags;
		break;
	case 6:
		c->arg = fresh.arg;
		break;
	case 7:
		c->lane = random_below(random, NR_LANES);
		break;
	default:
		bytes[1 + random_below(random, sizeof(*c) - 1)] ^=
			1U << random_below(random, 8);
		c->lane %= NR_LANES;
	}
}

/* Put calls of @other behind the beginning of @p. */
static void splice(struct program *p, const struct program *other,
		   uint64_t *random)
{
	unsigned int from = random_below(random, other->nr);

	p->nr = 1 + random_below(random, p->nr);
	while (from < other->nr && p->nr < MAX_CALLS)
		p->call[p->nr++] = other->call[from++];
}

void program_mutate(struct program *p, const struct program *other,
		    uint64_t *random)
{
	struct call c;

	do {
		unsigned int at = random_below(random, p->nr);

		switch (random_below(random, 10)) {
		case 0:
			splice(p, other, random);
			break;
		case 1:
			remove_call(p, at);
			break;
		case 2:
			c = p->call[at];
			insert(p, at, &c);
			break;
		case 3:
			c = other->call[random_below(random, other->nr)];
			insert(p, at, &c);
			break;
		case 4:
		case 5:
			random_call(&c, random);
			c.lane = p->call[at].lane;
			insert(p, 1 + random_below(random, p->nr), &c);
			break;
		case 6:
			p->rounds = 1 + random_below(random, MAX_ROUNDS);
			break;
		default:
			change_field(&p->call[at], random);
		}
	} while (random_percent(random, 60));
}

void program_print(const struct program *p, char *text)
{
	char *s = text + sprintf(text, "rounds=%u", p->rounds);
	const uint8_t *bytes;
	unsigned int i, j;
	size_t len;

	for (i = 0; i < p->nr; i++) {
		bytes = (const uint8_t *)&p->call[i];
		for (len = sizeof(struct call); len > 1 && !bytes[len - 1];)
			len--;
		s += sprintf(s, " %s:", ops[p->call[i].op].name);
		for (j = 1; j < len; j++)
			s += sprintf(s, "%02x", bytes[j]);
	}
}

static int find_op(const char *name, size_t len)
{
	int op;

	for (op = 0; op < NR_OPS; op++)
		if (strlen(ops[op].name) == len &&
		    !memcmp(ops[op].name, name, len))
			return op;
	return -1;
}

static bool parse_call(struct call *c, const char *word, size_t len)
{
	const char *hex = memchr(word, ':', len), *end = word + len;
	uint8_t *bytes = (uint8_t *)c;
	char digits[3] = "";
	size_t at = 1;
	int op;

	if (!hex)
		return false;
	op = find_op(word, hex - word);
	memset(c, 0, sizeof(*c));
	for (hex++; hex < end; hex += 2) {
		if (at == sizeof(*c) || !isxdigit(hex[0]) || !isxdigit(hex[1]))
			return false;
		memcpy(digits, hex, 2);
		bytes[at++] = strtoul(digits, NULL, 16);
	}
	c->op = op;
	c->lane %= NR_LANES;
	return op >= 0;
}

bool program_parse(struct program *p, const char *text)
{
	unsigned int rounds;
	size_t len;
	int skip;

	memset(p, 0, sizeof(*p));
	if (sscanf(text, "rounds=%u%n", &rounds, &skip) != 1)
		return false;
	p->rounds = 1 + (rounds + MAX_ROUNDS - 1) % MAX_ROUNDS;
	for (text += skip;; text += len) {
		text += strspn(text, " \n");
		len = strcspn(text, " \n");
		if (!len)
			return p->nr > 0;
		if (p->nr == MAX_CALLS ||
		    !parse_call(&p->call[p->nr++], text, len))
			return false;
	}
}
