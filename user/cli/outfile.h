/* SPDX-License-Identifier: GPL-2.0 */
/* A file that is there when it is complete, and not before. */
#ifndef DBGMEM_OUTFILE_H
#define DBGMEM_OUTFILE_H

#include <stdbool.h>

/* Until outfile_commit() it has another name, in the same directory. */
struct outfile {
	const char *path;
	char *tmp;
	int fd;
	bool replace;	/* a file that is there already */
};

/*
 * All of these: STATUS_OK, or another status and the message is out. @path must
 * stay where it is. Without @replace it must not exist; what is no regular file is
 * never replaced.
 */
int outfile_open(struct outfile *o, const char *path, bool replace);

/* Everything on disk, under its name; or it is discarded. */
int outfile_commit(struct outfile *o);

void outfile_discard(struct outfile *o);

#endif /* DBGMEM_OUTFILE_H */
