// SPDX-License-Identifier: GPL-2.0
/* Numbers as people type them. strtoull() takes too much for one. */
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "num.h"

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

/* The number at @s; *@end is behind it. */
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

int num_parse_len(const char *s, uint64_t *val)
{
	unsigned int shift = 0;
	const char *end;
	int ret;

	ret = scan(s, val, &end);
	if (ret == -EINVAL)
		return ret;
	switch (*end) {
	case 'k':
	case 'K':
		shift = 10;
		break;
	case 'm':
	case 'M':
		shift = 20;
		break;
	case 'g':
	case 'G':
		shift = 30;
		break;
	case '\0':
		return ret;
	default:
		return -EINVAL;
	}
	if (end[1])
		return -EINVAL;
	if (ret || *val > UINT64_MAX >> shift)
		return -ERANGE;
	*val <<= shift;
	return 0;
}

int num_parse_pid(const char *s, pid_t *pid)
{
	uint64_t v;

	if (s[0] == '0' || num_parse(s, &v) || v > INT_MAX)
		return -EINVAL;
	*pid = (pid_t)v;
	return 0;
}
