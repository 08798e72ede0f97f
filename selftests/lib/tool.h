/* SPDX-License-Identifier: GPL-2.0 */
/* For tests of the tool: run it, and a target to run it on. */
#ifndef SELFTESTS_TOOL_H
#define SELFTESTS_TOOL_H

#include "page.h"

#define HOLE	4		/* the page of @mem that the target has not */
#define PAGES	(HOLE + 1 + 513)

/* The tool may be elsewhere: env DBGMEM_TOOL. */
const char *tool_path(void);

/* --- running it --- */

struct result {
	int status;		/* exit status, or -1 if it was killed */
	size_t out_len;
	char out[8 << 20];	/* with a NUL behind, as has err */
	char err[8192];
};

/* Too large for a stack. */
extern struct result r;

int capture_file(const char *name, const void *data, size_t len);
size_t capture_read(int fd, char *buf, size_t size);

/* @args end with NULL; @in is the standard input. */
void run(const void *in, size_t in_len, const char *const *args);

#define RUN(...) \
	run(NULL, 0, (const char *const []){ __VA_ARGS__, NULL })

#define RUN_INPUT(in, in_len, ...) \
	run(in, in_len, (const char *const []){ __VA_ARGS__, NULL })

#define EXPECT_HAS(words, text) \
	EXPECT_NE(NULL, strstr(text, words)) \
		TH_LOG("no '%s' in: %s", words, text)

/* How often @words are in @text, and how many lines the output has. */
size_t occurrences(const char *text, const char *words);
size_t lines(void);

/* --- the target --- */

/* "0x..." of byte @off of page @page; a few of them at a time. */
const char *at(size_t page, size_t off);

/* A new target, with the current contents of @mem. */
int retarget(struct target *t, char *pid);

/* @mem, filled, and a first target. */
int tool_begin(struct target *t, char *pid);
void tool_end(struct target *t);

#endif /* SELFTESTS_TOOL_H */
