/* SPDX-License-Identifier: GPL-2.0 */
/* A word that is not known, and the one that was perhaps meant. */
#ifndef DBGMEM_TYPO_H
#define DBGMEM_TYPO_H

#include <stddef.h>

/*
 * The first of @nr @words that begins with @word; or else the one that differs least
 * from it, by at most two letters that are wrong, missing, too many or exchanged; or
 * NULL.
 */
const char *typo_meant(const char *word, const char *const *words, size_t nr);

#endif /* DBGMEM_TYPO_H */
