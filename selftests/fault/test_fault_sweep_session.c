// SPDX-License-Identifier: GPL-2.0
/* Fault sweep of open, ATTACH, INFO, REGION_LIST, WINDOW, poll, mmap and close. */
#include "proc.h"
#include "breakpoint.h"
#include "sweep.h"
#include "window.h"
#include <kselftest_harness.h>

#include <poll.h>

FIXTURE(life) {
	struct bed bed;
	struct bed *b;
};

FIXTURE_SETUP(life)
{
	self->b = &self->bed;
	ASSERT_EQ(0, bed_start(self->b));
}

FIXTURE_TEARDOWN(life)
{
	bed_stop(self->b);
}

#define EXPECT_WORKS() \
	ASSERT_TRUE(shows_pattern(self->b, self->b->mem, 64, 0))

TEST_F_TIMEOUT(life, each_open_fails_well, 60)
{
	int fd, ret;

	SWEEP_EACH(nth) {
		SWEEP_CALL(nth, ret, (fd = dev_open(O_RDWR)) < 0 ? fd : 0, 0,
			   MAY_ANY);
		if (!ret)
			close(fd);
		EXPECT_WORKS();
	}
}

/* Once aligned, once not: requests and answers are copied by other means. */
static void sweep_attach(struct __test_metadata *_metadata,
			 FIXTURE_DATA(life) *self, size_t shift, int want,
			 uint32_t flags)
{
	char room[sizeof(struct dbgmem_attach) + 1];
	pid_t pid = self->b->target->pid;
	struct dbgmem_attach a = {
		.size = sizeof(a),
		.flags = flags,
		.pid = pid,
		.mem_fd = proc_open(want ? getpid() : pid, "mem", O_RDWR),
	};
	struct dbgmem_session_info info;
	int fd, ret;

	SWEEP_EACH(nth) {
		fd = dev_open(O_RDWR);
		ASSERT_LE(0, fd);
		memcpy(room + shift, &a, sizeof(a));
		SWEEP_CALL(nth, ret, ioctl(fd, DBGMEM_IOC_ATTACH, room + shift)
			   ? -errno : 0, want, flags ? MAY_ANY : MAY_FAULT);
		/* Who could not be told has not attached, and may try again. */
		ASSERT_EQ(0, session_info(fd, &info));
		ASSERT_EQ(ret ? DBGMEM_STATE_UNBOUND : DBGMEM_STATE_ATTACHED,
			  info.state);
		if (ret && !want)
			ASSERT_EQ(0, attach(fd, pid, a.mem_fd));
		close(fd);
	}
	close(a.mem_fd);
	EXPECT_WORKS();
}

TEST_F_TIMEOUT(life, each_attach_fails_well, 60)
{
	sweep_attach(_metadata, self, 0, 0, 0);
	sweep_attach(_metadata, self, 1, 0, 0);
	sweep_attach(_metadata, self, 0, -EXDEV, 0);
}

TEST_F_TIMEOUT(life, each_attach_with_a_mirror_fails_well, 60)
{
	sweep_attach(_metadata, self, 0, 0, DBGMEM_ATTACH_MIRROR);
	sweep_attach(_metadata, self, 0, -EXDEV, DBGMEM_ATTACH_MIRROR);
}

/* Without memory for what it learns, it is read the ordinary way. */
TEST_F_TIMEOUT(life, each_mirrored_read_fails_well, 60)
{
	unsigned char buf[64];
	int fd, ret;

	attach_flags = DBGMEM_ATTACH_MIRROR;
	SWEEP_EACH(nth) {
		fd = session_open(self->b->target->pid, O_RDWR);
		ASSERT_LE(0, fd);
		memset(buf, 0xee, sizeof(buf));
		SWEEP_CALL(nth, ret, mem_read(fd, self->b->mem, buf,
					      sizeof(buf), 0, NULL), 0,
			   MAY_ANY);
		if (!ret)
			ASSERT_EQ(-1, pattern_differs(buf, 0, sizeof(buf), 3));
		close(fd);
		EXPECT_WORKS();
	}
	attach_flags = 0;
}

TEST_F_TIMEOUT(life, each_info_fails_well, 60)
{
	char room[sizeof(struct dbgmem_info) + 1], text[512], path[64];
	struct dbgmem_info info = { .size = sizeof(info) };
	int ret, fd;
	ssize_t n;
	size_t i;

	for (i = 0; i < 2; i++) {
		SWEEP_EACH(nth) {
			memcpy(room + i, &info, sizeof(info));
			SWEEP_CALL(nth, ret, ioctl(self->b->fd,
						   DBGMEM_IOC_INFO, room + i) ?
				   -errno : 0, 0, MAY_FAULT);
		}
	}
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", self->b->fd);
	SWEEP_EACH(nth) {
		SWEEP_CALL(nth, ret, (fd = open(path, O_RDONLY)) < 0 ? -errno :
			   0, 0, MAY_ANY);
		if (!ret)
			close(fd);
	}
	fd = open(path, O_RDONLY);
	ASSERT_LE(0, fd);
	SWEEP_EACH(nth)
		SWEEP_CALL(nth, ret, (n = pread(fd, text, sizeof(text), 0)) < 0
			   ? -errno : 0, 0, MAY_ANY);
	close(fd);
	ASSERT_LT(0, n);
	EXPECT_WORKS();
}

#define REGIONS	400
#define NAMES	4096

static void sweep_region(struct __test_metadata *_metadata,
			 FIXTURE_DATA(life) *self, uint32_t flags,
			 uint32_t names_size, uint64_t entries, int want)
{
	static struct dbgmem_region all[REGIONS];
	static char names[NAMES];
	struct dbgmem_region_list l;
	uint32_t nr = 0, i;
	int ret;

	SWEEP_EACH(nth) {
		l = (struct dbgmem_region_list){
			.size = sizeof(l),
			.flags = flags,
			.addr = flags ? (uintptr_t)self->b->mem : 0,
			.entries = entries ? entries : (uintptr_t)all,
			.nr_entries = REGIONS,
			.entry_size = sizeof(all[0]),
			.names = (uintptr_t)names,
			.names_size = names_size,
		};
		SWEEP_CALL(nth, ret, ioctl(self->b->fd, DBGMEM_IOC_REGION_LIST, &l) ?
			   -errno : 0, want, MAY_ANY);
		/* What was told is good, on failure too. */
		for (i = 0; i < l.nr; i++) {
			ASSERT_LT(all[i].start, all[i].end);
			ASSERT_TRUE(!i || all[i - 1].end <= all[i].start);
		}
		nr = nth ? nr : l.nr;
		if (!ret)
			ASSERT_EQ(nr, l.nr);
		EXPECT_WORKS();
	}
}

TEST_F_TIMEOUT(life, each_region_list_fails_well, 60)
{
	/* More of them than are looked at in one go. */
	char *many = private_alloc(600 * PAGE);
	size_t i;

	ASSERT_NE(NULL, many);
	for (i = 0; i < 600; i += 4)
		mprotect(many + i * PAGE, PAGE, PROT_READ);
	ASSERT_EQ(0, bed_restart(self->b));
	sweep_region(_metadata, self, 0, 0, 0, 0);
	sweep_region(_metadata, self, 0, NAMES, 0, 0);
	sweep_region(_metadata, self, DBGMEM_REGION_LIST_AT, NAMES, 0, 0);
	sweep_region(_metadata, self, 0, 0, 0x10, -EFAULT);
}

/* What a worker asks for fails too, in the test build: it tries again. */
TEST_F_TIMEOUT(life, each_poll_fails_well, 120)
{
	struct pollfd p;
	int ret;

	SWEEP_EACH(nth) {
		/* The kernel gets ready once for each target. */
		ASSERT_EQ(0, bed_restart(self->b));
		p = (struct pollfd){ .fd = self->b->fd, .events = POLLPRI };
		SWEEP_CALL(nth, ret, poll(&p, 1, 20) < 0 ? -errno : 0, 0,
			   MAY_ANY);
		if (!ret)
			ASSERT_EQ(0, p.revents);
		p.events = POLLIN | POLLOUT;
		ASSERT_EQ(1, poll(&p, 1, -1));
		ASSERT_EQ(POLLIN | POLLOUT, p.revents);
		EXPECT_WORKS();
		/* Nothing is lost, whatever failed. */
		target_send(self->b->target, exec_sleep, NULL);
		p.events = POLLPRI;
		ASSERT_EQ(1, poll(&p, 1, 20000));
		ASSERT_EQ(POLLHUP, p.revents);
	}
}

TEST_F_TIMEOUT(life, mmap_is_refused_whatever_fails, 60)
{
	int ret;

	SWEEP_EACH(nth) {
		SWEEP_CALL(nth, ret, mmap(NULL, PAGE, PROT_READ, MAP_SHARED,
					  self->b->fd, 0) == MAP_FAILED ?
			   -errno : 0, -ENODEV, MAY_NOMEM);
		EXPECT_WORKS();
	}
}

/* Made, mapped, looked into and waited for. */
static int look_through(int fd, char *mem, uint64_t *word)
{
	uint64_t offset;
	volatile char *win;
	int ret, sig;

	ret = window_prepare(fd, (uintptr_t)mem, PAGE, &offset);
	if (ret)
		return ret;
	win = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, offset);
	if (win == MAP_FAILED)
		return -errno;
	sig = window_peek(win, word);
	ret = window_sync(fd);
	munmap((void *)win, PAGE);
	return sig ? -EFAULT : ret;
}

TEST_F_TIMEOUT(life, each_window_fails_well, 120)
{
	uint64_t word, want;
	int fd, ret;

	pattern_fill(&want, 0, sizeof(want), 3);
	SWEEP_EACH(nth) {
		fd = session_open(self->b->target->pid, O_RDWR);
		ASSERT_LE(0, fd);
		SWEEP_CALL(nth, ret, look_through(fd, self->b->mem, &word), 0,
			   MAY_ANY);
		if (!ret)
			ASSERT_EQ(want, word);
		/* Once more, with nothing in the way. */
		ASSERT_EQ(0, look_through(fd, self->b->mem, &word));
		ASSERT_EQ(want, word);
		ASSERT_EQ(0, window_pages(fd));
		close(fd);
		EXPECT_WORKS();
	}
}

TEST_F_TIMEOUT(life, each_close_cleans_up, 60)
{
	struct bed *b = self->b;
	struct pollfd p;
	int fd, ret;

	/* Nobody kills the worker that takes the breakpoints out. */
	ASSERT_EQ(0, fault_kinds(FAULT_MEMORY | FAULT_COPY));
	SWEEP_EACH(nth) {
		fd = session_open(b->target->pid, O_RDWR);
		ASSERT_LE(0, fd);
		p = (struct pollfd){ .fd = fd, .events = POLLIN };
		ASSERT_EQ(1, poll(&p, 1, -1));
		ASSERT_EQ(0, bp_set(fd, b->mem + 9, INT3, 1, NULL));
		ASSERT_EQ(0, bp_set(fd, b->mem + PAGE - 3, LONG_TRAP, 16,
				    NULL));
		SWEEP_CALL(nth, ret, close(fd) ? -errno : 0, 0, 0);
		ASSERT_TRUE(untouched(b));
		EXPECT_WORKS();
	}
	ASSERT_EQ(0, fault_kinds(FAULT_ANY));
}

int main(int argc, char **argv)
{
	return sweep_run(argc, argv, 30, test_harness_run);
}
