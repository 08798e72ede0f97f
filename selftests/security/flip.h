/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Another thread changes a request while the kernel works on it: one field after
 * the other, each from its first value, which is valid, to another, and back.
 *
 * All memory that a valid address may mean is in an arena: 64 KiB, aligned to its
 * size, with nothing around. Addresses differ in the lowest two bytes, and are in
 * the arena, or in the highest two, and have no memory. The same is true for a
 * mix of their bytes.
 */
#ifndef SELFTESTS_FLIP_H
#define SELFTESTS_FLIP_H

#include "memory.h"
#include "slow.h"

#include <pthread.h>
#include <sched.h>

#define ARENA		0x10000UL
/* Eight of them, or a part of these, are not an address with memory. */
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
char *arena_map(void);
void flip_add(struct flipper *f, void *at, unsigned int width, unsigned int nr,
	      const uint64_t *values);

#define FLIP(f, field, ...) do {					\
	const uint64_t _v[] = { __VA_ARGS__ };				\
									\
	flip_add(f, &(field), sizeof(field), ARRAY_SIZE(_v), _v);	\
} while (0)

/* Addresses in the arena of @good, and some without memory. */
#define FLIP_ADDR(f, field, good)					\
	FLIP(f, field, (uintptr_t)(good), (uintptr_t)(good),		\
	     (uintptr_t)(good) ^ 0x1, (uintptr_t)(good) ^ 0x8,		\
	     (uintptr_t)(good) | 0xfff8, (uintptr_t)(good) | 1ULL << 63, \
	     (uintptr_t)(good) | 0xffffULL << 48)

/* With the first value of each. */
int flip_start(struct flipper *f);
void flip_stop(struct flipper *f);
unsigned long flips(struct flipper *f);

#endif /* SELFTESTS_FLIP_H */
