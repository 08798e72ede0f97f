/* SPDX-License-Identifier: GPL-2.0 */
/* A file that appears when it is complete. */
#ifndef DBGMEM_OUTFILE_H
#define DBGMEM_OUTFILE_H

#include <stdbool.h>

/*
 * Every file that the tool makes has mode 0600. A symbolic link is never followed, and
 * an existing file is replaced only on request.
 */
struct outfile {
	const char *path;	/* for messages */
	bool replace;
	char *name;		/* the last component of @path, in directory @dir */
	int dir;
	int fd;
};

/*
 * All of these return STATUS_OK, or another status after a message. @path must stay
 * valid. Only one such file can be open; a signal that ends the tool before
 * outfile_commit() or outfile_discard() leaves nothing of it. SIGXFSZ is ignored from
 * here on, so that a too large file is an error.
 */
int outfile_open(struct outfile *o, const char *path, bool replace);

/* Write everything to disk and name the file, or discard it. */
int outfile_commit(struct outfile *o);

void outfile_discard(struct outfile *o);

#endif /* DBGMEM_OUTFILE_H */
