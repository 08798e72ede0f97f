// SPDX-License-Identifier: GPL-2.0
/*
 * A target: its memory comes and goes, and so does it. When it is told to be
 * quiet it stays as it is; when it is told to judge, all agents are gone, and it
 * looks for what they have lost, or left behind.
 */
#include "torture.h"

#include <sys/resource.h>

#define END_EVERY	100	/* steps */
#define TOO_MUCH	(64UL << 20)

static struct {
	int self;
	uint32_t generation;
	struct place *place;
	uint64_t random;
} me;

static uint32_t below(uint32_t n)
{
	return random_below(&me.random, n);
}

static void map_at(uint64_t addr, size_t len)
{
	void *p = mmap((void *)addr, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	/* no memory for it: one that the OOM killer took is as good */
	if (p == MAP_FAILED)
		raise(SIGKILL);
}

/* --- ends --- */

static void end(enum way way)
{
	const char *const argv[] = { "torture", "exec", NULL };
	char *p;
	size_t i;

	/* who attaches from now on may get the next program */
	__atomic_store_n(&me.place->ready, 0, __ATOMIC_SEQ_CST);
	me.place->way = way;
	switch (way) {
	case WAY_EXEC:
		execv("/proc/self/exe", (char **)argv);
		complain("execv: %s", strerror(errno));
		break;
	case WAY_OOM:
		if (!cgroup_join(CGROUP_OOM))
			break;
		p = mmap(NULL, TOO_MUCH, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		for (i = 0; p != MAP_FAILED && i < TOO_MUCH; i += PAGE)
			p[i] = 1;
		complain("the OOM killer did not come");
		break;
	default:
		break;
	}
	_exit(0);
}

/* --- what happens to memory --- */

static void op_touch(void)
{
	uint32_t i, n = below(HOG_PAGES);

	for (i = 0; i < n; i++)
		*(volatile uint64_t *)(HOG + below(HOG_PAGES) * PAGE) = i;
	/* mostly read again */
	stamp_fill(STAMPED + below(STAMPED_PAGES) * PAGE, PAGE, me.self,
		   me.generation);
}

/* Away, in one of many ways, and back. */
static void op_unmap(void)
{
	uint64_t first = below(STAMPED_PAGES);
	uint64_t addr = STAMPED + first * PAGE;
	size_t len = (1 + below(STAMPED_PAGES - first)) * PAGE;
	void *p = (void *)addr;

	switch (below(4)) {
	case 0:
		munmap(p, len);
		sleep_ms(below(3));
		map_at(addr, len);
		break;
	case 1:
		map_at(addr, len);
		break;
	case 2:
		madvise(p, len, MADV_DONTNEED);
		break;
	default:
		mprotect(p, len, below(2) ? PROT_NONE : PROT_READ);
		sleep_ms(below(3));
		mprotect(p, len, PROT_READ | PROT_WRITE);
	}
	stamp_fill(addr, len, me.self, me.generation);
}

static void op_pageout(void)
{
	static const struct {
		uint64_t from, to;
	} parts[] = {
		{ STAMPED, COUNTER }, { COUNTER, HOG }, { HOG, AREA_END },
		{ STAMPED, AREA_END },
	};
	uint32_t i = below(4);

	madvise((void *)parts[i].from, parts[i].to - parts[i].from,
		MADV_PAGEOUT);
}

/* A child that writes to what it shares with its parent, in its own copy. */
static void op_fork(void)
{
	pid_t pid = fork();

	if (!pid) {
		memset((void *)SLOTS, 0xff, HOG - SLOTS);
		*(volatile uint64_t *)COUNTER = ~0ULL;
		sleep_ms(below(10));
		_exit(0);
	}
	if (pid > 0 && below(2))
		waitpid(pid, NULL, 0);
}

static void count(void)
{
	uint32_t i, n = below(50);

	for (i = 0; i < n; i++) {
		__atomic_add_fetch((uint64_t *)COUNTER, 1, __ATOMIC_SEQ_CST);
		me.place->counted++;
	}
}

/* --- what must hold --- */

static void judge_counter(uint64_t sure, uint64_t perhaps)
{
	uint64_t n = __atomic_load_n((uint64_t *)COUNTER, __ATOMIC_SEQ_CST);

	if (n < sure || n > sure + perhaps)
		complain("target %d.%u counted %llu, not %llu to %llu", me.self,
			 me.generation, (unsigned long long)n,
			 (unsigned long long)sure,
			 (unsigned long long)(sure + perhaps));
}

static void judge(void)
{
	uint64_t sure = me.place->counted, perhaps = 0;
	long at;
	int i;

	for (i = 0; i < torture->workers; i++) {
		const struct share *s = &torture->share[me.self][i];
		const uint64_t *r = (void *)(SLOTS + i * SLOT_SIZE);
		uint64_t written = 0;

		if (s->generation == me.generation) {
			sure += s->counted;
			perhaps += s->perhaps + s->counting;
			written = s->written;
		}
		if (!record_good(r, i, me.generation) ||
		    (r[0] != written && r[0] != written + 1))
			complain("target %d.%u has record %llu of agent %d, which wrote %llu",
				 me.self, me.generation,
				 (unsigned long long)r[0], i,
				 (unsigned long long)written);
	}
	judge_counter(sure, perhaps);
	at = stamp_differs(TRAPS, (void *)TRAPS, HOG - TRAPS, me.self,
			   me.generation, false);
	if (at >= 0)
		complain("target %d.%u has 0x%02x left of agent %ld", me.self,
			 me.generation, ((unsigned char *)TRAPS)[at],
			 at / (long)TRAP_ROOM);
	at = stamp_differs(STAMPED, (void *)STAMPED, COUNTER - STAMPED,
			   me.self, me.generation, false);
	if (at >= 0)
		complain("target %d.%u has 0x%02x at its own stamp %ld",
			 me.self, me.generation,
			 ((unsigned char *)STAMPED)[at], at);
	__atomic_store_n(&me.place->judged, me.generation, __ATOMIC_RELEASE);
}

static void one_op(enum op op)
{
	count_op(op);
	switch (op) {
	case OP_TOUCH:
		op_touch();
		break;
	case OP_UNMAP:
		op_unmap();
		break;
	case OP_PAGEOUT:
		op_pageout();
		break;
	case OP_FORK:
		op_fork();
		break;
	default:
		cgroup_join(below(CGROUPS));
	}
}

static void begin(int self)
{
	me.self = self;
	me.place = &torture->target[self];
	me.generation = me.place->generation;
	me.random = (uint64_t)getpid() << 32 | now_ms();
	/* nobody waits for its children, and no core is written */
	signal(SIGCHLD, SIG_IGN);
	cgroup_join(below(CGROUPS));
	map_at(TARGET_AREA, AREA_END - TARGET_AREA);
	stamp_fill(STAMPED, COUNTER - STAMPED, self, me.generation);
	stamp_fill(TRAPS, HOG - TRAPS, self, me.generation);
	__atomic_store_n(&me.place->pid, getpid(), __ATOMIC_RELEASE);
	__atomic_store_n(&me.place->ready, me.generation, __ATOMIC_SEQ_CST);
}

void target_run(int self)
{
	begin(self);
	for (;;) {
		if (torture->judge) {
			if (me.place->judged != me.generation)
				judge();
			sleep_ms(20);
			continue;
		}
		count();
		if (torture->quiet) {
			sleep_ms(5);
			continue;
		}
		if (!below(END_EVERY))
			end(below(3));
		one_op(OP_TOUCH + below(NR_OPS - OP_TOUCH));
		sleep_ms(below(20));
	}
}
