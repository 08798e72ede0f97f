// SPDX-License-Identifier: GPL-2.0
/*
 * A breakpoint belongs to the mapping in which it was set. If the target maps
 * other memory at its address later, reads show that memory, writes go into it,
 * and neither BP_CLEAR nor close(2) changes it.
 */
#include "shadow_fixture.h"
#include "proc.h"

#include <linux/mman.h>

/* No byte of it is the pattern's, nor a zero. */
static const char trap[] = LONG_TRAP;

#define AT(b)	((b)->mem + 2 * PAGE)

enum how {
	OVER_ANON,		/* MAP_FIXED over it */
	OVER_MEMFD,
	OVER_DISK,		/* a file that is written back */
	UNMAP_AND_MAP,		/* munmap, mmap */
	MOVE_AWAY,		/* mremap, and something else comes */
	MOVE_ONTO,		/* mremap of something else to there */
	KEEP_VMA,		/* MREMAP_DONTUNMAP */
	NR_HOWS
};

static const char *const how_name[] = {
	"anonymous memory over it", "a memfd over it", "a file over it",
	"unmapped and mapped", "moved away", "something moved there",
	"moved away, the mapping stays",
};

static int memfd = -1, disk = -1;

/* Replace @len bytes at @addr, and put what looks like traps there. */
static long job_replace(void *arg)
{
	struct job *j = arg;
	const int prot = PROT_READ | PROT_WRITE;
	int flags = MAP_FIXED | MAP_ANON_PRIVATE, fd = -1;
	char *p, *at = j->addr;
	size_t i;

	p = mmap(NULL, j->len, prot, MAP_ANON_PRIVATE, -1, 0);
	switch (j->prot) {
	case OVER_MEMFD:
		flags = MAP_FIXED | MAP_SHARED;
		fd = memfd;
		break;
	case OVER_DISK:
		flags = MAP_FIXED | MAP_SHARED;
		fd = disk;
		break;
	case UNMAP_AND_MAP:
		munmap(at, j->len);
		break;
	case MOVE_AWAY:
		if (mremap(at, j->len, j->len, MREMAP_MAYMOVE | MREMAP_FIXED,
			   p) != p)
			return -errno;
		break;
	case MOVE_ONTO:
		memset(p, 1, j->len);
		if (mremap(p, j->len, j->len, MREMAP_MAYMOVE | MREMAP_FIXED,
			   at) != at)
			return -errno;
		goto fill;
	case KEEP_VMA:
		if (mremap(at, j->len, j->len, MREMAP_MAYMOVE | MREMAP_FIXED |
			   MREMAP_DONTUNMAP, p) != p)
			return -errno;
		goto fill;
	default:
		break;
	}
	if (mmap(at, j->len, prot, flags, fd, 0) != at)
		return -errno;
fill:
	for (i = 0; i + 16 <= j->len; i += 16)
		memcpy(at + i, trap, 16);
	return 0;
}

static int replace(struct bed *b, enum how way, char *addr, size_t len)
{
	*b->job = (struct job){ .addr = addr, .len = len, .prot = way };
	return target_call(b->target, job_replace, b->job);
}

/* NULL, or what this machine lacks. */
static const char *prepare(struct bed *b, enum how how)
{
	char byte = 0;

	if (memfd < 0) {
		memfd = memfd_create("x", MFD_CLOEXEC);
		if (memfd < 0 || ftruncate(memfd, BED_SIZE))
			return "no memfd";
	}
	if (disk < 0 && how == OVER_DISK) {
		if (access("/dev/ram0", R_OK) &&
		    system("modprobe -q brd rd_nr=1 rd_size=16384"))
			return "no disk (brd)";
		disk = open("/dev/ram0", O_RDWR | O_CLOEXEC);
		if (disk < 0 || pwrite(disk, &byte, 1, 0) != 1)
			return "no disk (brd)";
	}
	return bed_restart(b) ? "no target" : NULL;
}

/* All that is there looks like traps, to everybody. */
static bool is_as_mapped(struct bed *b, char *addr, size_t len)
{
	char line[64], want[64], *at;
	enum way way;
	size_t i;

	for (i = 0; i < sizeof(want); i += 16)
		memcpy(want + i, trap, 16);
	for (at = addr; at < addr + len; at += sizeof(want)) {
		if (!truth_is(b, at, want, sizeof(want)))
			return false;
		for (way = 0; b->fd >= 0 && way < WAYS_TO_READ; way++)
			if (go_read(b->fd, way, at, line, sizeof(line)) !=
			    sizeof(line) || memcmp(line, want, sizeof(line)))
				return false;
	}
	return true;
}

/* A breakpoint in it, and one over its end into what stays. */
static int plant_two(struct bed *b)
{
	return bp_set(b->fd, AT(b) + 32, trap, 16, NULL) ?:
	       bp_set(b->fd, AT(b) + PAGE - 8, trap, 16, NULL);
}

static void replaced(struct __test_metadata *_metadata,
		     FIXTURE_DATA(shadow) *self, enum how how, bool by_close)
{
	struct bed *b = self->b;
	struct dbgmem_bp_clear_args c;
	const char *lacks = prepare(b, how);
	char *at = AT(b), looked[PAGE];
	int ret;

	if (lacks) {
		TH_LOG("%s: %s", how_name[how], lacks);
		return;
	}
	ASSERT_EQ(0, plant_two(b));
	/* A mirror knows it. */
	EXPECT_TRUE(shows_pattern(b, at, PAGE, 0));
	ret = replace(b, how, at, PAGE);
	if (ret == -EINVAL && how == KEEP_VMA)
		return;
	ASSERT_EQ(0, ret)
		TH_LOG("%s", how_name[how]);
	EXPECT_TRUE(is_as_mapped(b, at, PAGE))
		TH_LOG("%s", how_name[how]);
	EXPECT_EQ(DBGMEM_BP_STATE_LOST, bp_state(b->fd, at + 32));
	EXPECT_EQ(DBGMEM_BP_STATE_LOST, bp_state(b->fd, at + PAGE - 8));
	/* Its other half stands, and is hidden. */
	EXPECT_TRUE(shows_pattern(b, at + PAGE, PAGE, 0));
	if (by_close) {
		close(b->fd);
		b->fd = b->fixture.fd = -1;
	} else {
		EXPECT_EQ(0, bp_clear_all(b->fd, &c));
		EXPECT_EQ(2, c.cleared);
		EXPECT_EQ(2, c.lost);
	}
	EXPECT_TRUE(is_as_mapped(b, at, PAGE))
		TH_LOG("%s, removed", how_name[how]);
	EXPECT_TRUE(truth_is_pattern(b, at + PAGE, PAGE));
	if (how == OVER_DISK) {
		ASSERT_EQ(PAGE, pread(disk, looked, PAGE, 0));
		EXPECT_EQ(0, memcmp(looked + 32, trap, 16));
	}
}

TEST_F_TIMEOUT(shadow, nothing_is_hidden_in_or_put_into_a_new_mapping, 120)
{
	enum how how;

	for (how = 0; how < NR_HOWS; how++) {
		replaced(_metadata, self, how, false);
		replaced(_metadata, self, how, true);
	}
}

TEST_F_TIMEOUT(shadow, writes_go_into_a_new_mapping, 120)
{
	struct bed *b = self->b;
	struct dbgmem_cmpxchg_args x;
	struct dbgmem_bp_clear_args c;
	uint64_t word;
	enum way way;
	char data[32];

	memset(data, 0x42, sizeof(data));
	for (way = 0; way < WAYS_TO_WRITE; way++) {
		ASSERT_EQ(NULL, prepare(b, OVER_MEMFD));
		ASSERT_EQ(0, plant_two(b));
		ASSERT_EQ(0, replace(b, OVER_MEMFD, AT(b), PAGE));
		ASSERT_EQ(32, go_write(b->fd, way, AT(b) + 24, data, 32));
		EXPECT_TRUE(truth_is(b, AT(b) + 24, data, 32))
			TH_LOG("way %d", way);
		memcpy(&word, trap + 8, 8);
		x = (struct dbgmem_cmpxchg_args){
			.size = sizeof(x),
			.addr = (uintptr_t)AT(b) + PAGE - 8,
			.width = 8,
			.expected = word,
			.desired = 7,
		};
		ASSERT_EQ(0, ioctl(b->fd, DBGMEM_IOC_CMPXCHG, &x));
		EXPECT_EQ(1, x.exchanged);
		x.desired = 7;
		EXPECT_TRUE(truth_is(b, AT(b) + PAGE - 8, &x.desired, 8));
		EXPECT_EQ(0, bp_clear_all(b->fd, &c));
		EXPECT_EQ(2, c.lost);
		EXPECT_TRUE(truth_is(b, AT(b) + 24, data, 32));
		EXPECT_TRUE(truth_is(b, AT(b) + PAGE - 8, &x.desired, 8));
	}
}

/* The place is free for others only when the lost one is cleared. */
TEST_F_TIMEOUT(shadow, lost_one_can_be_cleared_and_set_again, 60)
{
	struct bed *b = self->b;
	struct dbgmem_bp_set_args s;

	ASSERT_EQ(NULL, prepare(b, OVER_ANON));
	ASSERT_EQ(0, plant_two(b));
	ASSERT_EQ(0, replace(b, OVER_ANON, AT(b), PAGE));
	EXPECT_EQ(-EEXIST, bp_set(b->fd, AT(b) + 32, trap, 16, NULL));
	ASSERT_EQ(0, bp_clear(b->fd, AT(b) + 32, NULL));
	ASSERT_EQ(0, bp_set(b->fd, AT(b) + 32, INT3, 1, &s));
	EXPECT_EQ(0, memcmp(s.original, trap, 1));
	EXPECT_TRUE(shows(b->fd, AT(b) + 32, trap, 16, 0));
	EXPECT_EQ(DBGMEM_BP_STATE_STANDING, bp_state(b->fd, AT(b) + 32));
}

/* --- while it is planted --- */

static long job_remap_all_the_time(void *arg)
{
	struct job *j = arg;
	long n = 0;

	while (!__atomic_load_n(&j->seed, __ATOMIC_RELAXED)) {
		if (mmap(j->addr, j->len, PROT_READ | PROT_WRITE,
			 MAP_ANON_PRIVATE | MAP_FIXED, -1, 0) != j->addr)
			return -errno;
		j->addr[0] = 1;
		n++;
	}
	return n;
}

/*
 * A trap that is said to stand does; else it is lost, and a byte like it that is
 * mapped there is not hidden.
 */
TEST_F_TIMEOUT(shadow, planting_while_the_target_maps, 120)
{
	struct bed *b = self->b;
	struct dbgmem_transfer t;
	double start = now();
	long set = 0, refused = 0;
	char seen;

	ASSERT_EQ(NULL, prepare(b, OVER_ANON));
	*b->job = (struct job){ .addr = AT(b), .len = PAGE };
	target_send(b->target, job_remap_all_the_time, b->job);
	while (now() < start + 3) {
		int ret = bp_set(b->fd, AT(b) + 8, INT3, 1, NULL);

		if (ret) {
			ASSERT_EQ(-EFAULT, ret);
			refused++;
			continue;
		}
		set++;
		/* The mappings have zeros there, all but the first. */
		if (!mem_read(b->fd, AT(b) + 8, &seen, 1, 0, &t)) {
			ASSERT_NE(*INT3, seen);
		}
		ASSERT_EQ(0, bp_clear(b->fd, AT(b) + 8, NULL));
	}
	__atomic_store_n(&b->job->seed, 1, __ATOMIC_RELAXED);
	EXPECT_LT(0, target_wait(b->target));
	EXPECT_LT(0, set);
	EXPECT_TRUE(truth_is(b, AT(b) + 8, "\0", 1));
	TH_LOG("%ld set, %ld refused", set, refused);
}

TEST_HARNESS_MAIN
