// SPDX-License-Identifier: GPL-2.0
/*
 * The pair matrix: for each ordered pair of calls two threads that make nothing
 * but these, first on one session and then on two sessions of one target, with
 * the build of the module that waits at random where threads may meet
 * (amplify/). The first of a pair attaches first and starts first. Answers are
 * documented ones, no byte is from elsewhere, and no trap is left.
 *
 * There are more cells than time: they are in random order, by a seed, until it
 * is over; first, and longer, those in which both may free what the other uses. Threads are named by the cell and by how many there were before it, as
 * "23x27-1 100": a report of the kernel's shows that. In the environment:
 *	DBGMEM_PAIRS_TIME	seconds in all; 0 for all cells
 *	DBGMEM_PAIRS_MS		milliseconds for a cell
 *	DBGMEM_PAIRS_SEED	of the order
 *	DBGMEM_PAIRS_ONLY	only the calls with this in their names, or a cell
 *	DBGMEM_PAIRS_PARAMS	parameters of the module
 */
#include "pair.h"
#include "pair_state.h"
#include "pair_transfer.h"
#include "slow.h"
#include <kselftest_harness.h>

#include <dbgmem.h>
#include <pthread.h>
#include <semaphore.h>

#define BUILD		"dbgmem-amplify.ko"
#define LONGER		4	/* where both free something */
#define STUCK_SECONDS	(20 * slow_factor())

static const struct pair_call calls[] = {
	{ "info", pair_info, 0 },
	{ "attach", pair_attach, 0 },
	{ "read_word", pair_read_word, 0 },
	{ "read", pair_read, 0 },
	{ "read_exact", pair_read_exact, 0 },
	{ "read_force", pair_read_force, 0 },
	{ "read_zerofill", pair_read_zerofill, 0 },
	{ "read_nofault", pair_read_nofault, 0 },
	{ "read_raw", pair_read_raw, 0 },
	{ "read_hole", pair_read_hole, 0 },
	{ "write_word", pair_write_word, PAIR_WRITES },
	{ "write", pair_write, PAIR_WRITES },
	{ "write_exact", pair_write_exact, PAIR_WRITES },
	{ "write_force", pair_write_force, PAIR_WRITES },
	{ "write_raw", pair_write_raw, PAIR_WRITES | PAIR_RAW },
	{ "vec_read", pair_vec_read, 0 },
	{ "vec_read_exact", pair_vec_read_exact, 0 },
	{ "vec_expect", pair_vec_expect, 0 },
	{ "vec_write", pair_vec_write, PAIR_WRITES },
	{ "vec_write_exact", pair_vec_write_exact, PAIR_WRITES },
	{ "vec_write_expect", pair_vec_write_expect, PAIR_WRITES },
	{ "bp_set_byte", pair_set_byte, PAIR_TRAPS | PAIR_FREES },
	{ "bp_set_long", pair_set_long, PAIR_TRAPS | PAIR_FREES },
	{ "bp_set_two_pages", pair_set_two_pages, PAIR_TRAPS | PAIR_FREES },
	{ "bp_clear", pair_clear, PAIR_TRAPS | PAIR_FREES },
	{ "bp_clear_all", pair_clear_all, PAIR_TRAPS | PAIR_FREES },
	{ "bp_list", pair_list, 0 },
	{ "bp_list_all", pair_list_all, 0 },
	{ "cmpxchg", pair_cmpxchg, PAIR_WRITES },
	{ "cmpxchg_raw", pair_cmpxchg_raw, PAIR_WRITES | PAIR_RAW },
	{ "region", pair_region, 0 },
	{ "region_names", pair_region_names, 0 },
	{ "window", pair_window, 0 },
	{ "window_map", pair_window_map, PAIR_FREES },
	{ "window_look", pair_window_look, PAIR_FREES },
	{ "window_cycle", pair_window_cycle, PAIR_FREES },
	{ "window_sync", pair_window_sync, 0 },
	{ "read2", pair_read2, 0 },
	{ "write2", pair_write2, 0 },
	{ "pread", pair_pread, 0 },
	{ "pwrite", pair_pwrite, PAIR_WRITES },
	{ "preadv", pair_preadv, 0 },
	{ "pwritev", pair_pwritev, PAIR_WRITES },
	{ "lseek", pair_lseek, 0 },
	{ "poll", pair_poll, 0 },
	{ "epoll", pair_epoll, PAIR_FREES },
	{ "fdinfo", pair_fdinfo, 0 },
	{ "reopen", pair_reopen, PAIR_REOPENS | PAIR_FREES },
	{ "own_map", pair_own_map, 0 },
	{ "target_fork", pair_target_fork, PAIR_FREES },
	{ "target_flip", pair_target_flip, PAIR_FLIPS | PAIR_FREES },
};

#define NR_CALLS	((int)ARRAY_SIZE(calls))
#define NR_CELLS	(NR_CALLS * NR_CALLS * 2)

/* For main(), of the process that ran the tests. */
static struct totals {
	unsigned int cells;
	unsigned int wanted;
	unsigned int seconds;
	unsigned int ms;
	long made;
} *totals;

struct worker {
	struct pair_side side;
	pthread_t thread;
	sem_t go, done;
	const struct pair_call *call;
	char name[48];		/* of the cell; the kernel takes 15 bytes */
};

static long setting(const char *name, long otherwise)
{
	const char *s = getenv(name);

	return s && *s ? strtol(s, NULL, 10) : otherwise;
}

static bool stopped(const struct pair *p)
{
	return __atomic_load_n(&p->stop, __ATOMIC_RELAXED);
}

static void *work(void *arg)
{
	struct worker *w = arg;

	for (;;) {
		sem_wait(&w->go);
		if (!w->call)
			return NULL;
		prctl(PR_SET_NAME, w->name);
		for (w->side.count = 0; !stopped(w->side.p); w->side.count++)
			w->call->make(&w->side);
		sem_post(&w->done);
	}
}

/* False if it is still in its call. */
static bool worker_ended(struct worker *w)
{
	struct timespec ts;
	int ret;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec += STUCK_SECONDS;
	do {
		ret = sem_timedwait(&w->done, &ts);
	} while (ret && errno == EINTR);
	return !ret;
}

FIXTURE(pairs) {
	struct pair *p;
	struct target target;
	struct worker w[2];
	uint64_t random;
	char *truth;
};

FIXTURE_SETUP(pairs)
{
	struct job *job = shared_alloc(PAGE);
	struct pair *p = shared_alloc(PAGE);
	int i;

	ASSERT_NE(NULL, job);
	ASSERT_NE(NULL, p);
	self->p = p;
	p->mem = private_alloc(PAIR_SIZE + PAGE);
	ASSERT_NE(NULL, p->mem);
	ASSERT_EQ(0, target_start(&self->target));
	p->target = &self->target;
	p->pid = self->target.pid;
	target_fill(p->target, job, p->mem, 0, PAIR_SIZE, PAIR_SEED);
	ASSERT_EQ(0, target_unmap(p->target, job, p->mem + PAIR_SIZE, PAGE));
	p->mem_fd = proc_open(p->pid, "mem", O_RDWR);
	ASSERT_LE(0, p->mem_fd);
	for (i = 0; i < 2; i++) {
		p->image[i] = malloc(PAIR_SIZE);
		ASSERT_NE(NULL, p->image[i]);
		pattern_fill(p->image[i], 0, PAIR_SIZE, PAIR_SEED + i);
	}
	self->truth = malloc(PAIR_SIZE);
	ASSERT_NE(NULL, self->truth);
	pair_catch_signals();
	for (i = 0; i < 2; i++) {
		struct worker *w = &self->w[i];

		w->side.p = p;
		w->side.window = MAP_FAILED;
		w->side.random = self->random + i;
		w->side.buf = private_alloc(4 * PAIR_SIZE);
		ASSERT_NE(NULL, w->side.buf);
		sem_init(&w->go, 0, 0);
		sem_init(&w->done, 0, 0);
		ASSERT_EQ(0, pthread_create(&w->thread, NULL, work, w));
	}
}

FIXTURE_TEARDOWN(pairs)
{
	int i;

	for (i = 0; i < 2; i++) {
		self->w[i].call = NULL;
		sem_post(&self->w[i].go);
		pthread_join(self->w[i].thread, NULL);
	}
	close(self->p->mem_fd);
	target_stop(&self->target);
}

/* --- a cell --- */

/* Sessions, and what the second cannot be without. */
static bool cell_begin(FIXTURE_DATA(pairs) *self, int a, int b, bool two)
{
	struct pair *p = self->p;
	struct worker *w = self->w;

	p->two = two;
	p->flags = calls[a].flags | calls[b].flags;
	p->mirror = random_below(&self->random, 2);
	p->names[0] = calls[a].name;
	p->names[1] = calls[b].name;
	p->stop = false;
	w[0].call = &calls[a];
	w[1].call = &calls[b];
	snprintf(w[0].name, sizeof(w[0].name), "%dx%d-%d %u", a, b, 1 + two,
		 totals->cells);
	strcpy(w[1].name, w[0].name);
	w[0].side.fd = pair_session(p);
	w[1].side.fd = two ? pair_session(p) : w[0].side.fd;
	return w[0].side.fd >= 0 && w[1].side.fd >= 0;
}

static void cell_end(FIXTURE_DATA(pairs) *self)
{
	int i;

	for (i = 0; i < 2; i++) {
		struct pair_side *s = &self->w[i].side;

		if (s->window != MAP_FAILED)
			munmap((void *)s->window, PAIR_SIZE);
		s->window = MAP_FAILED;
		if (!i || self->p->two)
			close(s->fd);
		totals->made += s->count;
	}
}

/* The first byte of the target's memory that is none of the two, or -1. */
static long other_byte(FIXTURE_DATA(pairs) *self)
{
	struct pair *p = self->p;
	size_t i;

	if (pread(p->mem_fd, self->truth, PAIR_SIZE, (uintptr_t)p->mem) !=
	    (ssize_t)PAIR_SIZE)
		return 0;
	for (i = 0; i < PAIR_SIZE; i++)
		if (self->truth[i] != p->image[0][i] &&
		    self->truth[i] != p->image[1][i])
			return i;
	return -1;
}

/* A session that was closed a moment ago may still be taking out its traps. */
static void cell_judge(FIXTURE_DATA(pairs) *self)
{
	struct pair *p = self->p;
	long at = other_byte(self), end = now_ms() + 2000;

	if (at < 0)
		return;
	while (!pair_traps_break(p) && at >= 0 && now_ms() < end) {
		sleep_ms(1);
		at = other_byte(self);
	}
	if (at < 0)
		return;
	if (!pair_traps_break(p) ||
	    !pair_is_trap(at, self->truth[at]))
		pair_complain(&self->w[0].side,
			      "afterwards byte %ld is %s0x%02x", at,
			      pair_is_trap(at, self->truth[at]) ? "a trap's " :
			      "", (unsigned char)self->truth[at]);
	if (pwrite(p->mem_fd, p->image[0], PAIR_SIZE, (uintptr_t)p->mem) < 0)
		pair_complain(&self->w[0].side, "cannot restore the memory");
}

static bool cell(FIXTURE_DATA(pairs) *self, int a, int b, bool two, long ms)
{
	struct worker *w = self->w;
	bool ended;

	if (!cell_begin(self, a, b, two)) {
		pair_complain(&w[0].side, "no session");
		return false;
	}
	sem_post(&w[0].go);
	sem_post(&w[1].go);
	sleep_ms(ms);
	__atomic_store_n(&self->p->stop, true, __ATOMIC_RELAXED);
	ended = worker_ended(&w[0]) & worker_ended(&w[1]);
	if (!ended) {
		pair_complain(&w[0].side, "a call does not end");
		return false;
	}
	cell_end(self);
	cell_judge(self);
	totals->cells++;
	return true;
}

/* --- all of them --- */

static bool wanted(int a, int b, bool two)
{
	const char *only = getenv("DBGMEM_PAIRS_ONLY");
	char cell[16];

	snprintf(cell, sizeof(cell), "%dx%d-%d", a, b, 1 + two);
	return !only || !*only || !strcmp(only, cell) ||
	       (strstr(calls[a].name, only) && strstr(calls[b].name, only));
}

static bool both_free(int i)
{
	return calls[i / 2 / NR_CALLS].flags & PAIR_FREES &&
	       calls[i / 2 % NR_CALLS].flags & PAIR_FREES;
}

static void shuffle(int *order, int n, uint64_t *random)
{
	int i, j, t;

	for (i = n - 1; i > 0; i--) {
		j = random_below(random, i + 1);
		t = order[i];
		order[i] = order[j];
		order[j] = t;
	}
}

/* Those that are wanted, in random order, the most promising first; how many. */
static int arrange(int *order, uint64_t *random)
{
	int i, n = 0, first = 0;

	for (i = 0; i < 2 * NR_CELLS; i++) {
		int at = i % NR_CELLS;

		if (both_free(at) == !(i / NR_CELLS) &&
		    wanted(at / 2 / NR_CALLS, at / 2 % NR_CALLS, at % 2))
			order[n++] = at;
		if (i == NR_CELLS - 1)
			first = n;
	}
	shuffle(order, first, random);
	shuffle(order + first, n - first, random);
	return n;
}

TEST_F_TIMEOUT(pairs, no_two_calls_disturb_each_other, 14400)
{
	long ms = setting("DBGMEM_PAIRS_MS", slow_factor() > 4 ? 30 : 8);
	long seconds = setting("DBGMEM_PAIRS_TIME",
			       slow_factor() > 4 ? 200 : 40);
	long begin = now_ms();
	int *order = calloc(NR_CELLS, sizeof(*order));
	int i, n;

	ASSERT_NE(NULL, order);
	self->random = setting("DBGMEM_PAIRS_SEED", time(NULL));
	TH_LOG("seed %llu", (unsigned long long)self->random);
	n = arrange(order, &self->random);
	totals->wanted = n;
	totals->ms = ms;
	for (i = 0; i < n; i++) {
		int pair = order[i] / 2;

		if (seconds && now_ms() - begin > seconds * 1000)
			break;
		ASSERT_TRUE(cell(self, pair / NR_CALLS, pair % NR_CALLS,
				 order[i] % 2,
				 both_free(order[i]) ? LONGER * ms : ms));
		if (self->p->complaints >= PAIR_COMPLAINTS)
			break;
	}
	totals->seconds = (now_ms() - begin) / 1000;
	EXPECT_EQ(0, self->p->complaints)
		TH_LOG("after %u cells, %u s", totals->cells, totals->seconds);
	/* Less would be no test. */
	EXPECT_LT(n < 100 ? n - 1 : 100, (int)totals->cells);
	for (i = 0; i < 2; i++)
		EXPECT_EQ(0, kill(self->target.pid, 0));
	free(order);
}

/* The amplified build; make coverage has none. 0 or -errno. */
static int load(void)
{
	const char *more = getenv("DBGMEM_PAIRS_PARAMS");
	char path[256], params[256];
	int ret;

	if (getenv("COVERAGE"))
		return 0;
	ret = beside(BUILD, path, sizeof(path));
	if (!ret)
		ret = dbgmem_module_unload();
	snprintf(params, sizeof(params), "force=capable amplify_seed=%ld %s",
		 setting("DBGMEM_PAIRS_SEED", time(NULL)), more ? more : "");
	return ret ? ret : dbgmem_module_load(path, params);
}

/* Nothing holds it any more. */
static int unload(void)
{
	int ret = dbgmem_module_unload();

	return ret ? ret : dbgmem_module_load(NULL, NULL);
}

int main(int argc, char **argv)
{
	pid_t pid;
	int ret;

	totals = shared_alloc(sizeof(*totals));
	ret = totals ? load() : -ENOMEM;
	if (ret) {
		printf("# no amplified build: %s; %s\n", strerror(-ret),
		       dbgmem_errstr());
		return 1;
	}
	/* The harness does not come back. */
	fflush(stdout);
	pid = fork();
	if (!pid)
		return test_harness_run(argc, argv);
	ret = pid < 0 ? 1 : child_wait(pid);
	printf("# pairs: %u of %u cells, %ld calls, %u ms each, %u s\n",
	       totals->cells, totals->wanted, totals->made, totals->ms,
	       totals->seconds);
	if (unload()) {
		printf("# the module is not loaded again: %s\n",
		       dbgmem_errstr());
		ret = 1;
	}
	return ret;
}
