// SPDX-License-Identifier: GPL-2.0
/*
 * Targets run into breakpoints: in the program's text, in a library, in code made
 * at run time; with and without a tracer.
 */
#include "code.h"
#include "proc.h"
#include <kselftest_harness.h>

#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <sys/auxv.h>

FIXTURE(life) {
	struct bed bed;
	struct bed *b;
	char *code;		/* a page that may be executed and written */
	struct survivor *survivor;
};

FIXTURE_SETUP(life)
{
	self->b = &self->bed;
	self->code = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_ANON_PRIVATE, -1, 0);
	ASSERT_NE(MAP_FAILED, self->code);
	self->survivor = shared_alloc(PAGE);
	ASSERT_NE(NULL, self->survivor);
	code_emit(self->code, 77);
	ASSERT_EQ(0, bed_start(self->b));
}

FIXTURE_TEARDOWN(life)
{
	bed_stop(self->b);
}

/* --- a traced process --- */

/*
 * Plant @trap at @at in a child that is about to run @body, see it hit, and let
 * it go on without: it must end with @code.
 */
static void hit_and_go_on(struct __test_metadata *_metadata,
			  long (*body)(void *arg), void *arg, char *at,
			  const char *trap, uint32_t len, int code)
{
	char seen[DBGMEM_BP_MAX_LEN], was[DBGMEM_BP_MAX_LEN];
	struct dbgmem_bp_set_args s;
	pid_t pid;
	int fd;

	memcpy(was, at, len);
	pid = tracee_start(body, arg);
	ASSERT_LT(0, pid);
	fd = session_open(pid, O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, bp_set(fd, at, trap, len, &s));
	EXPECT_EQ(0, memcmp(s.original, was, len));

	ASSERT_TRUE(tracee_hits(pid, at));
	EXPECT_TRUE(shows(fd, at, was, len, 0));
	EXPECT_TRUE(shows(fd, at, trap, len, DBGMEM_RAW));
	/* A second time, as nothing has changed. */
	tracee_pc(pid, (uintptr_t)at);
	ASSERT_TRUE(tracee_hits(pid, at));
	/* What was there is here. */
	memcpy(seen, at, len);
	EXPECT_EQ(0, memcmp(seen, was, len));

	ASSERT_EQ(0, bp_clear(fd, at, NULL));
	tracee_pc(pid, (uintptr_t)at);
	EXPECT_EQ(code, tracee_end(pid));
	close(fd);
}

__attribute__((noinline, noclone)) static long stepped_on(long n)
{
	volatile long v = n;

	return v * 2 + 1;
}

static long body_text(void *arg)
{
	return stepped_on((long)arg);
}

static long body_library(void *arg)
{
	return getppid() == (pid_t)(long)arg ? 7 : 8;
}

static long body_code(void *arg)
{
	return code_call(arg);
}

/* @len bytes of the file that is mapped at @at, as the file has them. */
static int file_bytes(const void *at, void *buf, size_t len)
{
	unsigned long start, end, off;
	char line[512], path[256];
	ssize_t n = -1;
	FILE *f;
	int fd;

	f = fopen("/proc/self/maps", "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx %*s %lx %*s %*u %255s", &start, &end,
			   &off, path) != 4 ||
		    (uintptr_t)at < start || (uintptr_t)at >= end)
			continue;
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			n = pread(fd, buf, len, off + (uintptr_t)at - start);
		close(fd);
	}
	if (f)
		fclose(f);
	return n == (ssize_t)len ? 0 : -1;
}

/* Text of a file: others who run it do not notice, and the file is as it was. */
static void in_file(struct __test_metadata *_metadata, char *at,
		    bool (*works_here)(void))
{
	char before[16], during[16];
	int fd, mem;
	pid_t pid;

	ASSERT_EQ(0, file_bytes(at, before, 16));
	EXPECT_EQ(0, memcmp(before, at, 16));
	pid = tracee_start(body_text, NULL);
	ASSERT_LT(0, pid);
	fd = session_open(pid, O_RDWR);
	mem = proc_open(pid, "mem", O_RDONLY);
	ASSERT_EQ(0, bp_set(fd, at, LONG_TRAP, 16, NULL));
	ASSERT_EQ(16, pread(mem, during, 16, (uintptr_t)at));
	EXPECT_EQ(0, memcmp(during, LONG_TRAP, 16));
	ASSERT_EQ(0, file_bytes(at, during, 16));
	EXPECT_EQ(0, memcmp(during, before, 16));
	EXPECT_TRUE(works_here());
	close(fd);
	ASSERT_EQ(16, pread(mem, during, 16, (uintptr_t)at));
	EXPECT_EQ(0, memcmp(during, before, 16));
	ASSERT_EQ(0, file_bytes(at, during, 16));
	EXPECT_EQ(0, memcmp(during, before, 16));
	close(mem);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static bool text_works(void)
{
	return stepped_on(20) == 41;
}

static bool library_works(void)
{
	return getppid() > 0;
}

TEST_F_TIMEOUT(life, in_the_text_of_a_program, 60)
{
	hit_and_go_on(_metadata, body_text, (void *)20L, (char *)stepped_on,
		      TRAP, TRAP_LEN, 41);
	in_file(_metadata, (char *)stepped_on, text_works);
}

TEST_F_TIMEOUT(life, in_the_text_of_a_shared_library, 60)
{
	char *at = dlsym(RTLD_DEFAULT, "getppid");

	ASSERT_NE(NULL, at);
	hit_and_go_on(_metadata, body_library, (void *)(long)getpid(), at, TRAP,
		      TRAP_LEN, 7);
	in_file(_metadata, at, library_works);
}

TEST_F_TIMEOUT(life, in_code_made_at_run_time, 60)
{
	int i;

	for (i = 0; i < CODE_INSTRUCTIONS; i++)
		hit_and_go_on(_metadata, body_code, self->code,
			      self->code + code_instruction(i), TRAP, TRAP_LEN,
			      77);
}

TEST_F_TIMEOUT(life, longer_than_one_instruction, 60)
{
	char all[DBGMEM_BP_MAX_LEN], *at = self->code + PAGE / 2 - CODE_ODD;
	uint32_t len;

	for (len = 0; len < sizeof(all); len += TRAP_LEN)
		memcpy(all + len, TRAP, TRAP_LEN);
	for (len = 2 * CODE_STEP; len <= sizeof(all); len += CODE_STEP) {
		/* In place, and across words. */
		hit_and_go_on(_metadata, body_code, self->code, self->code, all,
			      len, 77);
		code_emit(at, 78);
		hit_and_go_on(_metadata, body_code, at, at, all, len, 78);
	}
}

TEST_F_TIMEOUT(life, in_code_that_is_mapped_twice, 60)
{
	int memfd = memfd_create("code", MFD_CLOEXEC);
	char *rw, *rx;
	pid_t pid;
	int fd;

	ASSERT_EQ(0, ftruncate(memfd, PAGE));
	rw = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, memfd, 0);
	rx = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, memfd, 0);
	ASSERT_NE(MAP_FAILED, rw);
	ASSERT_NE(MAP_FAILED, rx);
	code_emit(rw, 55);
	pid = tracee_start(body_code, rx);
	ASSERT_LT(0, pid);
	fd = session_open(pid, O_RDWR);
	ASSERT_LE(0, fd);
	/* Not where it is shared and read-only, as ptrace would not either. */
	EXPECT_EQ(-EFAULT, bp_set(fd, rx, TRAP, TRAP_LEN, NULL));
	ASSERT_EQ(0, bp_set(fd, rw, TRAP, TRAP_LEN, NULL));
	ASSERT_TRUE(tracee_hits(pid, rx));
	/* At the other address it is what it is, memory. */
	EXPECT_TRUE(shows(fd, rw, CODE_FIRST, 1, 0));
	EXPECT_TRUE(shows(fd, rx, TRAP, TRAP_LEN, 0));
	ASSERT_EQ(0, bp_clear(fd, rw, NULL));
	tracee_pc(pid, (uintptr_t)rx);
	EXPECT_EQ(55, tracee_end(pid));
	close(fd);
}

TEST_F_TIMEOUT(life, in_the_vdso, 60)
{
	char *vdso = (char *)getauxval(AT_SYSINFO_EHDR);
	struct bed *b = self->b;
	char was[16];

	if (!vdso)
		SKIP(return, "this kernel gives its processes no vdso");
	memcpy(was, vdso + 1024, 16);
	ASSERT_EQ(0, bp_set(b->fd, vdso + 1024, LONG_TRAP, 16, NULL));
	EXPECT_TRUE(truth_is(b, vdso + 1024, LONG_TRAP, 16));
	/* All processes have the same page, but this one has its own now. */
	EXPECT_EQ(0, memcmp(was, vdso + 1024, 16));
	ASSERT_EQ(0, bp_clear(b->fd, vdso + 1024, NULL));
	EXPECT_TRUE(truth_is(b, vdso + 1024, was, 16));
}

/* --- fork --- */

TEST_F_TIMEOUT(life, siblings_that_share_the_page_are_not_touched, 60)
{
	struct target sibling;
	struct bed *b = self->b;
	int mem;

	ASSERT_EQ(0, target_start(&sibling));
	mem = proc_open(sibling.pid, "mem", O_RDONLY);
	ASSERT_EQ(0, bp_set(b->fd, self->code, INT3, 1, NULL));
	EXPECT_TRUE(truth_is(b, self->code, INT3, 1));
	EXPECT_EQ(77, target_call(&sibling, body_code, self->code));
	EXPECT_EQ(77, code_call(self->code));
	ASSERT_EQ(0, bp_clear(b->fd, self->code, NULL));
	EXPECT_EQ(77, target_call(b->target, body_code, self->code));
	close(mem);
	target_stop(&sibling);
}

static long job_fork(void *arg)
{
	pid_t pid = fork();
	int i;

	(void)arg;
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < 1000; i++)
		sleep_ms(1000);
	_exit(0);
}

TEST_F_TIMEOUT(life, children_of_fork_inherit_the_trap_and_keep_it, 60)
{
	struct bed *b = self->b;
	struct dbgmem_bp_list_args l;
	int mem, fd;
	pid_t pid;
	char c;

	ASSERT_EQ(0, bp_set(b->fd, self->code, INT3, 1, NULL));
	pid = target_call(b->target, job_fork, NULL);
	ASSERT_LT(0, pid);
	mem = proc_open(pid, "mem", O_RDONLY);
	fd = session_open(pid, O_RDWR);
	ASSERT_EQ(1, pread(mem, &c, 1, (uintptr_t)self->code));
	EXPECT_EQ(*INT3, c);
	/* Nobody's, on that address space. */
	EXPECT_TRUE(shows(fd, self->code, INT3, 1, 0));
	ASSERT_EQ(0, bp_list(fd, NULL, 0, 0, DBGMEM_BP_ALL, &l));
	EXPECT_EQ(0, l.total);
	close(b->fd);
	b->fd = b->fixture.fd = -1;
	EXPECT_EQ(77, target_call(b->target, body_code, self->code));
	ASSERT_EQ(1, pread(mem, &c, 1, (uintptr_t)self->code));
	EXPECT_EQ(*INT3, c);
	kill(pid, SIGKILL);
	close(mem);
	close(fd);
}

/* --- code that runs all the time --- */

struct runner {
	char *code;
	int stop;
	long rounds, wrong;
};

static void *run_code(void *arg)
{
	struct runner *r = arg;

	while (!__atomic_load_n(&r->stop, __ATOMIC_RELAXED)) {
		if (code_call(r->code) != 77)
			__atomic_add_fetch(&r->wrong, 1, __ATOMIC_RELAXED);
		__atomic_add_fetch(&r->rounds, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* Two threads run it, until told to stop. */
static long job_run(void *arg)
{
	pthread_t thread[2];
	int i;

	for (i = 0; i < 2; i++)
		if (pthread_create(&thread[i], NULL, run_code, arg))
			return -1;
	for (i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	return 0;
}

#define TIMES	5000

/*
 * Has anybody met the trap, within two seconds? An emulated CPU may go on with
 * what it made of the code before, if it did so in the moment of the change: so
 * say it again.
 */
static bool is_met(struct bed *b, struct survivor *s, char *at)
{
	long hits = __atomic_load_n(&s->hits, __ATOMIC_RELAXED);
	int i;

	for (i = 0; i < 2000; i++) {
		if (__atomic_load_n(&s->hits, __ATOMIC_RELAXED) != hits)
			return true;
		if (i % 20 == 19)
			mem_write(b->fd, at, TRAP, TRAP_LEN, DBGMEM_RAW, NULL);
		sleep_ms(1);
	}
	return false;
}

/* The same for the original code: until the target has answered. */
static long wait_for_end(struct bed *b, char *code)
{
	struct pollfd p = { .fd = b->target->from, .events = POLLIN };

	while (poll(&p, 1, 20) == 0)
		mem_write(b->fd, code, code, CODE_SIZE, DBGMEM_RAW, NULL);
	return target_wait(b->target);
}

TEST_F_TIMEOUT(life, in_code_that_threads_run_all_the_time, 60)
{
	struct runner *r = shared_alloc(PAGE);
	struct survivor *s = self->survivor;
	struct bed *b = self->b;
	char *at;
	int i;

	r->code = self->code;
	ASSERT_EQ(0, bed_restart(b));
	ASSERT_EQ(0, target_call(b->target, job_survive, s));
	target_send(b->target, job_run, r);
	for (i = 0; i < TIMES; i++) {
		at = self->code + code_instruction(i * 5 % CODE_LIVE);
		ASSERT_EQ(0, bp_set(b->fd, at, TRAP, TRAP_LEN, NULL));
		/* Now and then, make sure of it. */
		if (i % 50 == 0)
			ASSERT_TRUE(is_met(b, s, at));
		ASSERT_EQ(0, bp_clear(b->fd, at, NULL));
	}
	__atomic_store_n(&r->stop, 1, __ATOMIC_RELAXED);
	EXPECT_EQ(0, wait_for_end(b, self->code));
	EXPECT_EQ(0, s->odd);
	EXPECT_EQ(0, r->wrong);
	EXPECT_LE(TIMES / 50, s->hits);
	EXPECT_EQ(0, fdinfo_number(b->fd, "dbgmem-breakpoints-lost:"));
	TH_LOG("%ld hits in %ld rounds", s->hits, r->rounds);
}

/* --- what fits into a word goes in and out at once --- */

struct looker {
	uint64_t *word, before, after;
	int stop;
	long rounds, saw_before, saw_after, torn;
};

static long job_look(void *arg)
{
	struct looker *l = arg;

	while (!__atomic_load_n(&l->stop, __ATOMIC_RELAXED)) {
		uint64_t v = __atomic_load_n(l->word, __ATOMIC_RELAXED);

		l->saw_before += v == l->before;
		l->saw_after += v == l->after;
		l->torn += v != l->before && v != l->after;
	}
	return 0;
}

TEST_F_TIMEOUT(life, the_target_sees_all_of_a_short_trap_or_nothing, 60)
{
	struct looker *l = shared_alloc(PAGE);
	struct bed *b = self->b;
	uint32_t off, len;
	double start;

	l->word = (void *)(b->mem + 64);
	ASSERT_EQ(0, bed_restart(b));
	for (len = 1; len <= 8; len += len < 3 ? 1 : 5)
		for (off = 0; off + len <= 8; off++) {
			memset(l, 0, sizeof(*l));
			l->word = (void *)(b->mem + 64);
			pattern_fill(&l->before, 64, 8, 3);
			l->after = l->before;
			memcpy((char *)&l->after + off, LONG_TRAP, len);
			target_send(b->target, job_look, l);
			start = now();
			while (now() < start + 10 &&
			       (l->saw_before < 100 || l->saw_after < 100)) {
				ASSERT_EQ(0, bp_set(b->fd, b->mem + 64 + off,
						    LONG_TRAP, len, NULL));
				ASSERT_EQ(0, bp_clear(b->fd, b->mem + 64 + off,
						      NULL));
			}
			__atomic_store_n(&l->stop, 1, __ATOMIC_RELAXED);
			EXPECT_EQ(0, target_wait(b->target));
			EXPECT_EQ(0, l->torn)
				TH_LOG("%u bytes at %u", len, off);
			EXPECT_LE(100, l->saw_before);
			EXPECT_LE(100, l->saw_after);
		}
}

TEST_HARNESS_MAIN
