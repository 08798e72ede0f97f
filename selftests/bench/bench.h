/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The benchmark: dbgmem against what the kernel offers already.
 *
 * A case is a group of methods that do the same work: ours, one for each engine,
 * and the peers. Each method is first tried and its bytes checked, then all are
 * timed in turns.
 */
#ifndef BENCH_H
#define BENCH_H

#include "common.h"

#include <sys/uio.h>



/* --- target.c: the process whose memory is read and written --- */

enum area_kind {
	AREA_READ,		/* never changed after it was filled */
	AREA_WRITE,
	AREA_READ_THP,		/* the same on huge pages */
	AREA_WRITE_THP,
	NR_AREAS
};

struct area {
	char *base;		/* an address in the target */
	size_t len;
	const char *missing;	/* why it cannot be used, or NULL */
};

struct subject {
	struct target target;
	struct area area[NR_AREAS];
	int mem;		/* its /proc/PID/mem */
	int session;		/* ours on it: one of those below */
	int plain;
	int mirrored;		/* with a mirror */
};

extern struct subject subject;

int subject_start(void);
void subject_stop(void);

/* What the word at this address of the target holds at first. */
static inline uint64_t pattern(uint64_t addr)
{
	return (addr ^ 0x5bd1e995) * 0x9e3779b97f4a7c15;
}

/* --- work.c: what one call has to do --- */

struct work {
	bool write;
	uint64_t addr;			/* of the first piece, in the target */
	char *buf;			/* here; the pieces side by side */
	char *other;			/* here: as many bytes as in the target */
	size_t size;			/* of one piece, a multiple of 8 */
	unsigned int nr;		/* of pieces */
	unsigned int effort;		/* in plain calls for one piece, if not 1 */
	unsigned int rounds;		/* no more than these, if not 0 */
	bool checked;			/* by the methods themselves, each call */
	struct iovec *pieces;		/* in the target */
	struct dbgmem_segment *segments;
	char *room;			/* where @buf may be put */
	size_t room_len;
};

int work_init(struct work *w, bool write, size_t size, unsigned int nr);
void work_free(struct work *w);
void work_place(struct work *w, unsigned int round);
void work_fill(struct work *w, uint64_t salt);
int work_check(const struct work *w, uint64_t salt);

/* --- one way to do it --- */

struct method {
	const char *engine;	/* ours: the module's engine=, or "mirror" */
	const char *name;	/* a peer: its name in the tables */
	const char *limit;	/* not quite a peer: a case by this name */
	int (*call)(const struct work *w);	/* 0, or -errno */
};

static inline const char *method_name(const struct method *m)
{
	return m->engine ? m->engine : m->name;
}

int method_choose(const struct method *m);

/* ours.c */
int ours_read(const struct work *w);
int ours_write(const struct work *w);
int ours_pread(const struct work *w);
int ours_vector(const struct work *w);
int ours_attach(const struct work *w);
int ours_floor(const struct work *w);
int ours_bp_set_clear(const struct work *w);
int ours_cmpxchg(const struct work *w);

/* peer_process_vm.c; they write if the work says so, as do those below */
int process_vm_one(const struct work *w);
int process_vm_all(const struct work *w);
int process_vm_each(const struct work *w);

/* peer_proc_mem.c */
int proc_mem_one(const struct work *w);
int proc_mem_each(const struct work *w);
int proc_mem_attach(const struct work *w);
int proc_mem_bp_set_clear(const struct work *w);
int proc_mem_exchange(const struct work *w);

/* peer_limit.c */
int limit_getppid(const struct work *w);
int limit_memcpy(const struct work *w);

/* --- measure.c: the clock --- */

#define MAX_METHODS	8
#define MAX_ROUNDS	31

struct result {
	double best;		/* ns for one call */
	double median;
};

struct clock {
	bool wall;		/* real time, not counted instructions */
	unsigned int rounds;
};

extern struct clock clock_mode;

int measure(const struct method *m, unsigned int nr, struct work *w,
	    struct result *r);

/* --- run.c: all methods on the same work --- */

/* "CASE,SIZE,PIECES,METHOD": only that, over and over, for a profiler. */
extern const char *run_only;

int run(const char *name, const struct method *m, unsigned int nr,
	struct work *w);
void skip(const char *name, const struct work *w, const char *engine,
	  const char *why);

/* --- the cases --- */

int case_transfer(void);
int case_scatter(void);
int case_attach(void);
int case_floor(void);
int case_breakpoint(void);
int case_regions(void);
int case_search(void);
int case_observed(void);
int case_window(void);

/* case_breakpoint.c: a breakpoint of one byte on subject.session */
int bp_set(uint64_t addr);

#endif /* BENCH_H */
