/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A request that another thread changes while the kernel works on it: one field
 * after the other, each from its first value, which is good, to another, and back.
 *
 * Memory that may be meant by one of them lies in an arena: 64 KiB at a multiple
 * of that, with nothing around. Addresses differ from each other in the lowest two
 * bytes, and then are in the arena, or in the highest two, and then are nobody's:
 * so is a mix of their bytes.
 */
#ifndef SELFTESTS_FLIP_H
#define SELFTESTS_FLIP_H

#include "memory.h"
#include "slow.h"

#include <pthread.h>
#include <sched.h>

#define ARENA		0x10000UL
/* Eight of them are no address, whole or in part. */
#define ARENA_BYTE	0xa5
#define FLIP_VALUES	8

struct flip {
	void *at;
	unsigned int width;	/* 1, 4 or 8 bytes */
	unsigned int nr;
	uint64_t value[FLIP_VALUES];
};

struct flipper {
	struct flip flip[40];
	unsigned int nr;
	unsigned long flips;
	bool stop;
	pthread_t thread;
};

/* The same on both sides; NULL: no memory. */
static inline char *arena_map(void)
{
	char *p = mmap(NULL, 3 * ARENA, PROT_NONE, MAP_ANON_PRIVATE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* one page at least is left in front, and one behind */
	p = (char *)(((uintptr_t)p + ARENA) & -ARENA);
	if (mprotect(p, ARENA, PROT_READ | PROT_WRITE))
		return NULL;
	memset(p, ARENA_BYTE, ARENA);
	return p;
}

static inline void flip_add(struct flipper *f, void *at, unsigned int width,
			    unsigned int nr, const uint64_t *values)
{
	struct flip *flip = &f->flip[f->nr++];

	flip->at = at;
	flip->width = width;
	flip->nr = nr;
	memcpy(flip->value, values, nr * sizeof(*values));
}

#define FLIP(f, field, ...) do {					\
	const uint64_t _v[] = { __VA_ARGS__ };				\
									\
	flip_add(f, &(field), sizeof(field), ARRAY_SIZE(_v), _v);	\
} while (0)

/* Places in the arena that @good is in, and some that are nobody's. */
#define FLIP_ADDR(f, field, good)					\
	FLIP(f, field, (uintptr_t)(good), (uintptr_t)(good),		\
	     (uintptr_t)(good) ^ 0x1, (uintptr_t)(good) ^ 0x8,		\
	     (uintptr_t)(good) | 0xfff8, (uintptr_t)(good) | 1ULL << 63, \
	     (uintptr_t)(good) | 0xffffULL << 48)

static inline void flip_store(const struct flip *flip, uint64_t v)
{
	switch (flip->width) {
	case 1:
		__atomic_store_n((uint8_t *)flip->at, v, __ATOMIC_RELAXED);
		break;
	case 4:
		__atomic_store_n((uint32_t *)flip->at, v, __ATOMIC_RELAXED);
		break;
	default:
		__atomic_store_n((uint64_t *)flip->at, v, __ATOMIC_RELAXED);
		break;
	}
}

static void *flip_thread(void *arg)
{
	uint64_t state = 88172645463325252ULL;
	struct flipper *f = arg;
	struct flip *flip;
	volatile int spin;

	while (!__atomic_load_n(&f->stop, __ATOMIC_RELAXED)) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		flip = &f->flip[(state >> 32) % f->nr];
		flip_store(flip, flip->value[(state >> 8) % flip->nr]);
		__atomic_add_fetch(&f->flips, 1, __ATOMIC_RELEASE);
		/* two of three are back before another goes */
		for (spin = state % 512; spin > 0; spin--)
			;
		if (state % 3)
			flip_store(flip, flip->value[0]);
	}
	return NULL;
}

/* With the first value of each. */
static inline int flip_start(struct flipper *f)
{
	unsigned int i;

	for (i = 0; i < f->nr; i++)
		flip_store(&f->flip[i], f->flip[i].value[0]);
	return -pthread_create(&f->thread, NULL, flip_thread, f);
}

static inline void flip_stop(struct flipper *f)
{
	__atomic_store_n(&f->stop, true, __ATOMIC_RELAXED);
	pthread_join(f->thread, NULL);
}

static inline unsigned long flips(struct flipper *f)
{
	return __atomic_load_n(&f->flips, __ATOMIC_ACQUIRE);
}

#endif /* SELFTESTS_FLIP_H */
