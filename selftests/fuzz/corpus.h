/* SPDX-License-Identifier: GPL-2.0 */
/* Programs that came by places where none had been: the next ones' parents. */
#ifndef FUZZ_CORPUS_H
#define FUZZ_CORPUS_H

#include "program.h"

#include <stdio.h>

void corpus_add(const struct program *p);
unsigned int corpus_size(void);

/* A new program: a changed one of these, or one that is made from nothing. */
void corpus_next(struct program *p, uint64_t *random);

/* Of a file with one to a line: the next one. */
bool corpus_read(FILE *file, struct program *p);

#endif /* FUZZ_CORPUS_H */
