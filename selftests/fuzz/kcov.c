// SPDX-License-Identifier: GPL-2.0
#include "kcov.h"
#include "program.h"

#include <fcntl.h>
#include <linux/kcov.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_PCS		(64UL << 10)	/* that one lane comes by */
#define HASH_BITS	16

/* Word 0 is the number of those that follow. */
static struct {
	int fd;
	uint64_t *pc;
} lanes[NR_LANES];

static bool there;

enum {
	PCS,
	EDGES,
};

static struct seen {
	uint64_t value[1 << HASH_BITS];
	unsigned int nr;
} *seen;

bool kcov_init(void)
{
	int i;

	for (i = 0; i < NR_LANES; i++) {
		lanes[i].fd = open("/sys/kernel/debug/kcov",
				   O_RDWR | O_CLOEXEC);
		if (lanes[i].fd < 0 ||
		    ioctl(lanes[i].fd, KCOV_INIT_TRACE, MAX_PCS))
			return false;
		lanes[i].pc = mmap(NULL, MAX_PCS * sizeof(uint64_t),
				   PROT_READ | PROT_WRITE, MAP_SHARED,
				   lanes[i].fd, 0);
		if (lanes[i].pc == MAP_FAILED)
			return false;
		/* the kernel writes it, not they */
		madvise(lanes[i].pc, MAX_PCS * sizeof(uint64_t),
			MADV_DONTFORK);
	}
	seen = mmap(NULL, 2 * sizeof(*seen), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (seen == MAP_FAILED)
		return false;
	madvise(seen, 2 * sizeof(*seen), MADV_DONTFORK);
	there = true;
	return true;
}

void kcov_start(unsigned int lane)
{
	if (there)
		ioctl(lanes[lane].fd, KCOV_ENABLE, KCOV_TRACE_PC);
}

void kcov_stop(unsigned int lane)
{
	if (there)
		ioctl(lanes[lane].fd, KCOV_DISABLE, 0);
}

void kcov_reset(void)
{
	int i;

	for (i = 0; i < NR_LANES && there; i++)
		__atomic_store_n(&lanes[i].pc[0], 0, __ATOMIC_RELAXED);
}

static bool is_new(struct seen *s, uint64_t value)
{
	uint32_t at = value * 0x9e3779b97f4a7c15 >> (64 - HASH_BITS);

	for (; s->value[at]; at = (at + 1) % (1 << HASH_BITS))
		if (s->value[at] == value)
			return false;
	/* never full: a search must end */
	if (s->nr == (1 << HASH_BITS) * 3 / 4)
		return false;
	s->value[at] = value;
	s->nr++;
	return true;
}

unsigned int kcov_collect(void)
{
	uint64_t last, pc, i, nr;
	unsigned int new = 0, lane;

	for (lane = 0; lane < NR_LANES && there; lane++) {
		nr = __atomic_load_n(&lanes[lane].pc[0], __ATOMIC_RELAXED);
		for (i = 1, last = 0; i <= nr && i < MAX_PCS; i++, last = pc) {
			pc = lanes[lane].pc[i];
			new += is_new(&seen[PCS], pc);
			/* from here to there */
			new += is_new(&seen[EDGES], pc ^ (last << 24));
		}
	}
	return new;
}

unsigned int kcov_pcs(void)
{
	return there ? seen[PCS].nr : 0;
}

unsigned int kcov_edges(void)
{
	return there ? seen[EDGES].nr : 0;
}
