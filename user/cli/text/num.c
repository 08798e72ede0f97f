// SPDX-License-Identifier: GPL-2.0
/* Numbers of a command line. strtoull() accepts too much. */
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/num.h"

static int digit(char c, unsigned int base)
{
	int d = -1;

	if (c >= '0' && c <= '9')
		d = c - '0';
	else if (c >= 'a' && c <= 'f')
		d = c - 'a' + 10;
	else if (c >= 'A' && c <= 'F')
		d = c - 'A' + 10;
	return d >= 0 && (unsigned int)d < base ? d : -1;
}

/* Parse the number at @s; *@end is behind it. */
static int scan(const char *s, uint64_t *val, const char **end)
{
	unsigned int base = 10;
	uint64_t v = 0;
	int d, ret = 0;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		s += 2;
	}
	if (digit(*s, base) < 0)
		return -EINVAL;
	for (; (d = digit(*s, base)) >= 0; s++)
		if (__builtin_mul_overflow(v, base, &v) ||
		    __builtin_add_overflow(v, (unsigned int)d, &v))
			ret = -ERANGE;
	*val = v;
	*end = s;
	return ret;
}

int num_parse(const char *s, uint64_t *val)
{
	const char *end;
	int ret;

	ret = scan(s, val, &end);
	if (ret == -EINVAL || *end)
		return -EINVAL;
	return ret;
}

/* K, KB and KiB are all 1024: nobody counts memory in thousands. */
static int unit_shift(const char *s, unsigned int *shift)
{
	static const char units[] = "KkMmGgTt";
	const char *unit;

	*shift = 0;
	if (!*s)
		return 0;
	unit = strchr(units, *s);
	if (!unit || (s[1] && strcmp(s + 1, "B") && strcmp(s + 1, "iB")))
		return -EINVAL;
	*shift = 10 * (unsigned int)((unit - units) / 2 + 1);
	return 0;
}

int num_parse_len(const char *s, uint64_t *val)
{
	unsigned int shift;
	const char *end;
	int ret;

	ret = scan(s, val, &end);
	if (ret == -EINVAL || unit_shift(end, &shift))
		return -EINVAL;
	if (ret || *val > UINT64_MAX >> shift)
		return -ERANGE;
	*val <<= shift;
	return 0;
}

int num_parse_seconds(const char *s, double *val)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = {
		{ "", 1 }, { "s", 1 }, { "ms", 0.001 }, { "us", 0.000001 },
	};
	char *end;
	size_t i;

	/* strtod(3) accepts more, such as signs and "inf". */
	if ((*s < '0' || *s > '9') && *s != '.')
		return -EINVAL;
	*val = strtod(s, &end);
	if (end == s)
		return -EINVAL;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(end, units[i].name)) {
			*val *= units[i].seconds;
			return 0;
		}
	return -EINVAL;
}

int num_parse_pid(const char *s, pid_t *pid)
{
	uint64_t v;

	if (s[0] == '0' || num_parse(s, &v) || v > INT_MAX)
		return -EINVAL;
	*pid = (pid_t)v;
	return 0;
}
