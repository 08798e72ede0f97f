// SPDX-License-Identifier: GPL-2.0
/* libdbgmem: vectors that are built segment by segment. */
#include "userlib_fixture.h"

#include <dbgmem.h>
#include <limits.h>
#include <pthread.h>
#include <stdalign.h>
#include <stddef.h>

TEST_F(lib, scatter_reads)
{
	const uint64_t hole = self->addr + 3 * PAGE;
	struct dbgmem_vector_result res;
	struct dbgmem_scatter *s;
	struct dbgmem_result r;
	int round;

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	ASSERT_EQ(0, dbgmem_scatter_new(self->m, DBGMEM_OP_READ, 0, &s));
	EXPECT_EQ(0, dbgmem_scatter_execute(s, &res));
	for (round = 0; round < 3; round++) {
		memset(self->buf, 0, sizeof(self->buf));
		EXPECT_EQ(0, dbgmem_scatter_count(s));
		EXPECT_EQ(0, dbgmem_scatter_add(s, self->addr, self->buf, 9));
		EXPECT_EQ(1, dbgmem_scatter_add(s, hole - 4, NULL, 9));
		EXPECT_EQ(2, dbgmem_scatter_add(s, hole + 4, NULL, 8));
		EXPECT_EQ(3, dbgmem_scatter_add(s, self->addr + 1, NULL, 0));
		EXPECT_EQ(4, dbgmem_scatter_add(s, self->addr + 5, NULL, 8));
		EXPECT_EQ(5, dbgmem_scatter_count(s));
		EXPECT_EQ(-EINVAL, dbgmem_scatter_result(s, 0, NULL));
		EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "0 have been executed");

		EXPECT_EQ(9 + 4 + 8, dbgmem_scatter_execute(s, &res));
		EXPECT_EQ(3, res.nr_complete);
		EXPECT_EQ(1, res.first_incomplete);
		EXPECT_EQ(0, dbgmem_scatter_result(s, 0, &r));
		EXPECT_EQ(9, r.done);
		EXPECT_EQ(DBGMEM_REASON_NONE, r.reason);
		EXPECT_EQ(0, r.fault_addr);
		EXPECT_EQ(&self->buf[0], dbgmem_scatter_data(s, 0));
		EXPECT_TRUE(is_pattern(self->buf, 0, 9));

		EXPECT_EQ(-EFAULT, dbgmem_scatter_result(s, 1, &r));
		EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "more than 4 of 9 bytes",
			     "nothing is mapped there");
		EXPECT_ADDRESS(hole);
		EXPECT_EQ(hole, dbgmem_last_error()->result.fault_addr);
		EXPECT_EQ(4, dbgmem_last_error()->result.done);
		EXPECT_EQ(4, r.done);
		EXPECT_EQ(DBGMEM_REASON_UNMAPPED, r.reason);
		EXPECT_EQ(hole, r.fault_addr);
		EXPECT_TRUE(is_pattern(dbgmem_scatter_data(s, 1),
				       3 * PAGE - 4, 4));
		EXPECT_EQ(0, ((char *)dbgmem_scatter_data(s, 1))[4]);

		EXPECT_EQ(-EFAULT, dbgmem_scatter_result(s, 2, &r));
		EXPECT_EQ(0, r.done);
		EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "cannot read 8 bytes");
		EXPECT_ADDRESS(hole + 4);
		EXPECT_EQ(0, dbgmem_scatter_result(s, 3, NULL));
		EXPECT_NE(NULL, dbgmem_scatter_data(s, 3));
		EXPECT_EQ(0, dbgmem_scatter_result(s, 4, NULL));
		EXPECT_TRUE(is_pattern(dbgmem_scatter_data(s, 4), 5, 8));

		EXPECT_EQ(-EINVAL, dbgmem_scatter_result(s, 5, &r));
		EXPECT_EQ(NULL, dbgmem_scatter_data(s, 5));
		EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "segment 5");
		dbgmem_scatter_clear(s);
		EXPECT_EQ(-EINVAL, dbgmem_scatter_result(s, 0, NULL));
		EXPECT_EQ(NULL, dbgmem_scatter_data(s, 0));
	}
	dbgmem_scatter_free(s);
	dbgmem_scatter_free(NULL);
}

TEST_F(lib, scatter_memory_stays_where_it_is)
{
	const size_t nr = 20000;
	struct dbgmem_scatter *s;
	size_t i, round;
	void **data;

	data = calloc(nr, sizeof(*data));
	ASSERT_NE(NULL, data);
	ASSERT_EQ(0, dbgmem_scatter_new(self->m, DBGMEM_OP_READ, 0, &s));
	for (round = 0; round < 2; round++) {
		size_t total = 0;

		for (i = 0; i < nr; i++) {
			size_t len = i % 7 ? i % 40 : 2 * PAGE;

			ASSERT_EQ((ssize_t)i,
				  dbgmem_scatter_add(s, self->addr + i % PAGE,
						     NULL, len));
			data[i] = dbgmem_scatter_data(s, i);
			ASSERT_NE(NULL, data[i]);
			ASSERT_EQ(0, (uintptr_t)data[i] % alignof(max_align_t));
			total += len;
		}
		EXPECT_EQ((ssize_t)total, dbgmem_scatter_execute(s, NULL));
		for (i = 0; i < nr; i++) {
			ASSERT_EQ(data[i], dbgmem_scatter_data(s, i));
			ASSERT_TRUE(is_pattern(data[i], i % PAGE,
					       i % 7 ? i % 40 : 2 * PAGE));
		}
		dbgmem_scatter_clear(s);
	}
	dbgmem_scatter_free(s);
	free(data);
}

TEST_F(lib, scatter_again)
{
	struct dbgmem_scatter *s;
	char *p;

	ASSERT_EQ(0, dbgmem_scatter_new(self->m, DBGMEM_OP_READ, 0, &s));
	ASSERT_EQ(0, dbgmem_scatter_add(s, self->addr, NULL, 4));
	EXPECT_EQ(4, dbgmem_scatter_execute(s, NULL));
	p = dbgmem_scatter_data(s, 0);
	EXPECT_TRUE(is_pattern(p, 0, 4));
	ASSERT_EQ(4, dbgmem_write(self->m, self->addr, "abcd", 4));
	ASSERT_EQ(1, dbgmem_scatter_add(s, self->addr + 4, NULL, 4));
	EXPECT_EQ(0, dbgmem_scatter_result(s, 0, NULL));
	EXPECT_EQ(-EINVAL, dbgmem_scatter_result(s, 1, NULL));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "1 have been executed");
	EXPECT_EQ(8, dbgmem_scatter_execute(s, NULL));
	EXPECT_EQ(0, memcmp(p, "abcd", 4));
	EXPECT_TRUE(is_pattern(dbgmem_scatter_data(s, 1), 4, 4));
	dbgmem_scatter_free(s);
}

TEST_F(lib, scatter_writes)
{
	struct dbgmem_scatter *s;
	char byte = 1;

	ASSERT_EQ(0, dbgmem_scatter_new(self->m, DBGMEM_OP_WRITE, DBGMEM_EXACT,
					&s));
	EXPECT_EQ(0, dbgmem_scatter_add_copy(s, self->addr, &byte, 1));
	EXPECT_EQ(1, dbgmem_scatter_add(s, self->addr + 1, &byte, 1));
	EXPECT_EQ(2, dbgmem_scatter_add(s, self->addr + PAGE - 1, NULL, 2));
	memset(dbgmem_scatter_data(s, 2), 3, 2);
	EXPECT_EQ(3, dbgmem_scatter_add_copy(s, self->addr, NULL, 0));
	byte = 2;
	EXPECT_EQ(4, dbgmem_scatter_execute(s, NULL));
	EXPECT_EQ(1, target_call(&self->t, byte_get, mem));
	EXPECT_EQ(2, target_call(&self->t, byte_get, mem + 1));
	EXPECT_EQ(3, target_call(&self->t, byte_get, mem + PAGE));

	/* All or nothing: those that are not to blame say so. */
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + PAGE));
	byte = 9;
	EXPECT_EQ(-EFAULT, dbgmem_scatter_execute(s, NULL));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "cannot write exactly 2 bytes");
	EXPECT_ADDRESS(self->addr + PAGE);
	EXPECT_EQ(2, target_call(&self->t, byte_get, mem + 1));
	EXPECT_EQ(-EFAULT, dbgmem_scatter_result(s, 0, NULL));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_USAGE, "failed as a whole");
	EXPECT_EQ(-EFAULT, dbgmem_scatter_result(s, 2, NULL));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY);
	EXPECT_ADDRESS(self->addr + PAGE);
	dbgmem_scatter_free(s);
}

TEST_F(lib, scatter_refuses_bad_arguments)
{
	struct dbgmem_scatter *s = (struct dbgmem_scatter *)1;

	EXPECT_EQ(-EINVAL, dbgmem_scatter_new(self->m, 7, 0, &s));
	EXPECT_EQ(NULL, s);
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "7 is neither");
	ASSERT_EQ(0, dbgmem_scatter_new(self->m, DBGMEM_OP_READ,
					DBGMEM_ZEROFILL, &s));
	EXPECT_EQ(-EOVERFLOW, dbgmem_scatter_add(s, UINT64_MAX, self->buf, 2));
	EXPECT_ERROR(EOVERFLOW, DBGMEM_SOURCE_USAGE, "cannot add 2 bytes",
		     "0xffffffffffffffff");
	EXPECT_EQ(-EOVERFLOW, dbgmem_scatter_add(s, 0, (void *)-1L, 2));
	EXPECT_EQ(-EINVAL, dbgmem_scatter_add(s, 0, self->buf,
					      (size_t)SSIZE_MAX + 1));
	EXPECT_EQ(-ENOMEM, dbgmem_scatter_add(s, 0, NULL, SSIZE_MAX - 4));
	EXPECT_ERROR(ENOMEM, DBGMEM_SOURCE_SYSTEM, "out of memory");
	EXPECT_EQ(0, dbgmem_scatter_count(s));
	EXPECT_EQ(0, dbgmem_scatter_add(s, self->addr, self->buf, 1));
	EXPECT_EQ(-EINVAL, dbgmem_scatter_add(s, 0, self->buf, SSIZE_MAX));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "SSIZE_MAX");
	EXPECT_EQ(1, dbgmem_scatter_count(s));
	EXPECT_EQ(-EINVAL, dbgmem_scatter_execute(s, NULL));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "flags 0x4");
	EXPECT_EQ(-EINVAL, dbgmem_scatter_result(s, 0, NULL));
	dbgmem_scatter_free(s);
}

struct scatter_thread {
	struct dbgmem *m;
	uint64_t addr;
	size_t page;
	bool good;
};

static void *scatter_thread(void *arg)
{
	struct scatter_thread *t = arg;
	struct dbgmem_scatter *s;
	size_t from = t->page * PAGE, i;
	int round;

	t->good = !dbgmem_scatter_new(t->m, DBGMEM_OP_READ, 0, &s);
	for (round = 0; t->good && round < 20; round++) {
		for (i = 0; i < 100; i++)
			dbgmem_scatter_add(s, t->addr + from + i, NULL, 16);
		t->good = dbgmem_scatter_execute(s, NULL) == 1600;
		for (i = 0; i < 100; i++)
			t->good &= is_pattern(dbgmem_scatter_data(s, i),
					      from + i, 16);
		dbgmem_scatter_clear(s);
	}
	dbgmem_scatter_free(s);
	return NULL;
}

TEST_F(lib, scatter_one_for_each_thread)
{
	struct scatter_thread t[4];
	pthread_t thread[4];
	size_t i;

	for (i = 0; i < 4; i++) {
		t[i] = (struct scatter_thread){ self->m, self->addr, i, false };
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, scatter_thread,
					    &t[i]));
	}
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, pthread_join(thread[i], NULL));
		EXPECT_TRUE(t[i].good);
	}
}

TEST_HARNESS_MAIN
