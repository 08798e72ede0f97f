/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of libdbgmem share: a target, a handle on it, its failures. */
#ifndef SELFTESTS_LIB_H
#define SELFTESTS_LIB_H

#include "common.h"

#include <poll.h>

#include <dbgmem.h>

#include "kselftest_harness.h"

#define PAGE	4096UL
#define PAGES	8

static inline const char *missing_words(const char *const *words, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strstr(dbgmem_errstr(), words[i]))
			return words[i];
	return "";
}

/*
 * The failure of the last call: code, gate, and words of its sentence. To be
 * used where the call was made, as it is the calling thread's.
 */
#define EXPECT_ERROR(_code, _gate, ...) do {				\
	static const char *const _words[] = { __VA_ARGS__ };		\
	EXPECT_EQ(_code, dbgmem_last_error()->code)			\
		TH_LOG("%s", dbgmem_errstr());				\
	EXPECT_EQ(_gate, dbgmem_last_error()->gate)			\
		TH_LOG("%s: %s", dbgmem_gate_str(dbgmem_last_error()->gate), \
		       dbgmem_errstr());				\
	EXPECT_STREQ("", missing_words(_words, sizeof(_words) /		\
					       sizeof(_words[0])))	\
		TH_LOG("%s", dbgmem_errstr());				\
	EXPECT_EQ(NULL, strchr(dbgmem_errstr(), '\n'));			\
} while (0)

/* The sentence of the last failure names @addr. */
#define EXPECT_ADDRESS(addr) do {					\
	char _text[32];							\
									\
	snprintf(_text, sizeof(_text), "at 0x%llx",			\
		 (unsigned long long)(addr));				\
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), _text))			\
		TH_LOG("no '%s' in: %s", _text, dbgmem_errstr());	\
} while (0)

static inline uint8_t pattern(size_t i)
{
	return (uint8_t)(i * 7 + i / 251);
}

/* --- what targets do --- */

static char *mem;	/* PAGES pages; the same address in the target */

/* With the pattern in it. */
static inline bool mem_make(void)
{
	size_t i;

	mem = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (i = 0; mem != MAP_FAILED && i < PAGES * PAGE; i++)
		mem[i] = (char)pattern(i);
	return mem != MAP_FAILED;
}

static inline long hole_make(void *page)
{
	return munmap(page, PAGE);
}

static inline long page_protect_none(void *page)
{
	return mprotect(page, PAGE, PROT_NONE);
}

static inline long page_protect_read(void *page)
{
	return mprotect(page, PAGE, PROT_READ);
}

static inline long page_drop(void *page)
{
	return madvise(page, PAGE, MADV_DONTNEED);
}

static inline long byte_get(void *addr)
{
	return *(volatile unsigned char *)addr;
}

/* Bytes that are not the pattern's. The hole, if any, is left out. */
static inline long bytes_changed(void *hole)
{
	long n = 0;
	size_t i;

	for (i = 0; i < PAGES * PAGE; i++) {
		if (hole && mem + i >= (char *)hole &&
		    mem + i < (char *)hole + PAGE)
			continue;
		n += (uint8_t)mem[i] != pattern(i);
	}
	return n;
}

static inline long other_program(void *unused)
{
	execl("/proc/self/exe", "test_lib", "sleep", NULL);
	return -errno;
}

/* --- the fixture: a target with the pattern in it, and a handle --- */

FIXTURE(lib) {
	struct target t;
	struct dbgmem *m;
	uint64_t addr;
	char buf[PAGES * PAGE];
};

FIXTURE_SETUP(lib)
{
	ASSERT_TRUE(mem_make());
	self->addr = (uintptr_t)mem;
	ASSERT_EQ(0, target_start(&self->t));
	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_WRITE, &self->m))
		TH_LOG("%s", dbgmem_errstr());
}

FIXTURE_TEARDOWN(lib)
{
	dbgmem_close(self->m);
	target_stop(&self->t);
	munmap(mem, PAGES * PAGE);
}

static inline bool is_pattern(const char *buf, size_t from, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((uint8_t)buf[i] != pattern(from + i))
			return false;
	return true;
}

/* other_program() runs the test with an argument: only wait. */
__attribute__((constructor)) static void sleeper(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "sleep")) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
}

#endif /* SELFTESTS_LIB_H */
