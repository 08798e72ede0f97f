// SPDX-License-Identifier: GPL-2.0
/*
 * The target runs code that was written by each of the calls.
 *
 * An emulated CPU has no stale instruction cache. Where the machine needs it, a
 * test checks that the kernel's cache flush was called.
 */
#include "code.h"
#include "slow.h"
#include "engine.h"

#define TRACING	"/sys/kernel/tracing/"
#define ROUNDS	50

/* --- kinds of code, and ways to write it --- */

enum kind { ANON, FILE_PRIVATE, FILE_SHARED, NR_KINDS };

static const char *const kinds[] = { "anonymous", "private file", "shared file" };

enum way { WRITE, EXACT, CMPXCHG, VECTOR, VECTOR_EXACT, NR_WAYS };

static const char *const ways[] = {
	"WRITE", "EXACT", "CMPXCHG", "VECTOR", "VECTOR EXACT",
};

FIXTURE(code) {
	struct bed bed;
	struct bed *b;
	char *code[NR_KINDS];
};

FIXTURE_VARIANT(code) {
	const char *engine;
};

ENGINE_VARIANT(code, remote);
ENGINE_VARIANT(code, pinned);
ENGINE_VARIANT(code, auto);

/* Not to be written by the target, but if it is shared. */
static char *map_code(enum kind kind)
{
	char image[CODE_SIZE] __attribute__((aligned(16)));
	int fd = -1, prot = PROT_READ | PROT_EXEC, flags = MAP_ANON_PRIVATE;
	char *p;

	code_emit(image, 1);
	if (kind != ANON) {
		fd = memfd_create("code", MFD_CLOEXEC);
		if (fd < 0 || ftruncate(fd, PAGE))
			return MAP_FAILED;
		if (pwrite(fd, image, CODE_SIZE, 0) != CODE_SIZE)
			return MAP_FAILED;
		flags = MAP_PRIVATE;
	}
	if (kind == FILE_SHARED) {
		flags = MAP_SHARED;
		prot |= PROT_WRITE;
	}
	p = mmap(NULL, PAGE, prot | PROT_WRITE, flags, fd, 0);
	if (p == MAP_FAILED)
		return p;
	if (kind == ANON)
		memcpy(p, image, CODE_SIZE);
	__builtin___clear_cache(p, p + CODE_SIZE);
	return mprotect(p, PAGE, prot) ? MAP_FAILED : p;
}

FIXTURE_SETUP(code)
{
	int i;

	self->b = &self->bed;
	for (i = 0; i < NR_KINDS; i++) {
		self->code[i] = map_code(i);
		ASSERT_NE(MAP_FAILED, self->code[i]);
	}
	ASSERT_EQ(0, param_set("engine", variant->engine));
	ASSERT_EQ(0, bed_start(self->b));
}

FIXTURE_TEARDOWN(code)
{
	bed_stop(self->b);
	param_set("engine", "auto");
}

/* The part of the function that has the number is a word. */
#define WORD	8

static int exchange(int fd, const char *at, const char *image)
{
	struct dbgmem_cmpxchg_args c = {
		.size = sizeof(c),
		.flags = DBGMEM_FORCE,
		.addr = (uintptr_t)at + WORD,
		.width = 8,
	};

	memcpy(&c.desired, image + WORD, 8);
	if (mem_read(fd, at + WORD, &c.expected, 8, 0, NULL) ||
	    ioctl(fd, DBGMEM_IOC_CMPXCHG, &c))
		return -errno;
	return c.exchanged ? 0 : -EAGAIN;
}

/* In two pieces, of which one is a word. */
static int gather(int fd, const char *at, const char *image, uint32_t flags)
{
	struct dbgmem_segment s[2] = {
		{
			.addr = (uintptr_t)at,
			.buf = (uintptr_t)image,
			.len = WORD - 1,
		}, {
			.addr = (uintptr_t)at + WORD,
			.buf = (uintptr_t)image + WORD,
			.len = 8,
		},
	};
	struct dbgmem_vector v = {
		.size = sizeof(v),
		.flags = flags | DBGMEM_FORCE,
		.op = DBGMEM_OP_WRITE,
		.segments = (uintptr_t)s,
		.nr_segments = 2,
		.segment_size = sizeof(s[0]),
	};

	if (ioctl(fd, DBGMEM_IOC_VECTOR, &v))
		return -errno;
	return v.nr_complete == 2 ? 0 : -EFAULT;
}

/* Have the function at @at return @value. 0 or -errno. */
static int patch(int fd, const char *at, uint32_t value, enum way way)
{
	char image[CODE_SIZE] __attribute__((aligned(16)));

	code_emit(image, value);
	switch (way) {
	case WRITE:
		return mem_write(fd, at, image, CODE_SIZE, DBGMEM_FORCE, NULL);
	case EXACT:
		return mem_write(fd, at, image, CODE_SIZE,
				 DBGMEM_FORCE | DBGMEM_EXACT, NULL);
	case CMPXCHG:
		return exchange(fd, at, image);
	case VECTOR:
		return gather(fd, at, image, 0);
	default:
		return gather(fd, at, image, DBGMEM_EXACT);
	}
}

static long body_call(void *arg)
{
	return code_call(arg);
}

TEST_F_TIMEOUT(code, that_was_patched_returns_the_new_value, 240)
{
	long rounds = slow_rounds(ROUNDS), i;
	struct bed *b = self->b;
	int kind, way;

	for (kind = 0; kind < NR_KINDS; kind++) {
		EXPECT_EQ(1, target_call(b->target, body_call,
					 self->code[kind]));
		for (way = 0; way < NR_WAYS; way++)
			for (i = 0; i < rounds; i++) {
				const uint32_t value = 1000 * (way + 1) + i;

				ASSERT_EQ(0, patch(b->fd, self->code[kind],
						   value, way))
					TH_LOG("%s, %s", kinds[kind], ways[way]);
				ASSERT_EQ(value, target_call(b->target, body_call,
							     self->code[kind]))
					TH_LOG("%s, %s", kinds[kind], ways[way]);
			}
	}
}

/* A trap may be any instructions: these return another number. */
TEST_F_TIMEOUT(code, of_a_breakpoint_is_run_until_it_is_cleared, 240)
{
	char trap[CODE_SIZE] __attribute__((aligned(16)));
	long rounds = slow_rounds(ROUNDS), i;
	struct bed *b = self->b;
	int kind;

	code_emit(trap, 77);
	for (kind = 0; kind < NR_KINDS; kind++)
		for (i = 0; i < rounds; i++) {
			char *at = self->code[kind];

			ASSERT_EQ(0, bp_set(b->fd, at, trap, CODE_SIZE, NULL))
				TH_LOG("%s", kinds[kind]);
			ASSERT_EQ(77, target_call(b->target, body_call, at));
			ASSERT_EQ(0, bp_clear(b->fd, at, NULL));
			ASSERT_EQ(1, target_call(b->target, body_call, at));
		}
}

/* --- what the kernel does about caches --- */

#define PROBES	TRACING "kprobe_events"
#define GROUP	"dbgmem_code"

static int probes_write(const char *text)
{
	int fd = open(PROBES, O_WRONLY | O_APPEND | O_CLOEXEC), ret = 0;

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		ret = -errno;
	if (fd >= 0)
		close(fd);
	return ret;
}

static void probes_end(void)
{
	file_write(TRACING "events/" GROUP "/enable", "0");
	probes_write("-:" GROUP "/user\n");
	probes_write("-:" GROUP "/all\n");
}

/*
 * Both are of arm64: what access_process_vm() does for a page of code, and the end
 * of flush_icache_range(), which has all CPUs see what there is.
 */
static int probes_begin(void)
{
	int ret;

	probes_end();
	ret = probes_write("p:" GROUP "/user sync_icache_aliases\n");
	return ret ? ret : probes_write("p:" GROUP "/all kick_all_cpus_sync\n");
}

static void trace_begin(void)
{
	char filter[64];
	int fd = open(TRACING "trace", O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	snprintf(filter, sizeof(filter), "common_pid == %d", (int)getpid());
	file_write(TRACING "events/" GROUP "/filter", filter);
	file_write(TRACING "events/" GROUP "/enable", "1");
}

/* Was anything done by us since trace_begin()? */
static bool trace_end(void)
{
	static char text[65536];

	file_write(TRACING "events/" GROUP "/enable", "0");
	return file_read(TRACING "trace", text, sizeof(text)) > 0 &&
	       (strstr(text, ": user:") || strstr(text, ": all:"));
}

TEST_F_TIMEOUT(code, that_was_written_is_made_known_to_instruction_caches, 120)
{
	char trap[CODE_SIZE] __attribute__((aligned(16)));
	struct bed *b = self->b;
	bool done[NR_WAYS + 2];
	char *at;
	int kind, way;

#ifndef __aarch64__
	SKIP(return, "on this machine instruction fetch sees what is written");
#endif
	ASSERT_EQ(0, probes_begin());
	code_emit(trap, 77);
	for (kind = 0; kind < NR_KINDS; kind++) {
		at = self->code[kind];
		/* The page is the target's own by then, and has been run. */
		ASSERT_EQ(0, patch(b->fd, at, 1, WRITE));
		ASSERT_EQ(1, target_call(b->target, body_call, at));
		trace_begin();
		EXPECT_EQ(1, target_call(b->target, body_call, at));
		EXPECT_FALSE(trace_end());
		for (way = 0; way < NR_WAYS; way++) {
			trace_begin();
			EXPECT_EQ(0, patch(b->fd, at, 2 + way, way));
			done[way] = trace_end();
		}
		trace_begin();
		EXPECT_EQ(0, bp_set(b->fd, at, trap, CODE_SIZE, NULL));
		done[way++] = trace_end();
		trace_begin();
		EXPECT_EQ(0, bp_clear(b->fd, at, NULL));
		done[way++] = trace_end();
		while (way--) {
			EXPECT_TRUE(done[way])
				TH_LOG("%s, %s", kinds[kind],
				       way < NR_WAYS ? ways[way] : "breakpoint");
		}
	}
	probes_end();
}

TEST_HARNESS_MAIN
