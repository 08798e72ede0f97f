// SPDX-License-Identifier: GPL-2.0
#include "place.h"
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

#include "device.h"

#define CALLER_BASE	0x20000000000UL
#define CALLER_STRIDE	0x100000UL
#define CALLER_REQUEST	0x20000UL
#define CALLER_ARRAY	0x30000UL
#define CALLER_EXTRA	0x50000UL
#define CALLER_FRESH	0x60000UL
#define CALLER_RDONLY	0x70000UL

#define RW		(PROT_READ | PROT_WRITE)
#define PRIVATE		(MAP_PRIVATE | MAP_ANONYMOUS)

unsigned char *shared_view;
struct caller callers[NR_LANES];

uint64_t place_start(enum place place)
{
	switch (place) {
	case PLACE_HUGE:
		return TARGET_BASE + HUGE_SIZE;
	case PLACE_HUGETLB:
		return TARGET_BASE + 2 * HUGE_SIZE;
	case PLACE_VDSO:
		return getauxval(AT_SYSINFO_EHDR);
	case PLACE_VSYSCALL:
		return 0xffffffffff600000;
	case PLACE_NULL:
		return 0;
	case PLACE_USER_END:
		return 0x7ffffffff000 - PAGE;
	case PLACE_NOT_CANONICAL:
		return 0x800000000000 - PAGE;
	case PLACE_KERNEL:
		return 0xffffffff81000000;
	case PLACE_TOP:
		return -2 * PAGE;
	default:
		return TARGET_BASE + place * PLACE_SIZE;
	}
}

enum place place_of(uint16_t field)
{
	return (field >> 6) % NR_PLACES;
}

/* Near the beginning by eights, or around the end of a page byte by byte. */
static uint64_t offset_of(uint16_t field)
{
	unsigned int n = field & 63;

	if (n < 32)
		return n * 8;
	return (1 + (n >> 4 & 1)) * PAGE - 8 + (n & 15);
}

uint64_t place_addr(uint16_t field)
{
	return place_start(place_of(field)) + offset_of(field);
}

uint64_t place_len(uint16_t field)
{
	static const uint64_t lens[32] = {
		8, 1, 2, 4, 16, 3, 7, 64, PAGE, 100, 4 * PAGE, 0, 2 * PAGE,
		1000, PAGE - 1, 32,
		PAGE + 1, 5, 511, 512, BUF_SIZE, BUF_SIZE + 1, 16 * PAGE,
		1 << 20, HUGE_SIZE, HUGE_SIZE + PAGE, 64UL << 20, (64UL << 20) + 1,
		1UL << 47, 1UL << 63, -PAGE, -1UL,
	};

	return lens[field & 31] + (field >> 5 & 7);
}

static int map(uint64_t at, size_t len, int prot, int flags, int fd)
{
	return mmap((void *)at, len, prot, flags | MAP_FIXED, fd, 0) ==
	       MAP_FAILED ? -errno : 0;
}

/* A file in memory of @len bytes. */
static int file_of(size_t len, unsigned int flags)
{
	int fd = memfd_create("fuzz", flags);

	if (fd >= 0 && ftruncate(fd, len)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int map_shared(void)
{
	int fd = file_of(PLACE_SIZE, MFD_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = map(place_start(PLACE_SHARED), PLACE_SIZE, RW, MAP_SHARED, fd);
	if (!ret)
		ret = map(place_start(PLACE_SHARED_RDONLY), PLACE_SIZE,
			  PROT_READ, MAP_SHARED, fd);
	shared_view = mmap(NULL, PLACE_SIZE, RW, MAP_SHARED, fd, 0);
	close(fd);
	return ret ?: shared_view == MAP_FAILED ? -errno : 0;
}

static int map_file(enum place place, int prot, int fd)
{
	int ret;

	if (fd < 0)
		return -errno;
	ret = map(place_start(place), PLACE_SIZE, prot, MAP_PRIVATE, fd);
	close(fd);
	return ret;
}

/* What not every kernel has stays a hole. */
static void map_special(void)
{
	int fd = file_of(HUGE_SIZE, MFD_CLOEXEC | MFD_HUGETLB);

	if (fd >= 0) {
		map(place_start(PLACE_HUGETLB), HUGE_SIZE, RW, MAP_SHARED, fd);
		close(fd);
	}
	map_secret((void *)place_start(PLACE_SECRET));
	map_device((void *)place_start(PLACE_DEVICE));
}

static int map_targets(void)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < NR_MAPPED && !ret; i++)
		if (i != PLACE_HOLE)
			ret = map(place_start(i), PLACE_SIZE, RW, PRIVATE, -1);
	ret = ret ?: map(place_start(PLACE_HUGE), HUGE_SIZE, RW,
			 PRIVATE | MAP_NORESERVE, -1);
	ret = ret ?: map(place_start(PLACE_GROWS), PLACE_SIZE, RW,
			 PRIVATE | MAP_GROWSDOWN, -1);
	ret = ret ?: map_shared();
	ret = ret ?: map_file(PLACE_CODE, PROT_READ | PROT_EXEC,
			      open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
	ret = ret ?: map_file(PLACE_EOF, RW, file_of(PAGE, MFD_CLOEXEC));
	if (ret)
		return ret;
	map_special();
	memset((void *)place_start(PLACE_ANON), 0x11, PLACE_SIZE);
	memset((void *)place_start(PLACE_RDONLY), 0x22, PLACE_SIZE);
	memset((void *)place_start(PLACE_HOT), 0x33, PLACE_SIZE);
	if (mprotect((void *)place_start(PLACE_RDONLY), PLACE_SIZE,
		     PROT_READ) ||
	    mprotect((void *)place_start(PLACE_NONE), PLACE_SIZE, PROT_NONE))
		return -errno;
	return 0;
}

/* Shared, as a fork is cheaper then; but what is fresh must be so for each. */
static int map_caller(struct caller *c, uint64_t base)
{
	const int shared = MAP_SHARED | MAP_ANONYMOUS;

	c->buf = (void *)base;
	c->request = (void *)(base + CALLER_REQUEST);
	c->array = (void *)(base + CALLER_ARRAY);
	c->extra = (void *)(base + CALLER_EXTRA);
	c->fresh = (void *)(base + CALLER_FRESH);
	c->rdonly = (void *)(base + CALLER_RDONLY);
	return map(base, BUF_SIZE, RW, shared, -1) ?:
	       map(base + CALLER_REQUEST, PAGE, RW, shared, -1) ?:
	       map(base + CALLER_ARRAY, ARRAY_SIZE_MAX, RW, shared, -1) ?:
	       map(base + CALLER_EXTRA, BUF_SIZE, RW, shared, -1) ?:
	       map(base + CALLER_FRESH, BUF_SIZE, RW, PRIVATE, -1) ?:
	       map(base + CALLER_RDONLY, PAGE, PROT_READ, shared, -1);
}

int places_map(void)
{
	return map_targets() ?: caller_map(0);
}

int caller_map(unsigned int lane)
{
	return map_caller(&callers[lane], CALLER_BASE + lane * CALLER_STRIDE);
}

void callers_keep(void)
{
	/* there are holes in between, of which it complains */
	madvise((void *)CALLER_BASE, NR_LANES * CALLER_STRIDE, MADV_DONTFORK);
}

void places_unmap(void)
{
	munmap((void *)TARGET_BASE, 3 * HUGE_SIZE);
	munmap((void *)CALLER_BASE, NR_LANES * CALLER_STRIDE);
	munmap(shared_view, PLACE_SIZE);
}

bool caller_buf_is_plain(uint16_t field)
{
	return field >> 6 < 512;
}

uint64_t caller_buf(const struct caller *c, uint16_t field)
{
	if (caller_buf_is_plain(field))
		return (uintptr_t)c->buf + PAGE + offset_of(field);
	switch (field >> 6 & 7) {
	case 0:	return (uintptr_t)c->fresh + offset_of(field);
	case 1:	return (uintptr_t)c->rdonly + offset_of(field);
	case 2:	return (uintptr_t)c->request + (field & 63);
	case 3:	return (uintptr_t)c->array + offset_of(field);
	/* the session may be on oneself */
	case 4:
	case 5:	return place_start((field >> 9) % NR_MAPPED) + offset_of(field);
	case 6:	return place_start(PLACE_DEVICE) + offset_of(field);
	default:
		return (uintptr_t)caller_bad(c, field >> 9);
	}
}

bool caller_buf_is_request(const struct caller *c, uint64_t buf)
{
	return buf - (uintptr_t)c->request < PAGE ||
	       buf - (uintptr_t)c->array < ARRAY_SIZE_MAX;
}

void *caller_bad(const struct caller *c, uint32_t which)
{
	switch (which % 7) {
	case 0:	return NULL;
	case 1:	return c->rdonly;
	case 2:	return c->rdonly + PAGE;
	case 3:	return (void *)place_start(PLACE_KERNEL);
	case 4:	return (void *)place_start(PLACE_NOT_CANONICAL);
	case 5:	return (void *)place_start(PLACE_TOP);
	default:
		return (void *)place_start(PLACE_USER_END);
	}
}
