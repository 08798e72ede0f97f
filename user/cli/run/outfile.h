/* SPDX-License-Identifier: GPL-2.0 */
/* A file that is there when it is complete, and not before. */
#ifndef DBGMEM_OUTFILE_H
#define DBGMEM_OUTFILE_H

#include <stdbool.h>

/*
 * Every file that the tool makes: of mode 0600, never through a symbolic link, never
 * one that is there already unless that is asked for.
 */
struct outfile {
	const char *path;	/* for messages */
	bool replace;
	char *name;		/* its last part, in the directory @dir */
	int dir;
	int fd;
};

/*
 * All of these: STATUS_OK, or another status and the message is out. @path must
 * stay where it is. There is one such file at a time; until
 * outfile_commit() or outfile_discard() a signal that ends the tool leaves nothing of
 * it. SIGXFSZ is ignored from here on: a file that grows too large is an error.
 */
int outfile_open(struct outfile *o, const char *path, bool replace);

/* Everything on disk, under its name; or it is discarded. */
int outfile_commit(struct outfile *o);

void outfile_discard(struct outfile *o);

#endif /* DBGMEM_OUTFILE_H */
