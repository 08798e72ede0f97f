// SPDX-License-Identifier: GPL-2.0
#include "ledger.h"
#include "random.h"

#define NONSENSE 0xdeaddeaddeaddeadULL

/* A word says its page and its number; both are in [1, 2^24). */
static uint64_t stamp(unsigned int page, uint32_t number)
{
	return (uint64_t)0x5117 << 48 | (uint64_t)(page + 1) << 24 | number;
}

static void fill(char *at, uint64_t value)
{
	uint64_t *word = (uint64_t *)at;
	size_t i;

	for (i = 0; i < WORDS; i++)
		__atomic_store_n(&word[i], value, __ATOMIC_RELAXED);
}

static void begin(struct race *r, unsigned int page)
{
	__atomic_add_fetch(&r->l->page[page].flux, 1, __ATOMIC_SEQ_CST);
}

/* Written all the time, without being in flux: the number only grows. */
static void rewrite(struct race *r, unsigned int page)
{
	uint32_t number = r->l->page[page].number + 1;

	fill(r->mem + page * PAGE, stamp(page, number));
	__atomic_store_n(&r->l->page[page].number, number, __ATOMIC_SEQ_CST);
}

static void finish(struct race *r, unsigned int page)
{
	rewrite(r, page);
	__atomic_add_fetch(&r->l->page[page].flux, 1, __ATOMIC_SEQ_CST);
}

static void *map_page(char *at)
{
	return mmap(at, PAGE, PROT_READ | PROT_WRITE,
		    MAP_ANON_PRIVATE | MAP_FIXED, -1, 0);
}

/* What was here is at @to, with other contents, and here is a new page. */
static void move(struct race *r, unsigned int page, char *to)
{
	char *at = r->mem + page * PAGE;

	if (mremap(at, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) ==
	    MAP_FAILED)
		abort();
	fill(to, NONSENSE);
	if (map_page(at) == MAP_FAILED)
		abort();
	r->l->moves++;
}

static void replace(struct race *r, unsigned int page)
{
	char *at = r->mem + page * PAGE;

	if (munmap(at, PAGE))
		abort();
	/* Likely the page that was just freed. */
	fill(r->aside, NONSENSE);
	if (map_page(at) == MAP_FAILED)
		abort();
	madvise(r->aside, PAGE, MADV_DONTNEED);
}

static void protect(struct race *r, unsigned int page)
{
	char *at = r->mem + page * PAGE;

	if (mprotect(at, PAGE, PROT_NONE))
		abort();
	sched_yield();
	if (mprotect(at, PAGE, PROT_READ | PROT_WRITE))
		abort();
}

/*
 * The child gets the old pages as the target writes, and puts nonsense there as
 * soon as it may have them alone. A mirror knows at once, so that is no flux.
 */
static void copy_all(struct race *r)
{
	unsigned int i;
	int gate[2];
	pid_t pid;
	char c;

	if (pipe(gate))
		abort();
	pid = fork();
	if (pid < 0)
		abort();
	if (!pid) {
		close(gate[1]);
		if (read(gate[0], &c, 1) < 0)
			_exit(1);
		for (i = 0; i < PAGES; i++)
			fill(r->mem + i * PAGE, NONSENSE);
		_exit(0);
	}
	close(gate[0]);
	for (i = 0; i < PAGES; i++) {
		if (r->copies_are_flux)
			begin(r, i);
		rewrite(r, i);
	}
	close(gate[1]);
	waitpid(pid, NULL, 0);
	for (i = 0; i < PAGES && r->copies_are_flux; i++)
		finish(r, i);
	r->l->forks++;
}

static void migrate(void)
{
	static int fd = -1;

	if (fd == -1)
		fd = open("/proc/sys/vm/compact_memory", O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, "1", 1) < 0)
		fd = -2;
}

static void change(struct race *r, uint64_t *state)
{
	unsigned int page = random_below(state, PAGES), what = random_below(state, 64);

	if (what < 20) {
		rewrite(r, page);
		return;
	}
	if (what == 62) {
		copy_all(r);
		return;
	}
	if (what == 63) {
		if (!random_below(state, 16))
			migrate();
		return;
	}
	begin(r, page);
	if (what < 34)
		move(r, page, r->aside + PAGE * (1 + page % 4));
	else if (what < 46)
		replace(r, page);
	else if (what < 54)
		madvise(r->mem + page * PAGE, PAGE, MADV_DONTNEED);
	else
		protect(r, page);
	finish(r, page);
}

static long change_until_told(void *arg)
{
	struct race *r = arg;
	uint64_t state = 0x2545f4914f6cdd1d;
	unsigned int i;

	for (i = 0; i < PAGES; i++) {
		begin(r, i);
		finish(r, i);
	}
	while (!__atomic_load_n(&r->l->stop, __ATOMIC_ACQUIRE)) {
		change(r, &state);
		__atomic_add_fetch(&r->l->changes, 1, __ATOMIC_RELAXED);
	}
	return 0;
}

struct race *race_alloc(void)
{
	struct race *r = shared_alloc(PAGE);

	if (!r)
		return NULL;
	r->l = shared_alloc(sizeof(*r->l));
	/* A gap, so that what is moved about does not merge. */
	r->mem = private_alloc(AREA + 8 * PAGE);
	if (!r->l || !r->mem || munmap(r->mem + AREA, PAGE))
		return NULL;
	r->aside = r->mem + AREA + PAGE;
	/* make check RACE=: seconds, however many rounds these are */
	if (getenv("DBGMEM_RACE"))
		r->until = now() + atof(getenv("DBGMEM_RACE"));
	return r;
}

bool race_goes_on(const struct race *r, long done, long rounds)
{
	return r->until ? now() < r->until : done < rounds;
}

void race_begin(struct target *t, struct race *r)
{
	target_send(t, change_until_told, r);
	while (!__atomic_load_n(&r->l->changes, __ATOMIC_RELAXED))
		sched_yield();
}

long race_end(struct target *t, struct race *r)
{
	__atomic_store_n(&r->l->stop, 1, __ATOMIC_RELEASE);
	return target_wait(t);
}

void look_before(const struct race *r, struct look *l, unsigned int page)
{
	l->page = page;
	l->flux = __atomic_load_n(&r->l->page[page].flux, __ATOMIC_SEQ_CST);
	l->number = __atomic_load_n(&r->l->page[page].number, __ATOMIC_SEQ_CST);
}

bool held_still(const struct race *r, const struct look *l)
{
	return !(l->flux & 1) &&
	       __atomic_load_n(&r->l->page[l->page].flux, __ATOMIC_SEQ_CST) ==
	       l->flux;
}

bool is_right(const struct look *l, bool still, uint64_t word)
{
	if (still)
		return word >= stamp(l->page, l->number) &&
		       word <= stamp(l->page, 0xffffff);
	return !word || !((word ^ stamp(l->page, 0)) >> 24);
}

bool may_be_right(const struct look *l, bool still, uint64_t word)
{
	uint64_t what = stamp(l->page, 0);
	int byte;

	for (byte = 3; byte < 8; byte++) {
		uint8_t is = word >> 8 * byte;

		if (is != (uint8_t)(what >> 8 * byte) && (still || is))
			return false;
	}
	return true;
}
