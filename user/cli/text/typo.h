/* SPDX-License-Identifier: GPL-2.0 */
/* Suggestions for a mistyped word. */
#ifndef DBGMEM_TYPO_H
#define DBGMEM_TYPO_H

#include <stddef.h>

/*
 * Returns the first of @nr @words that begins with @word; or else the most similar one,
 * with at most two letters changed, inserted, deleted or swapped; or NULL.
 */
const char *typo_meant(const char *word, const char *const *words, size_t nr);

#endif /* DBGMEM_TYPO_H */
