// SPDX-License-Identifier: GPL-2.0
/*
 * DBGMEM_IOC_REGION_LIST with invalid arguments, with inaccessible buffers, and with
 * targets that have ended.
 */
#include "proc.h"
#include "region_fixture.h"

#define EXPECT_REFUSED(err, fd, l) do {					\
	struct dbgmem_region_list _l = (l);				\
									\
	EXPECT_EQ(err, region_ioctl(fd, &_l));				\
	EXPECT_EQ(0, _l.nr);						\
	EXPECT_EQ(0, _l.next);						\
	EXPECT_EQ(0, _l.more);						\
} while (0)

TEST_F(region, values_out_of_range_are_einval)
{
	const struct dbgmem_region_list good = region_list(self->all);
	static const uint32_t sizes[] = { 0, 1, 63, 65, 128, ~0U };
	struct dbgmem_region_list l;
	size_t i;
	int bit;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		l = good;
		l.entry_size = sizes[i];
		EXPECT_REFUSED(-EINVAL, self->fd, l);
	}
	l = good;
	l.nr_entries = 0;
	EXPECT_REFUSED(-EINVAL, self->fd, l);
	l = good;
	l.addr = 0x2000;
	l.end = 0x1fff;
	EXPECT_REFUSED(-EINVAL, self->fd, l);
	l.end = 1;
	EXPECT_REFUSED(-EINVAL, self->fd, l);
	l = good;
	l.flags = DBGMEM_REGION_LIST_AT | DBGMEM_REGION_LIST_TABLES;
	EXPECT_REFUSED(-EINVAL, self->fd, l);
	/* to be and not to be */
	for (bit = 0; bit < 11; bit++) {
		l = good;
		l.filter = 1ULL << bit | DBGMEM_REGION_NOT(1U << bit);
		EXPECT_REFUSED(-EINVAL, self->fd, l);
	}
}

TEST_F(region, unknown_bits_are_eopnotsupp)
{
	const struct dbgmem_region_list good = region_list(self->all);
	struct dbgmem_region_list l;
	int bit;

	for (bit = 3; bit < 32; bit++) {
		l = good;
		l.flags = 1U << bit;
		EXPECT_REFUSED(-EOPNOTSUPP, self->fd, l);
	}
	/* those that are of the answer too */
	for (bit = 11; bit < 32; bit++) {
		l = good;
		l.filter = 1ULL << bit;
		EXPECT_REFUSED(-EOPNOTSUPP, self->fd, l);
		l.filter = 1ULL << bit << 32;
		EXPECT_REFUSED(-EOPNOTSUPP, self->fd, l);
	}
	l = good;
	l.reserved = 1;
	EXPECT_REFUSED(-EOPNOTSUPP, self->fd, l);
}

TEST_F(region, array_that_is_not_there_is_efault)
{
	static const uint64_t bad[] = {
		0, 0xffff888000000000, 0xffffffffffffff00, 1ULL << 63,
	};
	const struct dbgmem_region_list good = region_list(self->all);
	struct dbgmem_region_list l;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		l = good;
		l.entries = bad[i];
		EXPECT_REFUSED(-EFAULT, self->fd, l);
		l = good;
		l.names = bad[i];
		EXPECT_REFUSED(-EFAULT, self->fd, l);
	}
}

#define CHESS	600

TEST_F(region, array_that_ends_early_has_good_entries_up_to_nr)
{
	struct dbgmem_region_list l = region_list(self->all);
	struct dbgmem_region *r;
	struct target t;
	char *board, *room;
	uint32_t i;
	int fd;

	board = mmap(NULL, CHESS * PAGE, PROT_READ, MAP_ANON_PRIVATE, -1, 0);
	ASSERT_NE(MAP_FAILED, board);
	for (i = 0; i < CHESS; i += 2)
		ASSERT_EQ(0, mprotect(board + i * PAGE, PAGE, PROT_NONE));
	/* room for 8 pages of 64 entries, and nothing behind */
	room = rich_place(8 * PAGE, PROT_READ | PROT_WRITE, MAP_ANON_PRIVATE,
			  -1, 0);
	ASSERT_NE(NULL, room);
	ASSERT_EQ(0, target_start(&t));
	fd = session_open(t.pid, O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, maps_of(t.pid, self->maps));
	l.entries = (uintptr_t)room;
	l.names_size = 0;
	ASSERT_EQ(-EFAULT, region_ioctl(fd, &l));
	EXPECT_LT(0, l.nr);
	EXPECT_GE(8 * PAGE / sizeof(*r), l.nr);
	EXPECT_EQ(0, l.more);
	r = (void *)room;
	for (i = 0; i < l.nr; i++)
		EXPECT_TRUE(region_is_line(&r[i], NULL, &self->maps->line[i]));
	close(fd);
	target_stop(&t);
}

TEST_F(region, needs_a_session_that_may_read)
{
	struct dbgmem_region_list l = region_list(self->all);
	int fd = dev_open(O_RDWR);

	EXPECT_REFUSED(-ENOTCONN, fd, l);
	close(fd);
	fd = session_open(self->pid, O_WRONLY);
	ASSERT_LE(0, fd);
	EXPECT_REFUSED(-EACCES, fd, l);
	close(fd);
}

TEST_F(region, target_that_ended_has_no_regions)
{
	struct dbgmem_region_list l = region_list(self->all);
	struct target t;
	int fd, i;

	ASSERT_EQ(0, target_start(&t));
	fd = session_open(t.pid, O_RDONLY);
	ASSERT_LE(0, fd);
	target_send(&t, exec_sleep, NULL);
	for (i = 0; i < 5000; i++) {
		if (region_ioctl(fd, &l))
			break;
		sleep_ms(2);
	}
	EXPECT_REFUSED(-ESTALE, fd, l);
	close(fd);

	fd = session_open(t.pid, O_RDONLY);
	ASSERT_LE(0, fd);
	target_stop(&t);
	EXPECT_REFUSED(-ESRCH, fd, l);
	close(fd);
}

/* A session from before is not one on the new program, whatever is asked. */
TEST_F(region, mappings_of_the_new_program_are_never_told)
{
	struct dbgmem_region_list l = region_list(self->all);
	struct target t;
	uint32_t i;
	int fd, ret;

	ASSERT_EQ(0, target_start(&t));
	fd = session_open(t.pid, O_RDONLY);
	ASSERT_LE(0, fd);
	target_send(&t, exec_sleep, NULL);
	while (!(ret = regions_get(fd, self->all)))
		for (i = 0; i < self->all->nr; i++)
			ASSERT_EQ(NULL, strstr(region_name(self->all, i),
					       "busybox"));
	EXPECT_EQ(-ESTALE, ret);
	/* it has its own, by a session of its own */
	close(fd);
	fd = session_open(t.pid, O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, region_ioctl(fd, &l));
	EXPECT_LT(0, l.nr);
	close(fd);
	target_stop(&t);
}

TEST_HARNESS_MAIN
