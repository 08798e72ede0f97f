// SPDX-License-Identifier: GPL-2.0
/* Suggestions for a mistyped word. */
#include <string.h>

#include "text/typo.h"

/* No known word is longer. */
#define WORD_MAX	16

#define DISTANCE_MAX	2

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Number of letters to change, insert, delete or swap to turn @a into @b. */
static size_t distance(const char *a, const char *b)
{
	const size_t n = strlen(a), m = strlen(b);
	size_t d[WORD_MAX + 1][WORD_MAX + 1], i, k;

	if (n > WORD_MAX || m > WORD_MAX)
		return WORD_MAX;
	for (i = 0; i <= n; i++)
		d[i][0] = i;
	for (k = 0; k <= m; k++)
		d[0][k] = k;
	for (i = 1; i <= n; i++)
		for (k = 1; k <= m; k++) {
			d[i][k] = least(d[i - 1][k], d[i][k - 1]) + 1;
			d[i][k] = least(d[i][k], d[i - 1][k - 1] +
					(a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] &&
			    a[i - 2] == b[k - 1])
				d[i][k] = least(d[i][k], d[i - 2][k - 2] + 1);
		}
	return d[n][m];
}

const char *typo_meant(const char *word, const char *const *words, size_t nr)
{
	/* A suggestion must keep at least one letter of a short word. */
	size_t best = least(DISTANCE_MAX + 1, strlen(word)), i, d;
	const char *meant = NULL;

	for (i = 0; i < nr && word[0] && word[1]; i++)
		if (!strncmp(word, words[i], strlen(word)))
			return words[i];
	for (i = 0; i < nr; i++) {
		d = distance(word, words[i]);
		if (d < best) {
			best = d;
			meant = words[i];
		}
	}
	return meant;
}
