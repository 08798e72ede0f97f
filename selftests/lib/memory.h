/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of a target: its kinds, patterns to recognize it by, and its state in
 * /proc.
 *
 * The test maps memory before target_start(), so it has the same address in the
 * target; private memory is then the target's own copy. The target checks itself:
 * it compares its memory with a buffer that it shares with the test.
 */
#ifndef SELFTESTS_MEMORY_H
#define SELFTESTS_MEMORY_H

#include "common.h"
#include "pattern.h"
#include "proc.h"

#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <time.h>


#define MAP_ANON_PRIVATE	(MAP_PRIVATE | MAP_ANONYMOUS)
#define MAP_ANON_SHARED		(MAP_SHARED | MAP_ANONYMOUS)

/* --- jobs for a target: the argument is in shared memory --- */

struct job {
	char *addr;		/* in the target */
	const void *other;	/* compare with this */
	size_t from, len;	/* pattern byte at @addr, and bytes */
	uint64_t seed;
	int prot;
};

/* Mapped before the first fork; NULL when there is no memory. */
void *shared_alloc(size_t len);
void *private_alloc(size_t len);
long job_fill(void *arg);

/* The same as function calls; @j is the shared job of the test. */

void target_fill(struct target *t, struct job *j, char *addr, size_t from,
		 size_t len, uint64_t seed);
long target_pattern_differs(struct target *t, struct job *j, char *addr,
			    size_t from, size_t len, uint64_t seed);
long target_memory_differs(struct target *t, struct job *j, char *addr,
			   const void *shared, size_t len);
long target_unmap(struct target *t, struct job *j, char *addr, size_t len);
long target_protect(struct target *t, struct job *j, char *addr, size_t len,
		    int prot);

/* --- kinds of memory --- */

/* Do the engines that use the kernel's access functions reach device memory? */
#ifdef __aarch64__
#define DEVICES_REACHED	false	/* the kernel would oops */
#else
#define DEVICES_REACHED	true
#endif

#define REACHES_DEVICES(engine)	(DEVICES_REACHED && strcmp(engine, "pinned"))

enum memory_kind {
	MEMORY_ANON,		/* private anonymous, small pages */
	MEMORY_THP,		/* private anonymous, transparent huge pages */
	MEMORY_FILE_PRIVATE,
	MEMORY_FILE_SHARED,
	MEMORY_HUGETLB,
	MEMORY_STACK,
	MEMORY_MEMFD,
	MEMORY_SYSV,
	MEMORY_TEXT,		/* a file's pages, read-only and executable */
};

struct memory {
	char *addr;
	size_t len;
	int file;		/* descriptor of what backs it, or -1 */
};

/* A new, unlinked file of @len bytes of the pattern @seed; or -errno. */
int file_create(size_t len, uint64_t seed);

/* The first byte of the file that is not the pattern's, or -1. */
long file_differs(int fd, size_t len, uint64_t seed);
int file_write_number(const char *path, unsigned long v);

/*
 * Break the caller's own page at @addr: 0 or -errno. Newer kernels send the
 * caller a signal at once, which only a handler can ignore.
 */
int memory_poison(void *addr);
long job_poison(void *arg);

/* Map @len bytes of @kind. NULL, or the reason why this machine cannot. */
const char *memory_map(struct memory *m, enum memory_kind kind, size_t len,
		       char *stack);

/* --- what the kernel says of a process --- */

/* A field of /proc/PID/smaps_rollup, in kB. */
long rollup(pid_t pid, const char *key);

/*
 * Private kB of the mapping around @addr in /proc/PID/smaps, or -1. Only of that
 * mapping: elsewhere a page becomes private when the test, which shared it,
 * writes to its copy.
 */
long smaps_private(pid_t pid, const void *addr);

/* minflt + majflt of /proc/PID/stat, or -1. */
long fault_count(pid_t pid);

/* The entry of /proc/PID/pagemap; all ones on failure. */
uint64_t pagemap(pid_t pid, const void *addr);

#define PAGEMAP_PRESENT	(1ULL << 63)

/* The line of /proc/PID/maps that ends in @name; false if there is none. */
bool maps_line(pid_t pid, const char *name, char *line, size_t size);

/*
 * @len bytes of address space that map the same @piece bytes of memory
 * repeatedly: a buffer of any size for little memory.
 */
char *alias_alloc(size_t len, size_t piece);

/* --- a test's target and session --- */

struct fixture {
	struct target target;
	struct job *job;
	int fd;
};

void fixture_init(struct fixture *t);

/* Fork the target with the current mappings, and attach. 0 or -errno. */
int fixture_start(struct fixture *t);
void fixture_stop(struct fixture *t);

/* fixture_init() and fixture_stop() with an engine for the sessions. */
int fixture_open(struct fixture *t, const char *engine);
void fixture_close(struct fixture *t);

#endif /* SELFTESTS_MEMORY_H */
