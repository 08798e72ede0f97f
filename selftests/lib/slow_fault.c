// SPDX-License-Identifier: GPL-2.0
#include "slow_fault.h"

#define SLOW_SLOT	(256UL << 10)	/* more than is read ahead */
#define SLOW_SLOTS	(SLOW_SIZE / SLOW_SLOT)
#define SLOW_DIR	"/tmp/dbgmem-slow"

char *slow_slot(const struct slow *s, unsigned int i)
{
	/* in its middle: what is read around a fault stays within */
	return s->mem + i * SLOW_SLOT + SLOW_SLOT / 2;
}

const char *slow_map(struct slow *s)
{
	char path[100];
	void *p;
	int fd;

	s->uffd = -1;
	if (s->kind == SLOW_USERFAULTFD) {
		s->mem = private_alloc(SLOW_SIZE);
		return s->mem ? NULL : "no memory";
	}
	fuse_reads_in_turn = s->kind == SLOW_FUSE_IN_TURN;
	if (fuse_mem_start(&s->fuse, SLOW_DIR))
		return "no FUSE";
	snprintf(path, sizeof(path), "%s/slow", s->fuse.dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return "cannot open the file";
	p = mmap(NULL, SLOW_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	/* a process that ends would ask the server about its descriptors */
	close(fd);
	s->mem = p;
	if (p == MAP_FAILED)
		return "cannot map the file";
	if (s->kind == SLOW_FUSE_RANDOM && madvise(p, SLOW_SIZE, MADV_RANDOM))
		return "no MADV_RANDOM";
	return NULL;
}

static long slow_register(void *mem)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = {
		.range = { (uintptr_t)mem, SLOW_SIZE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &reg))
		return -errno;
	return fd;
}

int slow_hold(struct slow *s, struct target *t)
{
	int pidfd, fd;

	if (s->kind != SLOW_USERFAULTFD) {
		__atomic_store_n(&s->fuse.slow->hold, 1, __ATOMIC_RELEASE);
		return 0;
	}
	if (s->uffd >= 0)
		return 0;
	fd = target_call(t, slow_register, s->mem);
	if (fd < 0)
		return fd;
	pidfd = syscall(SYS_pidfd_open, t->pid, 0);
	if (pidfd < 0)
		return -errno;
	s->uffd = syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	close(pidfd);
	return s->uffd < 0 ? -errno : 0;
}

bool slow_waits(struct slow *s, long ms)
{
	struct pollfd p = { .fd = s->uffd, .events = POLLIN };
	long end = now_ms() + ms;
	struct uffd_msg msg;

	if (s->kind == SLOW_USERFAULTFD)
		return poll(&p, 1, ms) == 1 &&
		       read(s->uffd, &msg, sizeof(msg)) == sizeof(msg);
	while (!__atomic_load_n(&s->fuse.slow->waiting, __ATOMIC_ACQUIRE)) {
		if (now_ms() > end)
			return false;
		sleep_ms(1);
	}
	return true;
}

void slow_answer(struct slow *s, char *slot)
{
	struct uffdio_zeropage zero = {
		.range = { (uintptr_t)slot & -PAGE, PAGE },
	};

	if (s->kind == SLOW_USERFAULTFD) {
		ioctl(s->uffd, UFFDIO_ZEROPAGE, &zero);
		return;
	}
	__atomic_store_n(&s->fuse.slow->hold, 0, __ATOMIC_RELEASE);
	while (__atomic_load_n(&s->fuse.slow->waiting, __ATOMIC_ACQUIRE))
		sleep_ms(1);
}

void slow_unmap(struct slow *s)
{
	if (s->uffd >= 0)
		close(s->uffd);
	if (s->kind != SLOW_USERFAULTFD) {
		__atomic_store_n(&s->fuse.slow->hold, 0, __ATOMIC_RELEASE);
		fuse_mem_stop(&s->fuse);
	}
}
