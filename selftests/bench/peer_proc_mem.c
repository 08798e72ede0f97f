// SPDX-License-Identifier: GPL-2.0
/*
 * Peer: pread(2) and pwrite(2) on /proc/PID/mem.
 */
#include "bench.h"

static inline int piece(const struct work *w, unsigned int i)
{
	char *buf = w->buf + i * w->size;
	off_t addr = (uintptr_t)w->pieces[i].iov_base;
	ssize_t n;

	if (w->write)
		n = pwrite(subject.mem, buf, w->size, addr);
	else
		n = pread(subject.mem, buf, w->size, addr);
	if (n < 0)
		return -errno;
	return (size_t)n == w->size ? 0 : -EIO;
}

int proc_mem_one(const struct work *w)
{
	return piece(w, 0);
}

int proc_mem_each(const struct work *w)
{
	unsigned int i;
	int ret;

	for (i = 0; i < w->nr; i++) {
		ret = piece(w, i);
		if (ret)
			return ret;
	}
	return 0;
}

int proc_mem_attach(const struct work *w)
{
	ssize_t n;
	int fd, ret = 0;

	fd = proc_open(subject.target.pid, "mem", O_RDONLY);
	if (fd < 0)
		return fd;
	n = pread(fd, w->buf, w->size, w->addr);
	if (n < 0)
		ret = -errno;
	else if ((size_t)n != w->size)
		ret = -EIO;
	close(fd);
	return ret;
}

static int move(bool write, void *buf, size_t len, uint64_t addr)
{
	ssize_t n = write ? pwrite(subject.mem, buf, len, addr) :
			    pread(subject.mem, buf, len, addr);

	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

/* As debuggers do: keep the byte, plant the trap, put it back. */
int proc_mem_bp_set_clear(const struct work *w)
{
	unsigned char byte, trap = 0xcc;
	int ret;

	ret = move(false, &byte, 1, w->addr);
	if (!ret)
		ret = move(true, &trap, 1, w->addr);
	if (!ret)
		ret = move(true, &byte, 1, w->addr);
	return ret;
}

/* Not atomic: nothing that the peers have is. */
int proc_mem_exchange(const struct work *w)
{
	uint64_t word;
	int ret;

	ret = move(false, &word, sizeof(word), w->addr);
	word++;
	return ret ? ret : move(true, &word, sizeof(word), w->addr);
}
