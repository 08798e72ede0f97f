// SPDX-License-Identifier: GPL-2.0
/*
 * read(2), write(2) and their relatives on a session: the file offset is the
 * address, transfers may be partial. Also io_uring and dd, which do not know
 * dbgmem.
 */
#include "engine.h"
#include "uring.h"

#include <sys/uio.h>

#define PAGES	8
#define AREA	(PAGES * PAGE)
#define HOLE	5		/* the page that is not there */

FIXTURE(rw) {
	struct fixture fixture;
	struct target *target;
	struct job *job;
	char *mem;		/* in the target: pattern 3, and a hole */
	char *buf;		/* bytes of 0xee */
	int fd;
};

ENGINE_VARIANTS(rw);

FIXTURE_SETUP(rw)
{
	ASSERT_EQ(0, fixture_open(&self->fixture, variant->engine));
	self->target = &self->fixture.target;
	self->job = self->fixture.job;
	self->mem = private_alloc(AREA);
	ASSERT_NE(NULL, self->mem);
	self->buf = private_alloc(AREA);
	ASSERT_NE(NULL, self->buf);
	memset(self->buf, 0xee, AREA);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	self->fd = self->fixture.fd;
	target_fill(self->target, self->job, self->mem, 0, AREA, 3);
	ASSERT_EQ(0, target_unmap(self->target, self->job,
				  self->mem + HOLE * PAGE, PAGE));
}

FIXTURE_TEARDOWN(rw)
{
	fixture_close(&self->fixture);
}

static off_t at(FIXTURE_DATA(rw) *self, size_t off)
{
	return (uintptr_t)self->mem + off;
}

TEST_F_TIMEOUT(rw, pread_gives_the_bytes_at_the_address, 60)
{
	static const struct {
		size_t off, len;
	} shapes[] = {
		{ 0, 1 }, { 8, 8 }, { PAGE - 3, 7 }, { 77, PAGE },
		{ 0, HOLE * PAGE },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		memset(self->buf, 0xee, AREA);
		ASSERT_EQ((ssize_t)shapes[i].len,
			  pread(self->fd, self->buf + 1, shapes[i].len,
				at(self, shapes[i].off)));
		EXPECT_EQ(-1, pattern_differs(self->buf + 1, shapes[i].off,
					      shapes[i].len, 3));
		EXPECT_EQ(-1, byte_differs(self->buf + 1 + shapes[i].len, 0xee,
					   AREA - 1 - shapes[i].len));
	}
	EXPECT_EQ(0, pread(self->fd, self->buf, 0, at(self, 0)));
	EXPECT_EQ(0, pread(self->fd, self->buf, 0, at(self, HOLE * PAGE)));
}

TEST_F_TIMEOUT(rw, pread_and_pwrite_count_up_to_a_hole, 60)
{
	const size_t want = HOLE * PAGE - 100;

	ASSERT_EQ((ssize_t)want,
		  pread(self->fd, self->buf, AREA - 100, at(self, 100)));
	EXPECT_EQ(-1, pattern_differs(self->buf, 100, want, 3));
	EXPECT_EQ(-1, byte_differs(self->buf + want, 0xee, AREA - want));

	pattern_fill(self->buf, 0, AREA, 4);
	ASSERT_EQ((ssize_t)want,
		  pwrite(self->fd, self->buf, AREA - 100, at(self, 100)));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
					     self->mem + 100, 0, want, 4));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, self->mem,
					     0, 100, 3));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
					     self->mem + (HOLE + 1) * PAGE,
					     (HOLE + 1) * PAGE,
					     (PAGES - HOLE - 1) * PAGE, 3));
}

TEST_F_TIMEOUT(rw, first_byte_bad_is_efault, 60)
{
	off_t hole = at(self, HOLE * PAGE + 9);
	struct iovec v = { self->buf, 64 };
	void *volatile nowhere = (void *)8;

	EXPECT_EQ(-1, pread(self->fd, self->buf, 64, hole));
	EXPECT_EQ(EFAULT, errno);
	errno = 0;
	EXPECT_EQ(-1, pwrite(self->fd, self->buf, 64, hole));
	EXPECT_EQ(EFAULT, errno);
	errno = 0;
	EXPECT_EQ(-1, preadv(self->fd, &v, 1, hole));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, byte_differs(self->buf, 0xee, AREA));

	ASSERT_EQ(0, target_protect(self->target, self->job, self->mem, PAGE,
				    PROT_READ));
	errno = 0;
	EXPECT_EQ(-1, pwrite(self->fd, self->buf, 64, at(self, 0)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(64, pread(self->fd, self->buf, 64, at(self, 0)));

	/* The caller's own memory. */
	errno = 0;
	EXPECT_EQ(-1, pread(self->fd, nowhere, 64, at(self, 0)));
	EXPECT_EQ(EFAULT, errno);
	errno = 0;
	EXPECT_EQ(-1, pwrite(self->fd, nowhere, 64, at(self, PAGE)));
	EXPECT_EQ(EFAULT, errno);
	ASSERT_EQ(0, mprotect(self->buf + PAGE, PAGE, PROT_NONE));
	EXPECT_EQ((ssize_t)PAGE - 5,
		  pread(self->fd, self->buf + 5, 2 * PAGE, at(self, 0)));
	EXPECT_EQ(-1, pattern_differs(self->buf + 5, 0, PAGE - 5, 3));
}

/* Pieces of the caller's memory, one after the other in the target's. */
TEST_F_TIMEOUT(rw, preadv_and_pwritev_scatter_and_gather, 60)
{
	char *b = self->buf;
	struct iovec v[] = {
		{ b + 4 * PAGE, 3 }, { b, 0 }, { b + 8, 8 }, { b + 100, PAGE },
		{ b + 6 * PAGE + 1, 2 * PAGE - 11 },
	};
	const ssize_t sum = 3 * PAGE;

	ASSERT_EQ(sum, preadv(self->fd, v, ARRAY_SIZE(v), at(self, 10)));
	EXPECT_EQ(-1, pattern_differs(b + 4 * PAGE, 10, 3, 3));
	EXPECT_EQ(-1, pattern_differs(b + 8, 13, 8, 3));
	EXPECT_EQ(-1, pattern_differs(b + 100, 21, PAGE, 3));
	EXPECT_EQ(-1, pattern_differs(b + 6 * PAGE + 1, 21 + PAGE,
				      2 * PAGE - 11, 3));
	EXPECT_EQ(-1, byte_differs(b + 16, 0xee, 84));
	EXPECT_EQ(-1, byte_differs(b + 4 * PAGE + 3, 0xee, PAGE));

	pattern_fill(b + 4 * PAGE, 0, 3, 4);
	pattern_fill(b + 8, 3, 8, 4);
	pattern_fill(b + 100, 11, PAGE, 4);
	pattern_fill(b + 6 * PAGE + 1, 11 + PAGE, 2 * PAGE - 11, 4);
	ASSERT_EQ(sum, pwritev(self->fd, v, ARRAY_SIZE(v), at(self, 10)));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
					     self->mem + 10, 0, sum, 4));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
					     self->mem + 10 + sum, 10 + sum,
					     PAGE, 3));

	/* A hole in the middle of the list, a bad piece in it. */
	EXPECT_EQ((ssize_t)PAGE + 1, preadv(self->fd, v, ARRAY_SIZE(v),
				   at(self, (HOLE - 1) * PAGE - 1)));
	v[3].iov_base = (void *)8;
	EXPECT_EQ(11, preadv(self->fd, v, ARRAY_SIZE(v), at(self, 0)));
	EXPECT_EQ(11, pwritev(self->fd, v, ARRAY_SIZE(v), at(self, 0)));
}

TEST_F_TIMEOUT(rw, read_and_write_go_on_from_where_lseek_put_them, 60)
{
	off_t base = at(self, 0);

	ASSERT_EQ(base + 40, lseek(self->fd, base + 40, SEEK_SET));
	ASSERT_EQ(16, read(self->fd, self->buf, 16));
	EXPECT_EQ(-1, pattern_differs(self->buf, 40, 16, 3));
	EXPECT_EQ(base + 56, lseek(self->fd, 0, SEEK_CUR));
	ASSERT_EQ(16, write(self->fd, "0123456789abcdef", 16));
	EXPECT_EQ(base + 72, lseek(self->fd, 0, SEEK_CUR));
	EXPECT_EQ(base + 60, lseek(self->fd, -12, SEEK_CUR));
	ASSERT_EQ(4, read(self->fd, self->buf, 4));
	EXPECT_EQ(0, memcmp(self->buf, "4567", 4));

	/* A short one leaves the offset at the hole, a failed one as it was. */
	ASSERT_EQ(base + (off_t)(HOLE * PAGE) - 8,
		  lseek(self->fd, base + HOLE * PAGE - 8, SEEK_SET));
	EXPECT_EQ(8, read(self->fd, self->buf, 64));
	EXPECT_EQ(base + (off_t)(HOLE * PAGE), lseek(self->fd, 0, SEEK_CUR));
	EXPECT_EQ(-1, read(self->fd, self->buf, 64));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(base + (off_t)(HOLE * PAGE), lseek(self->fd, 0, SEEK_CUR));

	/* An address space has no end to seek from. */
	EXPECT_EQ(-1, lseek(self->fd, 0, SEEK_END));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, lseek(self->fd, base, SEEK_DATA));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(base + (off_t)(HOLE * PAGE), lseek(self->fd, 0, SEEK_CUR));
}

#define VSYSCALL	0xffffffffff600000ULL

static ssize_t read_at(int fd, uint64_t addr, void *buf, size_t len)
{
	/* A result of lseek(2) that looks negative is none the less good. */
	errno = 0;
	if (lseek(fd, addr, SEEK_SET) != (off_t)addr)
		return -ESPIPE;
	return read(fd, buf, len);
}

/*
 * What there is up there to read is [vsyscall], and how far one gets with it
 * depends on the kernel's way: access_process_vm() as far as /proc/PID/mem, which
 * uses it too, page references as far as process_vm_readv(2).
 */
TEST_F_TIMEOUT(rw, addresses_above_2_to_the_63_are_reached_by_lseek, 60)
{
	char here[64] = "", there[64] = "";
	struct iovec local = { there, sizeof(there) };
	struct iovec remote = { (void *)VSYSCALL, sizeof(there) };
	struct dbgmem_transfer t;
	ssize_t n, ref;
	char *shared;

	shared = shared_alloc(PAGE);
	ASSERT_NE(NULL, shared);
	/* The target has to have that memory too. */
	fixture_stop(&self->fixture);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	self->fd = self->fixture.fd;
	ref = process_vm_readv(self->target->pid, &local, 1, &remote, 1, 0);
	n = read_at(self->fd, VSYSCALL, here, sizeof(here));
	EXPECT_NE(-ESPIPE, n);
	EXPECT_EQ((off_t)(VSYSCALL + (n > 0 ? n : 0)),
		  lseek(self->fd, 0, SEEK_CUR));
	if (ref > 0) {
		EXPECT_EQ(ref, n);
		EXPECT_EQ(0, memcmp(here, there, ref));
		memcpy(shared, here, ref);
		EXPECT_EQ(0, target_memory_differs(self->target, self->job,
						   (char *)VSYSCALL, shared,
						   ref));
	} else {
		EXPECT_EQ(-1, n);
		TH_LOG("no [vsyscall] to be read: all refuse it");
	}
	/* The ioctl reaches what read() does. */
	EXPECT_EQ(ref > 0 ? 0 : -EFAULT,
		  mem_read(self->fd, VSYSCALL, there, sizeof(there), 0, &t));
	EXPECT_EQ(ref > 0 ? (size_t)ref : 0, t.done);

	/* Nothing is mapped there: refused as a hole, not as an offset. */
	EXPECT_EQ(-1, read_at(self->fd, 0x8000000000000000ULL, here, 8));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, read_at(self->fd, 0xffff888000000000ULL, here, 8));
	EXPECT_EQ(EFAULT, errno);

	/* ksys_pread64() refuses them itself, whatever the file can do. */
	EXPECT_EQ(-1, pread(self->fd, here, 8, (off_t)VSYSCALL));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F_TIMEOUT(rw, modes_and_states_have_their_own_errors, 60)
{
	pid_t pid = self->target->pid;
	char c = 0;
	int fd, mem_fd;

	fd = dev_open(O_RDWR);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, pread(fd, &c, 1, at(self, 0)));
	EXPECT_EQ(ENOTCONN, errno);
	EXPECT_EQ(-1, pwrite(fd, &c, 1, at(self, 0)));
	EXPECT_EQ(ENOTCONN, errno);
	/* Attached by a mem_fd that is read-only. */
	mem_fd = proc_open(pid, "mem", O_RDONLY);
	ASSERT_LE(0, mem_fd);
	ASSERT_EQ(0, attach(fd, pid, mem_fd));
	close(mem_fd);
	EXPECT_EQ(1, pread(fd, &c, 1, at(self, 0)));
	EXPECT_EQ(-1, pwrite(fd, &c, 1, at(self, 0)));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-EACCES, mem_write(fd, self->mem, &c, 1, 0, NULL));
	close(fd);

	fd = session_open(pid, O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(1, pread(fd, &c, 1, at(self, 0)));
	EXPECT_EQ(-1, pwrite(fd, &c, 1, at(self, 0)));
	EXPECT_EQ(EBADF, errno);
	close(fd);

	/* Who may not read has no use for a mirror. */
	attach_flags = 0;
	fd = session_open(pid, O_WRONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, pread(fd, &c, 1, at(self, 0)));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(-EACCES, mem_read(fd, self->mem, &c, 1, 0, NULL));
	EXPECT_EQ(1, pwrite(fd, &c, 1, at(self, 0)));
	close(fd);
}

/* dd(1) reads the target from its standard input. */
TEST_F_TIMEOUT(rw, dd_copies_pages_of_the_target, 60)
{
	char skip[40], out[] = "/tmp/dbgmem-dd-XXXXXX", of[64];
	int status, file;
	pid_t pid;

	file = mkstemp(out);
	ASSERT_LE(0, file);
	snprintf(skip, sizeof(skip), "skip=%llu",
		 (unsigned long long)at(self, 2 * PAGE) / PAGE);
	snprintf(of, sizeof(of), "of=%s", out);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(self->fd, 0);
		execlp("dd", "dd", "bs=4096", "count=2", skip, of, NULL);
		_exit(127);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	unlink(out);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		SKIP(return, "no dd");
	EXPECT_EQ(0, status);
	EXPECT_EQ((ssize_t)(2 * PAGE), pread(file, self->buf, AREA, 0));
	EXPECT_EQ(-1, pattern_differs(self->buf, 2 * PAGE, 2 * PAGE, 3));
	close(file);
}

/* --- io_uring --- */

TEST_F_TIMEOUT(rw, io_uring_reads_and_writes_the_target, 60)
{
	const size_t want = HOLE * PAGE - 3;
	struct io_uring ring;
	char *b = self->buf;
	struct iovec v[2] = { { b + 5, 11 }, { b + PAGE, 2 * PAGE } };
	struct iovec all = { b, AREA };
	int ret;

	ret = io_uring_queue_init(4, &ring, 0);
	if (ret)
		SKIP(return, "no io_uring: %s", strerror(-ret));

	io_uring_prep_read(io_uring_get_sqe(&ring), self->fd, b, AREA,
			   at(self, 3));
	ASSERT_EQ((int)want, uring_submit(&ring));
	EXPECT_EQ(-1, pattern_differs(b, 3, want, 3));
	EXPECT_EQ(-1, byte_differs(b + want, 0xee, AREA - want));
	io_uring_prep_read(io_uring_get_sqe(&ring), self->fd, b, 8,
			   at(self, HOLE * PAGE));
	EXPECT_EQ(-EFAULT, uring_submit(&ring));

	memset(b, 0xee, AREA);
	io_uring_prep_readv(io_uring_get_sqe(&ring), self->fd, v, 2,
			    at(self, 20));
	ASSERT_EQ(11 + 2 * (int)PAGE, uring_submit(&ring));
	EXPECT_EQ(-1, pattern_differs(b + 5, 20, 11, 3));
	EXPECT_EQ(-1, pattern_differs(b + PAGE, 31, 2 * PAGE, 3));

	pattern_fill(b, 0, 100, 4);
	io_uring_prep_write(io_uring_get_sqe(&ring), self->fd, b, 100,
			    at(self, PAGE - 50));
	ASSERT_EQ(100, uring_submit(&ring));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
					     self->mem + PAGE - 50, 0, 100, 4));

	/* A registered buffer has pages, and no address that is looked at. */
	ASSERT_EQ(0, io_uring_register_buffers(&ring, &all, 1));
	memset(b, 0xee, AREA);
	io_uring_prep_read_fixed(io_uring_get_sqe(&ring), self->fd, b + 7,
				 AREA - 7, at(self, 2 * PAGE + 1), 0);
	ASSERT_EQ((int)(3 * PAGE) - 1, uring_submit(&ring));
	EXPECT_EQ(-1, pattern_differs(b + 7, 2 * PAGE + 1, 3 * PAGE - 1, 3));
	EXPECT_EQ(-1, byte_differs(b + 7 + 3 * PAGE - 1, 0xee,
				   AREA - 6 - 3 * PAGE));
	io_uring_prep_read_fixed(io_uring_get_sqe(&ring), self->fd, b, 8,
				 at(self, HOLE * PAGE), 0);
	EXPECT_EQ(-EFAULT, uring_submit(&ring));

	pattern_fill(b, 0, AREA, 5);
	io_uring_prep_write_fixed(io_uring_get_sqe(&ring), self->fd, b + 7,
				  AREA - 7, at(self, 2 * PAGE + 1), 0);
	ASSERT_EQ((int)(3 * PAGE) - 1, uring_submit(&ring));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
					     self->mem + 2 * PAGE + 1, 7,
					     3 * PAGE - 1, 5));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
					     self->mem + (HOLE + 1) * PAGE,
					     (HOLE + 1) * PAGE, PAGE, 3));
	io_uring_queue_exit(&ring);
}

TEST_HARNESS_MAIN
