// SPDX-License-Identifier: GPL-2.0
/*
 * Breakpoints in every kind of memory: memory that the target may not write,
 * shared memory, and files.
 */
#include "breakpoint.h"
#include "device.h"
#include "fuse_mem.h"
#include "proc.h"
#include <kselftest_harness.h>

#include <sys/ptrace.h>

#define FUSE_DIR	"/tmp/dbgmem-fuse"

static const char trap[] = LONG_TRAP;

FIXTURE(memory) {
	struct bed bed;
	struct bed *b;
	struct dbgmem_bp_set_args set;
};

FIXTURE_SETUP(memory)
{
	self->b = &self->bed;
	ASSERT_EQ(0, bed_start(self->b));
}

FIXTURE_TEARDOWN(memory)
{
	bed_stop(self->b);
	param_set("force", "capable");
}

/* --- protections --- */

TEST_F_TIMEOUT(memory, protections_are_no_obstacle_to_who_has_force, 60)
{
	static const int prots[] = {
		PROT_NONE, PROT_READ, PROT_EXEC, PROT_READ | PROT_EXEC,
		PROT_READ | PROT_WRITE | PROT_EXEC,
	};
	struct bed *b = self->b;
	char *half = b->mem + 2 * PAGE - 5, *in = b->mem + 3 * PAGE, byte;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(prots); i++) {
		ASSERT_EQ(0, target_protect(b->target, b->job,
					    b->mem + 2 * PAGE, 2 * PAGE,
					    prots[i]));
		ASSERT_EQ(0, bp_set(b->fd, half, trap, 9, &self->set))
			TH_LOG("protection %d", prots[i]);
		EXPECT_EQ(-1, pattern_differs(self->set.original, half - b->mem,
					      9, 3));
		ASSERT_EQ(0, bp_set(b->fd, in, INT3, 1, NULL));
		EXPECT_TRUE(truth_is(b, half, trap, 9));
		EXPECT_TRUE(truth_is(b, in, INT3, 1));
		/* What transfers may do is as before. */
		byte = pattern_byte(3, in - b->mem);
		EXPECT_EQ(prots[i] & PROT_WRITE ? 0 : -EFAULT,
			  mem_write(b->fd, in, &byte, 1, 0, NULL));
		EXPECT_EQ(prots[i] & PROT_READ, !mem_read(b->fd, in, &byte, 1, 0,
							  NULL));
		EXPECT_TRUE(shows_pattern(b, half, 9, DBGMEM_FORCE));
		ASSERT_EQ(0, bp_clear(b->fd, half, NULL));
		ASSERT_EQ(0, bp_clear(b->fd, in, NULL));
		EXPECT_TRUE(untouched(b));
	}
}

/* The protection may come later, and the policy too: what is in must come out. */
TEST_F_TIMEOUT(memory, clearing_asks_no_policy, 60)
{
	struct bed *b = self->b;
	int fd = session_open(b->target->pid, O_RDWR);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, bp_set(b->fd, b->mem, trap, 16, NULL));
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 100, trap, 16, NULL));
	ASSERT_EQ(0, bp_set(fd, b->mem + PAGE, trap, 16, NULL));
	ASSERT_EQ(0, target_protect(b->target, b->job, b->mem, 2 * PAGE,
				    PROT_READ));
	ASSERT_EQ(0, param_set("force", "never"));
	EXPECT_EQ(0, bp_clear(b->fd, b->mem, NULL));
	EXPECT_EQ(0, bp_clear_all(b->fd, NULL));
	close(fd);
	EXPECT_TRUE(untouched(b));
}

/* --- who may --- */

enum who { ROOT, USER, TRACER };

/* BP_SET by @who: 0 or -errno. */
static int set_as(FIXTURE_DATA(memory) *self, enum who who, char *at,
		  uint32_t len)
{
	struct dbgmem_bp_set_args *s;
	pid_t pid;
	int ret;

	s = shared_alloc(PAGE);
	pid = fork();
	if (!pid) {
		if (who == TRACER &&
		    ptrace(PTRACE_SEIZE, self->b->target->pid, 0, 0))
			_exit(255);
		if (who != ROOT && become_user(UID_OTHER))
			_exit(255);
		_exit(-bp_set(self->b->fd, at, trap, len, s));
	}
	ret = -child_wait(pid);
	self->set = *s;
	munmap(s, PAGE);
	return ret;
}

TEST_F_TIMEOUT(memory, force_policy_decides_where_protections_are, 60)
{
	static const struct {
		const char *policy;
		int want[3];	/* of root, a user, a user who traces it */
	} row[] = {
		{ "never", { -EPERM, -EPERM, -EPERM } },
		{ "ptrace", { -EPERM, -EPERM, 0 } },
		{ "capable", { 0, -EPERM, 0 } },
		{ "always", { 0, 0, 0 } },
	};
	struct bed *b = self->b;
	char *text = b->mem + 4 * PAGE;
	size_t i;
	int who;

	ASSERT_EQ(0, target_protect(b->target, b->job, text, PAGE,
				    PROT_READ | PROT_EXEC));
	for (i = 0; i < ARRAY_SIZE(row); i++) {
		ASSERT_EQ(0, param_set("force", row[i].policy));
		for (who = ROOT; who <= TRACER; who++) {
			EXPECT_EQ(row[i].want[who], set_as(self, who, text, 4))
				TH_LOG("%s: %d", row[i].policy, who);
			EXPECT_EQ(row[i].want[who] ? -ENOENT : 0,
				  bp_clear(b->fd, text, NULL));
			/* Across the border: half of it is enough to refuse. */
			EXPECT_EQ(row[i].want[who],
				  set_as(self, who, text - 4, 8));
			if (row[i].want[who]) {
				EXPECT_TRUE(untouched(b));
			}
			bp_clear(b->fd, text - 4, NULL);
			/* Writable memory is for everybody. */
			EXPECT_EQ(0, set_as(self, who, text - 4, 4));
			EXPECT_EQ(0, bp_clear(b->fd, text - 4, NULL));
		}
	}
	EXPECT_TRUE(untouched(b));
}

TEST_F_TIMEOUT(memory, what_is_not_there_is_not_a_matter_of_policy, 60)
{
	struct bed *b = self->b;

	ASSERT_EQ(0, param_set("force", "never"));
	EXPECT_EQ(-EFAULT, bp_set(b->fd, b->mem + BED_SIZE, trap, 1,
				  &self->set));
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, self->set.reason);
	EXPECT_EQ((uintptr_t)b->mem + BED_SIZE, self->set.fault_addr);
}

/* --- kinds of memory --- */

#define SPAN	(8 * PAGE)

static void in_kind(struct __test_metadata *_metadata,
		    FIXTURE_DATA(memory) *self, enum memory_kind kind,
		    char *stack)
{
	struct bed *b = self->b;
	struct memory m;
	const char *cannot = memory_map(&m, kind, SPAN, stack);
	bool shared = kind == MEMORY_MEMFD || kind == MEMORY_FILE_SHARED ||
		      kind == MEMORY_SYSV, on_file;
	char want[16], *at[3];
	size_t i;

	if (cannot)
		SKIP(return, "%s", cannot);
	ASSERT_EQ(0, bed_restart(b));
	on_file = m.file >= 0 && kind != MEMORY_MEMFD;
	at[0] = m.addr + 1;
	at[1] = m.addr + 4 * PAGE - 3;
	at[2] = m.addr + SPAN - 16;
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(16, pread(b->truth, want, 16, (uintptr_t)at[i]));
		ASSERT_EQ(0, bp_set(b->fd, at[i], trap, 16, &self->set));
		EXPECT_EQ(0, memcmp(self->set.original, want, 16));
		EXPECT_TRUE(truth_is(b, at[i], trap, 16));
		EXPECT_TRUE(shows(b->fd, at[i], want, 16, 0));
		/* Who shares it sees it, and nobody else. */
		EXPECT_EQ(shared, !memcmp(at[i], trap, 16));
		if (on_file) {
			EXPECT_EQ(kind == MEMORY_FILE_SHARED,
				  file_differs(m.file, SPAN, 1) >= 0);
		}
		ASSERT_EQ(0, bp_clear(b->fd, at[i], NULL));
		EXPECT_TRUE(truth_is(b, at[i], want, 16));
		EXPECT_EQ(0, memcmp(at[i], want, 16));
	}
	if (on_file) {
		EXPECT_EQ(-1, file_differs(m.file, SPAN, 1));
	}
}

#define IN_KIND(name, kind)						\
	TEST_F_TIMEOUT(memory, in_##name, 60)				\
	{								\
		char stack[SPAN + PAGE];				\
									\
		memset(stack, 0x77, sizeof(stack));			\
		in_kind(_metadata, self, kind, stack);			\
	}

IN_KIND(anonymous_memory, MEMORY_ANON)
IN_KIND(transparent_huge_pages, MEMORY_THP)
IN_KIND(private_file_memory_and_the_file_stays, MEMORY_FILE_PRIVATE)
IN_KIND(shared_memory_of_a_file_on_tmpfs, MEMORY_FILE_SHARED)
IN_KIND(huge_pages_of_hugetlbfs, MEMORY_HUGETLB)
IN_KIND(stack, MEMORY_STACK)
IN_KIND(shared_memory_of_a_memfd, MEMORY_MEMFD)
IN_KIND(system_v_shared_memory, MEMORY_SYSV)
IN_KIND(text_and_the_file_stays, MEMORY_TEXT)

/* --- files that are written back --- */

TEST_F_TIMEOUT(memory, shared_mapping_of_a_file_system_is_shared_file, 60)
{
	struct bed *b = self->b;
	char *shared, *copy, byte;
	struct fuse_mem fuse;
	int file, ret;

	ret = fuse_mem_start(&fuse, FUSE_DIR);
	if (ret == -ENODEV)
		SKIP(return, "this kernel has no FUSE");
	ASSERT_EQ(0, ret);
	file = open(FUSE_DIR "/file", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, file);
	shared = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file,
		      0);
	copy = mmap(NULL, 2 * PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, file,
		    0);
	ASSERT_NE(MAP_FAILED, shared);
	ASSERT_NE(MAP_FAILED, copy);
	ASSERT_EQ(0, bed_restart(b));

	EXPECT_EQ(-EFAULT, bp_set(b->fd, shared + 100, trap, 4, &self->set));
	EXPECT_EQ(DBGMEM_REASON_SHARED_FILE, self->set.reason);
	EXPECT_EQ((uintptr_t)shared + 100, self->set.fault_addr);
	EXPECT_EQ(-1, byte_differs(self->set.original, 0, 16));
	EXPECT_EQ(-EFAULT, bp_set(b->fd, shared + PAGE - 1, trap, 4,
				  &self->set));
	EXPECT_EQ(DBGMEM_REASON_SHARED_FILE, self->set.reason);
	/* A copy is the target's own. */
	EXPECT_EQ(0, bp_set(b->fd, copy + PAGE - 2, trap, 4, &self->set));
	EXPECT_EQ(-1, byte_differs(self->set.original, 0, 16));
	EXPECT_TRUE(truth_is(b, copy + PAGE - 2, trap, 4));
	EXPECT_EQ(-1, byte_differs(shared, 0, 2 * PAGE));
	EXPECT_EQ(1, pread(file, &byte, 1, PAGE - 2));
	EXPECT_EQ(0, byte);
	EXPECT_EQ(0, bp_clear_all(b->fd, NULL));
	EXPECT_EQ(-1, byte_differs(shared, 0, 2 * PAGE));

	bed_stop(b);
	munmap(shared, 2 * PAGE);
	munmap(copy, 2 * PAGE);
	close(file);
	fuse_mem_stop(&fuse);
	ASSERT_EQ(0, bed_restart(b));
}

/* --- what cannot be written, whoever asks --- */

static void refused(struct __test_metadata *_metadata,
		    FIXTURE_DATA(memory) *self, char *at, uint32_t reason)
{
	char was[8];

	EXPECT_EQ(-EFAULT, bp_set(self->b->fd, at + 8, trap, 8, &self->set));
	EXPECT_EQ(reason, self->set.reason);
	EXPECT_EQ((uintptr_t)at + 8, self->set.fault_addr);
	/* The first half of it would be possible. */
	ASSERT_EQ(8, pread(self->b->truth, was, 8, (uintptr_t)at - 8));
	EXPECT_EQ(-EFAULT, bp_set(self->b->fd, at - 8, trap, 16, &self->set));
	EXPECT_EQ(reason, self->set.reason);
	EXPECT_EQ((uintptr_t)at, self->set.fault_addr);
	EXPECT_TRUE(truth_is(self->b, at - 8, was, 8));
}

TEST_F_TIMEOUT(memory, shared_and_read_only_is_protection, 60)
{
	struct bed *b = self->b;
	struct memory m;

	ASSERT_EQ(NULL, memory_map(&m, MEMORY_MEMFD, 2 * PAGE, NULL));
	ASSERT_EQ(0, mprotect(m.addr + PAGE, PAGE, PROT_READ));
	ASSERT_EQ(0, bed_restart(b));
	refused(_metadata, self, m.addr + PAGE, DBGMEM_REASON_PROTECTION);
	EXPECT_EQ(-1, byte_differs(m.addr, 0, 2 * PAGE));
	/* To who may not have FORCE it is a matter of permission. */
	ASSERT_EQ(0, param_set("force", "never"));
	EXPECT_EQ(-EPERM, bp_set(b->fd, m.addr + PAGE, trap, 1, NULL));
}

/* The same byte must not have breakpoints under two addresses. */
TEST_F_TIMEOUT(memory, tagged_address_is_no_other_name_of_a_byte, 60)
{
	uint64_t addr = (uintptr_t)self->b->mem + 16;
	int bit;

	ASSERT_EQ(0, bp_set(self->b->fd, (char *)addr, INT3, 1, NULL));
	for (bit = 57; bit < 63; bit++)
		EXPECT_EQ(-EFAULT, bp_set(self->b->fd,
					  (char *)(addr | 1ULL << bit), INT3, 1,
					  NULL))
			TH_LOG("bit %d", bit);
	ASSERT_EQ(0, bp_clear(self->b->fd, (char *)addr, NULL));
}

TEST_F_TIMEOUT(memory, beyond_the_end_of_a_file_is_backing, 60)
{
	struct memory m;

	ASSERT_EQ(NULL, memory_map(&m, MEMORY_FILE_PRIVATE, 2 * PAGE, NULL));
	ASSERT_EQ(0, ftruncate(m.file, PAGE));
	ASSERT_EQ(0, bed_restart(self->b));
	refused(_metadata, self, m.addr + PAGE, DBGMEM_REASON_BACKING);
}

TEST_F_TIMEOUT(memory, device_memory_is_special, 60)
{
	char *p = private_alloc(2 * PAGE);

	ASSERT_NE(NULL, p);
	if (!map_device(p + PAGE))
		SKIP(return, "no device memory to map");
	ASSERT_EQ(0, bed_restart(self->b));
	refused(_metadata, self, p + PAGE, DBGMEM_REASON_SPECIAL);
}

TEST_F_TIMEOUT(memory, secret_memory_is_special, 60)
{
	char *p = private_alloc(2 * PAGE);

	ASSERT_NE(NULL, p);
	if (!map_secret(p + PAGE))
		SKIP(return, "this kernel has no secret memory");
	ASSERT_EQ(0, bed_restart(self->b));
	refused(_metadata, self, p + PAGE, DBGMEM_REASON_SPECIAL);
}

TEST_HARNESS_MAIN
