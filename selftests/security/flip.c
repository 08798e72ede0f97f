// SPDX-License-Identifier: GPL-2.0
#include "flip.h"

char *arena_map(void)
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

void flip_add(struct flipper *f, void *at, unsigned int width, unsigned int nr,
	      const uint64_t *values)
{
	struct flip *flip = &f->flip[f->nr++];

	flip->at = at;
	flip->width = width;
	flip->nr = nr;
	memcpy(flip->value, values, nr * sizeof(*values));
}

static void flip_store(const struct flip *flip, uint64_t v)
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

int flip_start(struct flipper *f)
{
	unsigned int i;

	for (i = 0; i < f->nr; i++)
		flip_store(&f->flip[i], f->flip[i].value[0]);
	return -pthread_create(&f->thread, NULL, flip_thread, f);
}

void flip_stop(struct flipper *f)
{
	__atomic_store_n(&f->stop, true, __ATOMIC_RELAXED);
	pthread_join(f->thread, NULL);
}

unsigned long flips(struct flipper *f)
{
	return __atomic_load_n(&f->flips, __ATOMIC_ACQUIRE);
}
