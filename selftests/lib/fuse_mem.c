// SPDX-License-Identifier: GPL-2.0
#include "fuse_mem.h"

#define FUSE_NODE_MEM	2
#define FUSE_NODE_FILE	3
#define FUSE_NODE_SLOW	4
#define FUSE_MAX_WRITE	4096
#define FUSE_MAX_HELD	64
bool fuse_reads_in_turn;

static char fuse_request[256 << 10];

static char fuse_zeros[128 << 10];

static void fuse_reply(int fd, uint64_t unique, int error, const void *data,
		       size_t len)
{
	struct fuse_out_header out = {
		.len = sizeof(out) + (error ? 0 : len),
		.error = error,
		.unique = unique,
	};
	struct iovec iov[2] = {
		{ &out, sizeof(out) },
		{ (void *)data, len },
	};

	/* the only failure is a caller that went away meanwhile */
	if (writev(fd, iov, error || !len ? 1 : 2) < 0 && errno != ENOENT)
		_exit(1);
}

static void fuse_fill_attr(struct fuse_attr *attr, uint64_t node)
{
	memset(attr, 0, sizeof(*attr));
	attr->ino = node;
	attr->nlink = 1;
	attr->blksize = 4096;
	if (node == FUSE_NODE_MEM || node == FUSE_NODE_FILE ||
	    node == FUSE_NODE_SLOW) {
		attr->mode = S_IFREG | 0666;
		attr->size = node == FUSE_NODE_SLOW ? FUSE_SLOW_SIZE :
						      FUSE_FILE_SIZE;
	} else {
		attr->mode = S_IFDIR | 0755;
	}
}

static uint64_t fuse_lookup(const char *name)
{
	if (!strcmp(name, "mem"))
		return FUSE_NODE_MEM;
	if (!strcmp(name, "file"))
		return FUSE_NODE_FILE;
	return strcmp(name, "slow") ? 0 : FUSE_NODE_SLOW;
}

static void fuse_answer(int fd, const struct fuse_in_header *in,
			const void *arg)
{
	struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION,
		.minor = 31,
		.max_readahead = 65536,
		/* who waits for a page can be killed, as with libfuse's */
		.flags = fuse_reads_in_turn ? 0 : FUSE_ASYNC_READ,
		.max_write = FUSE_MAX_WRITE,
		.max_background = 4,
		.congestion_threshold = 3,
	};
	const struct fuse_read_in *rd = arg;
	struct fuse_entry_out entry = {};
	struct fuse_attr_out attr = {};
	struct fuse_open_out open = {};

	switch (in->opcode) {
	case FUSE_INIT:
		fuse_reply(fd, in->unique, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		entry.nodeid = fuse_lookup(arg);
		fuse_fill_attr(&entry.attr, entry.nodeid);
		fuse_reply(fd, in->unique, entry.nodeid ? 0 : -ENOENT, &entry,
			   sizeof(entry));
		break;
	case FUSE_GETATTR:
		fuse_fill_attr(&attr.attr, in->nodeid);
		fuse_reply(fd, in->unique, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		if (in->nodeid == FUSE_NODE_MEM)
			open.open_flags = FOPEN_DIRECT_IO;
		fuse_reply(fd, in->unique, 0, &open, sizeof(open));
		break;
	case FUSE_READ:
		fuse_reply(fd, in->unique, 0, fuse_zeros,
		      rd->size < sizeof(fuse_zeros) ? rd->size : sizeof(fuse_zeros));
		break;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		fuse_reply(fd, in->unique, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		fuse_reply(fd, in->unique, -ENOSYS, NULL, 0);
	}
}

/* A read of "slow" that waits for the test. */
struct fuse_held {
	struct fuse_in_header in;
	struct fuse_read_in read;
};

static void fuse_serve(int fd, struct fuse_slow *slow)
{
	const struct fuse_in_header *in = (void *)fuse_request;
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	struct fuse_held held[FUSE_MAX_HELD];
	int nr = 0;
	ssize_t n;

	for (;;) {
		while (nr && !__atomic_load_n(&slow->hold, __ATOMIC_ACQUIRE)) {
			nr--;
			fuse_answer(fd, &held[nr].in, &held[nr].read);
		}
		__atomic_store_n(&slow->waiting, nr, __ATOMIC_RELEASE);
		if (poll(&poll_fd, 1, nr ? 5 : -1) <= 0)
			continue;
		n = read(fd, fuse_request, sizeof(fuse_request));
		if (n < 0 && (errno == EINTR || errno == ENOENT ||
			      errno == EAGAIN))
			continue;
		if (n < (ssize_t)sizeof(*in))
			_exit(0);	/* unmounted */
		if (in->opcode == FUSE_READ && in->nodeid == FUSE_NODE_SLOW &&
		    nr < FUSE_MAX_HELD)
			memcpy(&held[nr++], in, sizeof(*held));
		else
			fuse_answer(fd, in, in + 1);
	}
}

int fuse_load(void)
{
	char path[256];
	struct utsname u;
	int fd, ret;

	if (!access("/dev/fuse", F_OK))
		return 0;
	if (system("modprobe -q fuse") == 0 && !access("/dev/fuse", F_OK))
		return 0;
	uname(&u);
	snprintf(path, sizeof(path), "/lib/modules/%s/kernel/fs/fuse/fuse.ko",
		 u.release);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -ENODEV;
	ret = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	if (ret && ret != -EEXIST)
		return ret;
	return access("/dev/fuse", F_OK) ? -ENODEV : 0;
}

int fuse_mem_start(struct fuse_mem *f, const char *dir)
{
	char opts[96];
	int fd, ret;

	ret = fuse_load();
	if (ret)
		return ret;
	fd = open("/dev/fuse", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	f->slow = mmap(NULL, sizeof(*f->slow), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (f->slow == MAP_FAILED) {
		ret = -errno;
		goto out;
	}
	snprintf(f->dir, sizeof(f->dir), "%s", dir);
	if (mkdir(f->dir, 0755) && errno != EEXIST) {
		ret = -errno;
		goto out;
	}
	snprintf(opts, sizeof(opts),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
	if (mount("dbgmem", f->dir, "fuse", MS_NOSUID | MS_NODEV, opts)) {
		ret = -errno;
		goto out_dir;
	}
	f->server = fork();
	if (!f->server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fuse_serve(fd, f->slow);
	}
	if (f->server > 0)
		goto out;
	ret = -errno;
	umount2(f->dir, MNT_DETACH);
out_dir:
	rmdir(f->dir);
out:
	close(fd);
	return ret;
}

void fuse_mem_stop(struct fuse_mem *f)
{
	umount2(f->dir, MNT_DETACH);
	kill(f->server, SIGKILL);
	waitpid(f->server, NULL, 0);
	rmdir(f->dir);
	munmap(f->slow, sizeof(*f->slow));
}
