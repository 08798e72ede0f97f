/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For tests of DBGMEM_IOC_REGION_LIST: a target with mappings of every kind, its
 * /proc/PID/maps, and the ioctl.
 */
#ifndef SELFTESTS_REGION_H
#define SELFTESTS_REGION_H

#include "device.h"
#include "proc.h"
#include "region_maps.h"

#ifndef PR_SET_VMA
#define PR_SET_VMA		0x53564d41
#define PR_SET_VMA_ANON_NAME	0
#endif

#define NAMES_SIZE	(256U << 10)

/* The mappings of a target, as collected by one or several calls. */
struct regions {
	uint32_t nr;
	struct dbgmem_region r[MAX_REGIONS];
	char names[NAMES_SIZE];
};

const char *region_name(const struct regions *all, uint32_t i);

/* A request for all mappings, with outputs that must be overwritten. */
struct dbgmem_region_list region_list(struct regions *all);
int region_ioctl(int fd, struct dbgmem_region_list *l);

/* All of it in one call. */
int regions_get(int fd, struct regions *all);

/* The same with calls for at most @nr regions and @names_size bytes of names. */
int regions_get_by(int fd, struct regions *all, uint32_t nr,
		   uint32_t names_size);

/* --- against /proc/PID/maps --- */

/* Expect that the regions are the lines of maps, all of them. */
#define EXPECT_MAPS(all, maps, with_names) do {				\
	uint32_t _i;							\
									\
	EXPECT_EQ((maps)->nr, (all)->nr);				\
	for (_i = 0; _i < (maps)->nr && _i < (all)->nr; _i++) {		\
		EXPECT_TRUE(region_is_line(&(all)->r[_i], (with_names) ?	\
					   region_name(all, _i) : NULL,	\
					   &(maps)->line[_i]))		\
			TH_LOG("%u: %llx-%llx flags %x '%s', maps: %llx-%llx %s '%s'", \
			       _i, (all)->r[_i].start, (all)->r[_i].end, \
			       (all)->r[_i].flags, region_name(all, _i), \
			       (long long)(maps)->line[_i].start,	\
			       (long long)(maps)->line[_i].end,		\
			       (maps)->line[_i].prot,			\
			       (maps)->line[_i].name);			\
	}								\
} while (0)

/* --- a target with all kinds of mappings --- */

enum rich_kind {
	RICH_PRIVATE_FILE,	/* from its third page on, read-only */
	RICH_PRIVATE_FILE_EXEC,	/* the page behind, of the same file */
	RICH_SHARED_FILE,
	RICH_SHARED_FILE_READ,	/* of a file opened for reading */
	RICH_DELETED,
	RICH_ODD_NAME,		/* a file whose name ends in (deleted) */
	RICH_MEMFD,
	RICH_SYSV,
	RICH_ANON,
	RICH_ANON_NONE,
	RICH_ANON_RWX,
	RICH_ANON_SHARED,
	RICH_GROWSDOWN,
	RICH_HUGETLB,
	RICH_SECRET,
	RICH_DEVICE,
	NR_RICH
};

#define RICH_DIR	"/tmp/dbgmem region"
#define RICH_LEN	(8 * PAGE)

struct rich {
	char *addr[NR_RICH];
	char *gap;		/* nothing is mapped, for a page */
	bool no_secret;		/* the kernel has none: plain memory instead */
	int session;
	struct target target;
};

int rich_file(const char *name, int oflags);
void rich_unlink(const char *name);

/* At a place of its own, with a hole before and behind. */
char *rich_place(size_t len, int prot, int flags, int fd, off_t offset);

/* Map them. Returns the kind that could not be mapped, or NR_RICH. */
enum rich_kind rich_map(struct rich *r);

/* The region at @addr, alone; false if there is none. */
bool region_at(int fd, const void *addr, struct dbgmem_region *r);

#endif /* SELFTESTS_REGION_H */
