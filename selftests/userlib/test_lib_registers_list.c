// SPDX-License-Identifier: GPL-2.0
/*
 * libdbgmem: the list of registers, and threads whose registers cannot be read.
 */
#include "x86_only.h"
#ifdef __x86_64__
#include "userlib.h"
#include "proc.h"
#include "registers_fixture.h"

#include <pthread.h>

/* --- which there are --- */

TEST_F(registers, the_list_has_each_of_them_once)
{
	struct dbgmem_register reg[256], one;
	unsigned int kinds = 0;
	uint32_t cursor = 0;
	int n = 0, i, k, ret;

	while ((ret = dbgmem_register_next(self->c.pid, &cursor, &reg[n])) == 1)
		ASSERT_LT(++n, 256);
	EXPECT_EQ(0, ret);
	EXPECT_EQ(0, dbgmem_register_next(self->c.pid, &cursor, &one));
	for (i = 0; i < n; i++) {
		ASSERT_EQ(0, dbgmem_register_find(self->c.pid, reg[i].name,
						  &one));
		EXPECT_EQ(0, memcmp(&reg[i], &one, sizeof(one)));
		EXPECT_GT(one.size, 0);
		EXPECT_LE(one.size, VECTOR_SIZE);
		kinds |= 1U << one.kind;
		for (k = 0; k < i; k++) {
			EXPECT_NE(reg[i].id, reg[k].id);
			EXPECT_NE(0, strcmp(reg[i].name, reg[k].name));
		}
	}
	EXPECT_EQ((1U << (DBGMEM_REGISTER_CONTROL + 1)) - 1, kinds);
	/* 27 general ones, 8 of x87 and 5 for it, 16 of SSE, 16 of AVX */
	EXPECT_GE(n, self->vectors < VECTORS_AVX ? 56 : 72);

	ASSERT_EQ(0, dbgmem_register_find(self->c.pid, "rip", &one));
	EXPECT_EQ(DBGMEM_REGISTER_PC, one.kind);
	EXPECT_EQ(8, one.size);
	ASSERT_EQ(0, dbgmem_register_find(self->c.pid, "xmm15", &one));
	EXPECT_EQ(DBGMEM_REGISTER_VECTOR, one.kind);
	EXPECT_EQ(16, one.size);
	ASSERT_EQ(0, dbgmem_register_find(self->c.pid, "st7", &one));
	EXPECT_EQ(DBGMEM_REGISTER_FLOAT, one.kind);
	EXPECT_EQ(10, one.size);
}

TEST_F(registers, names_that_are_none)
{
	static const char *const names[] = {
		"", "ra", "raxx", "RAX", "xmm", "xmm16", "xmm01", "eip", "x0",
	};
	struct dbgmem_register reg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		EXPECT_EQ(-ENOENT, dbgmem_register_find(self->c.pid, names[i],
							&reg))
			TH_LOG("name %zu", i);
	EXPECT_ERROR(ENOENT, DBGMEM_SOURCE_USAGE, "no register 'x0'");
}

TEST_F(registers, an_id_of_another_kind_of_thread)
{
	struct dbgmem_context ctx = { .tid = self->c.pid };
	struct dbgmem_location loc = { DBGMEM_LOCATION_REGISTER, 1 << 16, 0 };
	uint64_t done = 9;
	char buf[8];

	EXPECT_EQ(-EINVAL, dbgmem_context_read(&ctx, &loc, buf, 8, &done));
	EXPECT_EQ(0, done);
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "0x10000", "kind of thread");
	loc.reg = 0xffff;
	EXPECT_EQ(-EINVAL, dbgmem_context_write(&ctx, &loc, buf, 8, &done));
	loc.reg = UINT32_MAX;
	EXPECT_EQ(-EINVAL, dbgmem_context_write(&ctx, &loc, buf, 8, &done));
}

/* Also of those that other processors have. */
TEST_F(registers, an_id_is_in_the_list_or_refused)
{
	struct dbgmem_context ctx = { .tid = self->c.pid };
	struct dbgmem_location loc = { .kind = DBGMEM_LOCATION_REGISTER };
	struct dbgmem_register reg;
	uint32_t cursor = 0, id;
	uint64_t done;
	char byte;

	ASSERT_EQ(1, dbgmem_register_next(self->c.pid, &cursor, &reg));
	for (id = 0; id < 300; id++) {
		loc.reg = id;
		if (id == reg.id) {
			EXPECT_EQ(DBGMEM_FULL, dbgmem_context_read(&ctx, &loc,
				  &byte, 1, &done)) TH_LOG("%s", reg.name);
			dbgmem_register_next(self->c.pid, &cursor, &reg);
			continue;
		}
		EXPECT_EQ(-EINVAL, dbgmem_context_read(&ctx, &loc, &byte, 1,
						       &done));
	}
}

/* --- threads that cannot be asked --- */

TEST(a_thread_that_nobody_traces)
{
	struct dbgmem_register reg;
	uint32_t cursor = 0;
	struct target t;

	ASSERT_EQ(0, target_start(&t));
	EXPECT_EQ(-EBUSY, dbgmem_register_next(t.pid, &cursor, &reg));
	EXPECT_ERROR(EBUSY, DBGMEM_SOURCE_TRACER, "nobody traces it",
		     "PTRACE_SEIZE");
	EXPECT_EQ(t.pid, dbgmem_last_error()->pid);
	EXPECT_EQ(-EBUSY, dbgmem_register_find(t.pid, "pc", &reg));
	target_stop(&t);
}

TEST(a_thread_that_runs)
{
	struct dbgmem_register reg;
	struct target t;

	ASSERT_EQ(0, target_start(&t));
	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, t.pid, NULL, NULL));
	EXPECT_EQ(-EBUSY, dbgmem_register_find(t.pid, "pc", &reg));
	EXPECT_ERROR(EBUSY, DBGMEM_SOURCE_TRACER, "it is running",
		     "PTRACE_INTERRUPT");
	ASSERT_EQ(0, ptrace(PTRACE_INTERRUPT, t.pid, NULL, NULL));
	ASSERT_EQ(t.pid, waitpid(t.pid, NULL, 0));
	EXPECT_EQ(0, dbgmem_register_find(t.pid, "pc", &reg));
	target_stop(&t);
}

struct other {
	pid_t tid;
	int ret;
	struct dbgmem_error e;
	char sentence[256];
};

static void *ask_elsewhere(void *arg)
{
	struct other *o = arg;
	struct dbgmem_register reg;

	o->ret = dbgmem_register_find(o->tid, "pc", &reg);
	o->e = *dbgmem_last_error();
	snprintf(o->sentence, sizeof(o->sentence), "%s", dbgmem_errstr());
	return NULL;
}

TEST_F(registers, only_the_thread_that_traces_may)
{
	struct other o = { .tid = self->c.pid };
	pthread_t thread;
	char words[48];

	ASSERT_EQ(0, pthread_create(&thread, NULL, ask_elsewhere, &o));
	pthread_join(thread, NULL);
	EXPECT_EQ(-EBUSY, o.ret);
	EXPECT_EQ(DBGMEM_SOURCE_TRACER, o.e.source);
	snprintf(words, sizeof(words), "thread %d traces it", (int)getpid());
	EXPECT_NE(NULL, strstr(o.sentence, words)) TH_LOG("%s", o.sentence);
}

TEST(a_thread_that_is_not)
{
	struct dbgmem_register reg;
	uint32_t cursor = 0;
	struct target t;

	EXPECT_EQ(-ESRCH, dbgmem_register_next(0x3ffffff, &cursor, &reg));
	EXPECT_ERROR(ESRCH, DBGMEM_SOURCE_TARGET, "no such thread");
	EXPECT_EQ(-ESRCH, dbgmem_register_next(0, &cursor, &reg));
	EXPECT_EQ(-ESRCH, dbgmem_register_next(-1, &cursor, &reg));
	/* Dead, and not buried. */
	ASSERT_EQ(0, target_start(&t));
	kill(t.pid, SIGKILL);
	ASSERT_TRUE(proc_wait_state(t.pid, 'Z'));
	EXPECT_EQ(-ESRCH, dbgmem_register_next(t.pid, &cursor, &reg));
	EXPECT_ERROR(ESRCH, DBGMEM_SOURCE_TARGET, "has exited");
	target_stop(&t);
}

#endif

TEST_HARNESS_MAIN
