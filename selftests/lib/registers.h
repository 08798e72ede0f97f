/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A traced child with known registers, each with different bytes. It loads them
 * and stops; when it goes on, it reports their new values.
 */
#ifndef SELFTESTS_REGISTERS_H
#define SELFTESTS_REGISTERS_H

#include "common.h"
#include "pattern.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include <dbgmem_interfaces.h>

#define NR_GENERAL	15	/* all but the stack pointer */
#define NR_VECTOR	32
#define VECTOR_SIZE	64
#define NR_MASK		8
#define NR_FLOAT	8

enum { VECTORS_SSE, VECTORS_AVX, VECTORS_AVX512 };

/* The values loaded, and the values afterwards. */
struct file {
	uint64_t general[16];
	uint8_t vector[NR_VECTOR][VECTOR_SIZE];
	uint64_t mask[NR_MASK];
	uint8_t x87[NR_FLOAT][16];	/* 10 bytes each, st0 first */
	uint64_t eflags;
	uint32_t mxcsr, other;		/* it went on where it was told to */
	uint64_t sp;
};

extern const char *const general_names[NR_GENERAL];

/* Code of the child: behind the trap, and elsewhere. */
extern char registers_after[];
void registers_other(void);

/* Reached from assembly, or written in it. */
void registers_load(void);
void registers_done(void);

/* The largest vector registers of this machine: VECTORS_*. */
int vectors_here(void);

/* Values for the child, from @seed, that the machine accepts. */
void file_fill(struct file *f, uint64_t seed);

struct child {
	pid_t pid;
	struct file *after;	/* once it has exited */
};

/* A child that has stopped with @f in its registers. 0 or -errno. */
int child_start(struct child *c, const struct file *f, int vectors);

/* Let it go on, and come to its end. Its exit code, or minus a signal. */
int child_finish(struct child *c);
void child_stop(struct child *c);

/*
 * Read and write a register of @tid by its name; the results are those of
 * dbgmem_context_read() and _write().
 */
int register_read(pid_t tid, const char *name, void *buf, uint64_t len,
		  uint64_t *done);
int register_write(pid_t tid, const char *name, const void *buf, uint64_t len,
		   uint64_t *done);

#endif /* SELFTESTS_REGISTERS_H */
