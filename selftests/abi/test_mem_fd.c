// SPDX-License-Identifier: GPL-2.0
/*
 * ATTACH: which descriptors are accepted as the target's mem file, the errno of
 * each refusal, and the state of a session after a refusal.
 */
#include "proc.h"

#include "fuse_mem.h"

#include <kselftest_harness.h>

#define FUSE_DIR	"/tmp/dbgmem-fuse"
#define PROC_DIR	"/tmp/dbgmem-proc"

static volatile unsigned char mark[64] = "the target's own bytes";

/* Does this session reach the target, and so is attached? */
static bool session_reads(int fd)
{
	unsigned char buf[sizeof(mark)];

	return !mem_read(fd, mark, buf, sizeof(buf), 0, NULL) &&
	       !memcmp(buf, (void *)mark, sizeof(buf));
}

static bool session_unbound(int fd)
{
	struct dbgmem_session_info info;
	unsigned char buf[8];

	return !session_info(fd, &info) &&
	       info.state == DBGMEM_STATE_UNBOUND && !info.pid &&
	       !info.access &&
	       mem_read(fd, mark, buf, sizeof(buf), 0, NULL) == -ENOTCONN;
}

/* --- the table of what is refused --- */

/* Open something that is no mem_fd for @pid. */
typedef int (*open_fn)(pid_t pid);

FIXTURE(refused)
{
	struct target target;
	int fd;
};

FIXTURE_VARIANT(refused)
{
	open_fn open;
	int want;
};

#define REFUSED(name, err, body) \
	static int open_##name(pid_t pid) { (void)pid; body } \
	FIXTURE_VARIANT_ADD(refused, name) \
	{ .open = open_##name, .want = -(err), }

REFUSED(auxv, EKEYREJECTED, return proc_open(pid, "auxv", O_RDONLY););
REFUSED(environ, EKEYREJECTED, return proc_open(pid, "environ", O_RDONLY););
REFUSED(maps, EKEYREJECTED, return proc_open(pid, "maps", O_RDONLY););
REFUSED(smaps, EKEYREJECTED, return proc_open(pid, "smaps", O_RDONLY););
REFUSED(pagemap, EKEYREJECTED, return proc_open(pid, "pagemap", O_RDONLY););
REFUSED(clear_refs, EKEYREJECTED,
	return proc_open(pid, "clear_refs", O_WRONLY););
REFUSED(task_auxv, EKEYREJECTED,
	char name[32];
	snprintf(name, sizeof(name), "task/%d/auxv", (int)pid);
	return proc_open(pid, name, O_RDONLY););
REFUSED(proc_directory, EKEYREJECTED, return proc_open(pid, "", O_RDONLY););
REFUSED(proc_version, EKEYREJECTED, return open("/proc/version", O_RDONLY););
REFUSED(regular_file, EBADFD,
	return open("/tmp/dbgmem-regular", O_RDWR | O_CREAT, 0600););
REFUSED(memfd, EBADFD, return memfd_create("mem", MFD_CLOEXEC););
REFUSED(directory, EBADFD, return open("/tmp", O_RDONLY | O_DIRECTORY););
REFUSED(dev_null, EBADFD, return open("/dev/null", O_RDWR););
REFUSED(dev_mem_like, EBADFD, return open("/dev/zero", O_RDWR););
REFUSED(sysfs_file, EBADFD, return open("/sys/kernel/notes", O_RDONLY););
REFUSED(pipe, EBADFD,
	int fds[2];
	return pipe2(fds, O_CLOEXEC) ? -errno : fds[0];);
REFUSED(pidfd, EBADFD,
	int fd = syscall(SYS_pidfd_open, pid, 0);
	return fd < 0 ? -errno : fd;);
REFUSED(another_session, EBADFD, return session_open(pid, O_RDWR););
REFUSED(closed_descriptor, EBADF,
	int fd = proc_open(pid, "mem", O_RDWR);
	close(fd);
	return fd;);
REFUSED(negative_descriptor, EBADF, return -1;);
REFUSED(path_descriptor, EBADF, return proc_open(pid, "mem", O_PATH););
REFUSED(mem_of_ourselves, EXDEV, return proc_open(getpid(), "mem", O_RDWR););
REFUSED(mem_of_init, EXDEV, return proc_open(1, "mem", O_RDWR););

FIXTURE_SETUP(refused)
{
	ASSERT_EQ(0, target_start(&self->target));
	self->fd = dev_open(O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(refused)
{
	close(self->fd);
	target_stop(&self->target);
	unlink("/tmp/dbgmem-regular");
}

TEST_F_TIMEOUT(refused, with_its_errno_and_stays_unbound, 60)
{
	int mem_fd, good;

	mem_fd = variant->open(self->target.pid);
	if (variant->want != -EBADF)
		ASSERT_LE(0, mem_fd);
	EXPECT_EQ(variant->want, attach(self->fd, self->target.pid, mem_fd));
	EXPECT_TRUE(session_unbound(self->fd));

	/* and a correct one works afterwards */
	good = proc_open(self->target.pid, "mem", O_RDWR);
	ASSERT_LE(0, good);
	EXPECT_EQ(0, attach(self->fd, self->target.pid, good));
	EXPECT_TRUE(session_reads(self->fd));
}

/* --- FUSE --- */

TEST(fuse_file_named_mem_is_ebadfd)
{
	struct fuse_mem fuse;
	struct target target = {};
	int fd, mem_fd, ret;
	char c = 'x';

	ret = fuse_mem_start(&fuse, FUSE_DIR);
	if (ret == -ENODEV)
		SKIP(return, "no FUSE in this kernel");
	ASSERT_EQ(0, ret);
	ASSERT_EQ(0, target_start(&target));
	fd = dev_open(O_RDWR);
	ASSERT_LE(0, fd);
	mem_fd = open(FUSE_DIR "/mem", O_RDWR);
	ASSERT_LE(0, mem_fd);
	/* it answers like memory */
	EXPECT_EQ(1, pread(mem_fd, &c, 1, 4096));
	EXPECT_EQ(0, c);
	EXPECT_EQ(-EBADFD, attach(fd, target.pid, mem_fd));
	EXPECT_TRUE(session_unbound(fd));
	close(mem_fd);
	close(fd);
	target_stop(&target);
	fuse_mem_stop(&fuse);
}

TEST(fuse_file_mounted_over_proc_pid_mem_is_ebadfd)
{
	struct target target = {};
	struct fuse_mem fuse;
	char path[64];
	int fd, ret;

	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ret = fuse_mem_start(&fuse, FUSE_DIR);
	if (ret == -ENODEV)
		SKIP(return, "no FUSE in this kernel");
	ASSERT_EQ(0, ret);
	ASSERT_EQ(0, target_start(&target));
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)target.pid);
	ASSERT_EQ(0, mount(FUSE_DIR "/mem", path, NULL, MS_BIND, NULL));
	EXPECT_EQ(-EBADFD, session_open(target.pid, O_RDWR));
	/* over /proc/self/mem too: what it is was learned at load */
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)getpid());
	ASSERT_EQ(0, mount(FUSE_DIR "/mem", path, NULL, MS_BIND, NULL));
	EXPECT_EQ(-EBADFD, session_open(getpid(), O_RDWR));
	EXPECT_EQ(0, umount2(path, MNT_DETACH));
	fd = session_open(getpid(), O_RDWR);
	EXPECT_LE(0, fd);
	close(fd);
	target_stop(&target);
	fuse_mem_stop(&fuse);
}

TEST(other_mem_mounted_over_proc_pid_mem_is_exdev)
{
	struct target target = {}, other = {};
	char path[64], from[64];

	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, target_start(&target));
	ASSERT_EQ(0, target_start(&other));
	snprintf(from, sizeof(from), "/proc/%d/mem", (int)other.pid);
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)target.pid);
	ASSERT_EQ(0, mount(from, path, NULL, MS_BIND, NULL));
	EXPECT_EQ(-EXDEV, session_open(target.pid, O_RDWR));
	target_stop(&target);
	target_stop(&other);
}

TEST(mem_of_a_second_procfs_is_a_mem_fd)
{
	struct target target = {};
	int fd, mem_fd;
	char path[64];

	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	mkdir(PROC_DIR, 0755);
	ASSERT_EQ(0, mount("proc", PROC_DIR, "proc", 0, NULL));
	ASSERT_EQ(0, target_start(&target));
	snprintf(path, sizeof(path), PROC_DIR "/%d/mem", (int)target.pid);
	mem_fd = open(path, O_RDWR);
	fd = dev_open(O_RDWR);
	EXPECT_EQ(0, attach(fd, target.pid, mem_fd));
	EXPECT_TRUE(session_reads(fd));
	target_stop(&target);
	umount2(PROC_DIR, MNT_DETACH);
	rmdir(PROC_DIR);
}

/* --- which process --- */

TEST(pid_that_is_not_positive_is_einval)
{
	static const pid_t bad[] = { 0, -1, -2, INT32_MIN };
	int fd = dev_open(O_RDWR);
	int mem_fd = proc_open(getpid(), "mem", O_RDWR);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(-EINVAL, attach(fd, bad[i], mem_fd));
	EXPECT_TRUE(session_unbound(fd));
}

TEST(pid_that_does_not_exist_is_esrch)
{
	int fd = dev_open(O_RDWR);
	int mem_fd = proc_open(getpid(), "mem", O_RDWR);
	struct target gone = {};

	EXPECT_EQ(-ESRCH, attach(fd, INT32_MAX, mem_fd));
	ASSERT_EQ(0, target_start(&gone));
	target_stop(&gone);
	EXPECT_EQ(-ESRCH, attach(fd, gone.pid, mem_fd));
	EXPECT_TRUE(session_unbound(fd));
}

TEST(kernel_thread_is_enxio)
{
	int fd = dev_open(O_RDWR);
	int mem_fd;

	EXPECT_EQ(-ENXIO, attach(fd, 2, proc_open(getpid(), "mem", O_RDWR)));
	/* its own mem file opens, for root, and holds nothing; or it does not */
	mem_fd = proc_open(2, "mem", O_RDWR);
	if (mem_fd != -ESRCH) {
		ASSERT_LE(0, mem_fd);
		EXPECT_EQ(-ENXIO, attach(fd, 2, mem_fd));
		/* and is no mem_fd for anybody else */
		EXPECT_GT(0, attach(fd, getpid(), mem_fd));
	}
	EXPECT_TRUE(session_unbound(fd));
}

TEST(zombie_is_esrch)
{
	struct target target = {};
	int fd, mem_fd, late;

	ASSERT_EQ(0, target_start(&target));
	fd = dev_open(O_RDWR);
	mem_fd = proc_open(target.pid, "mem", O_RDWR);
	ASSERT_LE(0, mem_fd);
	kill(target.pid, SIGKILL);
	ASSERT_TRUE(proc_wait_state(target.pid, 'Z'));
	EXPECT_EQ(-ESRCH, attach(fd, target.pid, mem_fd));
	late = proc_open(target.pid, "mem", O_RDWR);
	if (late >= 0)
		EXPECT_EQ(-ESRCH, attach(fd, target.pid, late));
	EXPECT_TRUE(session_unbound(fd));
	target_stop(&target);
}

TEST(init_works_for_root)
{
	int fd = session_open(1, O_RDWR);

	EXPECT_LE(0, fd);
	close(fd);
}

TEST(oneself_works)
{
	unsigned char buf[sizeof(mark)] = "written through the session";
	int fd = session_open(getpid(), O_RDWR);

	ASSERT_LE(0, fd);
	EXPECT_TRUE(session_reads(fd));
	EXPECT_EQ(0, mem_write(fd, mark, buf, sizeof(buf), 0, NULL));
	EXPECT_EQ(0, memcmp((void *)mark, buf, sizeof(buf)));
	/* over itself: source and destination are the same bytes */
	EXPECT_EQ(0, mem_write(fd, mark, (void *)mark, sizeof(mark), 0, NULL));
	EXPECT_EQ(0, memcmp((void *)mark, buf, sizeof(buf)));
}

TEST(mem_fd_from_before_an_execve_is_estale)
{
	struct target target = {};
	int fd, mem_fd, pipefd[2];
	char c;

	ASSERT_EQ(0, pipe2(pipefd, O_CLOEXEC));
	target.pid = fork();
	if (!target.pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (read(pipefd[0], &c, 1) == 1)
			execlp("sleep", "sleep", "1000", NULL);
		_exit(1);
	}
	mem_fd = proc_open(target.pid, "mem", O_RDWR);
	ASSERT_LE(0, mem_fd);
	ASSERT_EQ(1, write(pipefd[1], "x", 1));
	close(pipefd[0]);
	/* the other end closes on exec */
	signal(SIGPIPE, SIG_IGN);
	while (write(pipefd[1], "x", 1) == 1)
		sleep_ms(1);
	fd = dev_open(O_RDWR);
	EXPECT_EQ(-ESTALE, attach(fd, target.pid, mem_fd));
	EXPECT_TRUE(session_unbound(fd));
	/* one opened now is as good as ever */
	EXPECT_EQ(0, attach(fd, target.pid,
			    proc_open(target.pid, "mem", O_RDWR)));
	kill(target.pid, SIGKILL);
	EXPECT_EQ(-SIGKILL, child_wait(target.pid));
}

/* --- a session attaches once, in the modes that both have --- */

TEST(second_attach_is_eisconn)
{
	struct dbgmem_session_info info;
	struct target target = {};
	int fd, mem_fd;

	ASSERT_EQ(0, target_start(&target));
	fd = session_open(target.pid, O_RDONLY);
	ASSERT_LE(0, fd);
	mem_fd = proc_open(target.pid, "mem", O_RDWR);
	EXPECT_EQ(-EISCONN, attach(fd, target.pid, mem_fd));
	EXPECT_EQ(-EISCONN, attach(fd, getpid(),
				   proc_open(getpid(), "mem", O_RDWR)));
	ASSERT_EQ(0, session_info(fd, &info));
	EXPECT_EQ(target.pid, info.pid);
	EXPECT_EQ(DBGMEM_ACCESS_READ, info.access);
	target_stop(&target);
	/* nor does the end of the target make room for another */
	EXPECT_EQ(-EISCONN, attach(fd, getpid(),
				   proc_open(getpid(), "mem", O_RDWR)));
}

FIXTURE(access_mode)
{
	struct target target;
};

FIXTURE_VARIANT(access_mode)
{
	int device, mem_fd;
	uint32_t access;	/* 0: ATTACH is EACCES */
};

#define R	DBGMEM_ACCESS_READ
#define W	DBGMEM_ACCESS_WRITE
#define MODE(name, dev, rec, acc) \
	FIXTURE_VARIANT_ADD(access_mode, name) \
	{ .device = dev, .mem_fd = rec, .access = acc, }
MODE(device_rw_mem_fd_rw, O_RDWR, O_RDWR, R | W);
MODE(device_rw_mem_fd_r, O_RDWR, O_RDONLY, R);
MODE(device_rw_mem_fd_w, O_RDWR, O_WRONLY, W);
MODE(device_r_mem_fd_rw, O_RDONLY, O_RDWR, R);
MODE(device_r_mem_fd_r, O_RDONLY, O_RDONLY, R);
MODE(device_r_mem_fd_w, O_RDONLY, O_WRONLY, 0);
MODE(device_w_mem_fd_rw, O_WRONLY, O_RDWR, W);
MODE(device_w_mem_fd_r, O_WRONLY, O_RDONLY, 0);
MODE(device_w_mem_fd_w, O_WRONLY, O_WRONLY, W);

FIXTURE_SETUP(access_mode)
{
	ASSERT_EQ(0, target_start(&self->target));
}

FIXTURE_TEARDOWN(access_mode)
{
	target_stop(&self->target);
}

TEST_F_TIMEOUT(access_mode, is_what_device_and_mem_fd_have_in_common, 60)
{
	struct dbgmem_attach a = {
		.size = sizeof(a),
		.pid = self->target.pid,
		.access = 0xdeadbeef,
	};
	unsigned char buf[8] = "changed";
	int fd = dev_open(variant->device);
	int want_r = variant->access & R ? 0 : -EACCES;
	int want_w = variant->access & W ? 0 : -EACCES;

	a.mem_fd = proc_open(self->target.pid, "mem", variant->mem_fd);
	ASSERT_LE(0, a.mem_fd);
	EXPECT_EQ(variant->access ? 0 : -1, ioctl(fd, DBGMEM_IOC_ATTACH, &a));
	if (!variant->access) {
		EXPECT_EQ(EACCES, errno);
		want_r = want_w = -ENOTCONN;
	}
	EXPECT_EQ(variant->access, a.access);
	close(a.mem_fd);
	EXPECT_EQ(want_w, mem_write(fd, mark, buf, sizeof(buf), 0, NULL));
	EXPECT_EQ(want_w, mem_write(fd, mark, buf, sizeof(buf), DBGMEM_EXACT,
				    NULL));
	EXPECT_EQ(want_w, mem_write(fd, mark, buf, sizeof(buf), DBGMEM_FORCE,
				    NULL));
	memset(buf, 0, sizeof(buf));
	EXPECT_EQ(want_r, mem_read(fd, mark, buf, sizeof(buf), 0, NULL));
	if (!want_r)
		EXPECT_STREQ(want_w ? "the tar" : "changed",
			     (buf[7] = 0, (char *)buf));
	close(fd);
}

TEST(session_goes_on_after_the_mem_fd_is_closed)
{
	struct target target = {};
	int fd, mem_fd;

	ASSERT_EQ(0, target_start(&target));
	fd = dev_open(O_RDWR);
	mem_fd = proc_open(target.pid, "mem", O_RDWR);
	ASSERT_EQ(0, attach(fd, target.pid, mem_fd));
	close(mem_fd);
	EXPECT_TRUE(session_reads(fd));
	target_stop(&target);
}

TEST(mem_fd_of_a_thread_and_pid_of_a_thread_name_the_process)
{
	struct dbgmem_session_info info;
	struct target target = {};
	char name[32];
	int fd;

	ASSERT_EQ(0, target_start(&target));
	snprintf(name, sizeof(name), "task/%d/mem", (int)target.pid);
	fd = dev_open(O_RDWR);
	EXPECT_EQ(0, attach(fd, target.pid,
			    proc_open(target.pid, name, O_RDWR)));
	ASSERT_EQ(0, session_info(fd, &info));
	EXPECT_EQ(target.pid, info.pid);
	target_stop(&target);
}

TEST_HARNESS_MAIN
