// SPDX-License-Identifier: GPL-2.0
/*
 * Thousands of random breakpoints, reads and writes, compared with a model of the
 * memory, the traps and the bytes behind them.
 */
#include "shadow_fixture.h"

#define STEPS		10000
#define SIZE		(3 * PAGE)
#define MAX_PLANTED	40

/* Traps and data have no byte in common: what is a trap is never by chance. */
#define TRAP_BYTE(r)	(0xf0 + random_below(r, 16))
#define DATA_BYTE(r)	random_below(r, 0xf0)

struct planted {
	size_t at, len;
	char trap[DBGMEM_BP_MAX_LEN];
	char shadow[DBGMEM_BP_MAX_LEN];
};

struct model {
	char memory[SIZE];
	struct planted bp[MAX_PLANTED];
	size_t nr;
	uint64_t r;
	uint32_t lost;
	int step;
	size_t counts[8];	/* what was done */
};

/* Of a trap across two pages, each is judged by its own part. */
#define PARTS	2

struct part {
	size_t at, in, len;	/* in memory, in the trap */
};

static struct part part(const struct planted *p, int i)
{
	size_t border = (p->at / PAGE + 1) * PAGE;
	size_t first = border - p->at < p->len ? border - p->at : p->len;

	return i ? (struct part){ border, first, p->len - first } :
		   (struct part){ p->at, 0, first };
}

static bool stands(const char *memory, const struct planted *p, struct part t)
{
	return !memcmp(memory + t.at, p->trap + t.in, t.len);
}

static bool stands_whole(const struct model *m, const struct planted *p)
{
	return !memcmp(m->memory + p->at, p->trap, p->len);
}

/* What transfers see. */
static void see(const struct model *m, size_t at, size_t len, char *out)
{
	char all[SIZE];
	size_t i;
	int j;

	memcpy(all, m->memory, SIZE);
	for (i = 0; i < m->nr; i++)
		for (j = 0; j < PARTS; j++) {
			struct part t = part(&m->bp[i], j);

			if (stands(m->memory, &m->bp[i], t))
				memcpy(all + t.at, m->bp[i].shadow + t.in,
				       t.len);
		}
	memcpy(out, all + at, len);
}

/* What they write into the part @t, of which @was is what memory was. */
static void put_part(struct model *m, struct planted *p, struct part t,
		     const char *was, size_t at, size_t len, const char *data)
{
	size_t i;

	if (!stands(was, p, t))
		return;
	for (i = 0; i < t.len; i++) {
		size_t byte = t.at + i;

		if (byte < at || byte >= at + len)
			continue;
		p->shadow[t.in + i] = data[byte - at];
		m->memory[byte] = p->trap[t.in + i];
	}
}

static void put(struct model *m, size_t at, size_t len, const char *data)
{
	char was[SIZE];
	size_t i;
	int j;

	memcpy(was, m->memory, SIZE);
	memcpy(m->memory + at, data, len);
	for (i = 0; i < m->nr; i++)
		for (j = 0; j < PARTS; j++)
			put_part(m, &m->bp[i], part(&m->bp[i], j), was, at, len,
				 data);
}

static void remove_planted(struct model *m, size_t i)
{
	struct planted *p = &m->bp[i];
	int j;

	m->lost += !stands_whole(m, p);
	for (j = 0; j < PARTS; j++) {
		struct part t = part(p, j);

		if (stands(m->memory, p, t))
			memcpy(m->memory + t.at, p->shadow + t.in, t.len);
	}
	m->bp[i] = m->bp[--m->nr];
}

/* 0 where the module did what the model did. */
static int do_set(FIXTURE_DATA(shadow) *self, struct model *m)
{
	struct planted p = {
		.at = random_below(&m->r, SIZE - DBGMEM_BP_MAX_LEN),
		.len = 1 + random_below(&m->r, DBGMEM_BP_MAX_LEN),
	};
	struct dbgmem_bp_set_args s;
	bool overlaps = false;
	size_t i;
	int ret;

	if (m->nr == MAX_PLANTED)
		return 0;
	/* Rather there where something is. */
	if (m->nr && random_below(&m->r, 2)) {
		p.at = m->bp[m->nr - 1].at + random_below(&m->r, 40);
		if (p.at > SIZE - DBGMEM_BP_MAX_LEN)
			p.at = 0;
	}
	/* And over the borders of pages. */
	if (!random_below(&m->r, 5))
		p.at = (1 + random_below(&m->r, 2)) * PAGE -
		       random_below(&m->r, p.len + 1);
	for (i = 0; i < p.len; i++)
		p.trap[i] = TRAP_BYTE(&m->r);
	for (i = 0; i < m->nr; i++)
		overlaps |= p.at < m->bp[i].at + m->bp[i].len &&
			    m->bp[i].at < p.at + p.len;
	ret = bp_set(self->b->fd, self->b->mem + p.at, p.trap, p.len, &s);
	if (overlaps)
		return ret != -EEXIST;
	if (ret)
		return 2;
	memcpy(p.shadow, m->memory + p.at, p.len);
	memcpy(m->memory + p.at, p.trap, p.len);
	m->bp[m->nr++] = p;
	m->counts[0]++;
	return memcmp(s.original, p.shadow, p.len) ? 3 : 0;
}

static int do_clear(FIXTURE_DATA(shadow) *self, struct model *m)
{
	struct dbgmem_bp_clear_args c;
	size_t i, lost = m->lost;

	if (!m->nr)
		return 0;
	i = random_below(&m->r, m->nr);
	if (bp_clear(self->b->fd, self->b->mem + m->bp[i].at, &c))
		return 4;
	remove_planted(m, i);
	m->counts[1]++;
	return c.cleared != 1 || c.lost != m->lost - lost ? 5 : 0;
}

static size_t some_len(struct model *m, size_t at)
{
	static const size_t lens[] = { 1, 2, 4, 8, 8, 16, 77, 1000, PAGE,
				       2 * PAGE };
	size_t len = lens[random_below(&m->r, 10)];

	if (!random_below(&m->r, 4))
		len = 1 + random_below(&m->r, 64);
	return len < SIZE - at ? len : SIZE - at;
}

static size_t some_place(struct model *m)
{
	size_t at = random_below(&m->r, SIZE - 16);

	/* Mostly around a breakpoint; often aligned. */
	if (m->nr && random_below(&m->r, 4)) {
		at = m->bp[random_below(&m->r, m->nr)].at;
		at -= at > 20 ? random_below(&m->r, 20) : 0;
	}
	return random_below(&m->r, 2) ? at & -8 : at;
}

static int do_read(FIXTURE_DATA(shadow) *self, struct model *m)
{
	int way = random_below(&m->r, WAYS_TO_READ);
	size_t at = some_place(m), len = some_len(m, at);
	char *buf = self->buf + random_below(&m->r, 9), want[SIZE];

	see(m, at, len, want);
	memset(buf, 0xee, len);
	if (go_read(self->b->fd, way, self->b->mem + at, buf, len) !=
	    (ssize_t)len)
		return 10 + way;
	m->counts[2]++;
	return memcmp(buf, want, len) ? 30 + way : 0;
}

static int do_write(FIXTURE_DATA(shadow) *self, struct model *m)
{
	int way = random_below(&m->r, WAYS_TO_WRITE);
	size_t at = some_place(m), len = some_len(m, at), i;
	char *buf = self->buf + random_below(&m->r, 9);

	for (i = 0; i < len; i++)
		buf[i] = DATA_BYTE(&m->r);
	if (go_write(self->b->fd, way, self->b->mem + at, buf, len) !=
	    (ssize_t)len)
		return 50 + way;
	put(m, at, len, buf);
	m->counts[3]++;
	return 0;
}

/* Somebody else writes over bytes of a trap, or the trap again. */
static int do_overwrite(FIXTURE_DATA(shadow) *self, struct model *m)
{
	char data[DBGMEM_BP_MAX_LEN];
	size_t i, from, len;
	struct planted *p;
	char *at;

	if (!m->nr)
		return 0;
	p = &m->bp[random_below(&m->r, m->nr)];
	from = random_below(&m->r, p->len);
	len = 1 + random_below(&m->r, p->len - from);
	for (i = 0; i < len; i++)
		data[i] = DATA_BYTE(&m->r);
	if (!stands_whole(m, p)) {
		from = 0;
		len = p->len;
		memcpy(data, p->trap, len);
	}
	memcpy(m->memory + p->at + from, data, len);
	m->counts[4]++;
	at = self->b->mem + p->at + from;
	if (random_below(&m->r, 2))
		return truth_write(self->b, at, data, len) ? 0 : 70;
	return mem_write(self->b->fd, at, data, len, DBGMEM_RAW, NULL) ? 71 : 0;
}

/* All that can be known, at once. */
static int check(FIXTURE_DATA(shadow) *self, struct model *m)
{
	struct bed *b = self->b;
	struct dbgmem_bp bps[MAX_PLANTED];
	struct dbgmem_bp_list_args l;
	char all[SIZE];
	size_t i, j;

	if (pread(b->truth, all, SIZE, (uintptr_t)b->mem) != (ssize_t)SIZE ||
	    memcmp(all, m->memory, SIZE))
		return 80;
	if (mem_read(b->fd, b->mem, all, SIZE, DBGMEM_RAW, NULL) ||
	    memcmp(all, m->memory, SIZE))
		return 81;
	if (bp_list(b->fd, bps, MAX_PLANTED, 0, 0, &l) || l.nr != m->nr)
		return 82;
	for (i = 0; i < m->nr; i++) {
		struct planted *p = &m->bp[i];

		for (j = 0; j < l.nr; j++)
			if (bps[j].addr == (uintptr_t)b->mem + p->at)
				break;
		if (j == l.nr || bps[j].len != p->len ||
		    memcmp(bps[j].trap, p->trap, p->len) ||
		    memcmp(bps[j].original, p->shadow, p->len) ||
		    bps[j].state != (stands_whole(m, p) ? DBGMEM_BP_STATE_STANDING :
							  DBGMEM_BP_STATE_LOST))
			return 83;
	}
	if (fdinfo_number(b->fd, "dbgmem-breakpoints-lost:") != m->lost)
		return 84;
	return 0;
}

static int step(FIXTURE_DATA(shadow) *self, struct model *m)
{
	switch (random_below(&m->r, 12)) {
	case 0:
	case 1:
		return do_set(self, m);
	case 2:
		return do_clear(self, m);
	case 3:
		return do_overwrite(self, m);
	case 4:
	case 5:
	case 6:
	case 7:
		return do_write(self, m);
	default:
		return do_read(self, m);
	}
}

TEST_F_TIMEOUT(shadow, does_what_a_model_does_for_thousands_of_steps, 120)
{
	struct model *m = calloc(1, sizeof(*m));
	struct bed *b = self->b;
	int ret;

	ASSERT_NE(NULL, m);
	m->r = 20260420;
	ASSERT_EQ((ssize_t)SIZE, pread(b->truth, m->memory, SIZE,
				       (uintptr_t)b->mem));
	/* The pattern has all bytes; the model's memory only those of data. */
	for (size_t i = 0; i < SIZE; i++)
		m->memory[i] &= 0x7f;
	ASSERT_TRUE(truth_write(b, b->mem, m->memory, SIZE));
	for (m->step = 0; m->step < STEPS; m->step++) {
		ret = step(self, m);
		if (!ret && m->step % 50 == 49)
			ret = check(self, m);
		ASSERT_EQ(0, ret)
			TH_LOG("step %d, with %zu planted", m->step, m->nr);
	}
	TH_LOG("%zu set, %zu cleared, %u lost, %zu reads, %zu writes, %zu overwritten",
	       m->counts[0], m->counts[1], m->lost, m->counts[2], m->counts[3],
	       m->counts[4]);
	/* The end of the session leaves what a model would. */
	while (m->nr)
		remove_planted(m, 0);
	close(b->fd);
	b->fd = b->fixture.fd = -1;
	ASSERT_EQ((ssize_t)SIZE, pread(b->truth, self->buf, SIZE,
				       (uintptr_t)b->mem));
	EXPECT_EQ(0, memcmp(self->buf, m->memory, SIZE));
	EXPECT_TRUE(truth_is_pattern(b, b->mem + SIZE, BED_SIZE - SIZE));
}

TEST_HARNESS_MAIN
