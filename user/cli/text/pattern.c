// SPDX-License-Identifier: GPL-2.0
/* Patterns of a command line. */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dbgmem.h>

#include "text/hex.h"
#include "text/num.h"
#include "text/pattern.h"

void pattern_free(struct pattern *p)
{
	free(p->bytes);
	free(p->mask);
	*p = (struct pattern){ 0 };
}

static int no_memory(char *err, size_t err_size)
{
	snprintf(err, err_size, "out of memory");
	return -ENOMEM;
}

static int no_room(const char *s, unsigned int width, const char *how,
		   char *err, size_t err_size)
{
	snprintf(err, err_size, "'%s' does not fit in %u byte%s%s", s, width,
		 width == 1 ? "" : "s", how);
	return -ERANGE;
}

int pattern_hex(struct pattern *p, const char *s, char *err, size_t err_size)
{
	uint8_t any = 0;
	size_t i;
	int ret;

	*p = (struct pattern){ 0 };
	ret = hex_parse_mask(s, &p->bytes, &p->mask, &p->len, err, err_size);
	if (ret)
		return ret;
	for (i = 0; i < p->len; i++)
		any |= p->mask[i];
	if (any)
		return 0;
	snprintf(err, err_size, "it matches everything: at least one digit must not be ?");
	pattern_free(p);
	return -EINVAL;
}

/* Decode the character at @s, which is valid UTF-8. Returns its bytes. */
static size_t utf8_get(const char *s, uint32_t *c)
{
	const unsigned char lead = (unsigned char)*s;
	size_t n = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4, i;

	*c = n == 1 ? lead : lead & (0x7fU >> n);
	for (i = 1; i < n; i++)
		*c = *c << 6 | ((unsigned char)s[i] & 0x3f);
	return n;
}

/* Encode @c. Returns its bytes: at most twice as many as in UTF-8. */
static size_t utf16_put(uint8_t *to, uint32_t c)
{
	uint16_t unit[2] = { (uint16_t)c };
	size_t n = 1;

	if (c >= 0x10000) {
		c -= 0x10000;
		unit[0] = (uint16_t)(0xd800 | c >> 10);
		unit[1] = (uint16_t)(0xdc00 | (c & 0x3ff));
		n = 2;
	}
	memcpy(to, unit, n * sizeof(*unit));
	return n * sizeof(*unit);
}

static bool is_letter(uint32_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Ignore the bit in which upper and lower case differ. */
static void case_mask(struct pattern *p, size_t at, uint32_t c, size_t width)
{
	const uint16_t both = (uint16_t)~0x20U;

	memset(p->mask + at, 0xff, width);
	if (!is_letter(c))
		return;
	if (width == sizeof(both))
		memcpy(p->mask + at, &both, sizeof(both));
	else
		p->mask[at] = (uint8_t)both;
}

int pattern_string(struct pattern *p, const char *s, bool utf16, bool any_case,
		   char *err, size_t err_size)
{
	size_t len = strlen(s), n, put;
	uint32_t c;

	*p = (struct pattern){ 0 };
	if (!len) {
		snprintf(err, err_size, "there are no characters in it");
		return -EINVAL;
	}
	if (utf16 && dbgmem_utf8_valid(s, len) < len) {
		snprintf(err, err_size, "byte %zu is not UTF-8, so it cannot be converted to UTF-16",
			 dbgmem_utf8_valid(s, len) + 1);
		return -EINVAL;
	}
	p->bytes = malloc(2 * len);
	if (any_case)
		p->mask = malloc(2 * len);
	if (!p->bytes || (any_case && !p->mask)) {
		pattern_free(p);
		return no_memory(err, err_size);
	}
	for (; *s; s += n, p->len += put) {
		n = 1;
		put = 1;
		c = (unsigned char)*s;
		p->bytes[p->len] = (uint8_t)c;
		if (utf16) {
			n = utf8_get(s, &c);
			put = utf16_put(p->bytes + p->len, c);
		}
		if (any_case)
			case_mask(p, p->len, c, put);
	}
	return 0;
}

/* Does @magnitude with that sign fit in @width bytes? */
static bool fits(uint64_t magnitude, bool negative, unsigned int width)
{
	const uint64_t half = 1ULL << (8 * width - 1);

	if (negative)
		return magnitude <= half;
	return width == 8 || magnitude < 2 * half;
}

int pattern_int(struct pattern *p, const char *s, unsigned int width, char *err,
		size_t err_size)
{
	const bool negative = *s == '-';
	uint64_t v;
	int ret;

	*p = (struct pattern){ 0 };
	ret = num_parse(s + negative, &v);
	if (ret == -EINVAL) {
		snprintf(err, err_size, "'%s' is not a number, decimal or hexadecimal after 0x",
			 s);
		return ret;
	}
	if (!ret && !width)
		width = fits(v, negative, 4) ? 4 : 8;
	if (ret || !fits(v, negative, width))
		return no_room(s, width ? width : 8, "", err, err_size);
	p->bytes = malloc(width);
	if (!p->bytes)
		return no_memory(err, err_size);
	if (negative)
		v = -v;
	/* On a big-endian machine the low bytes come last. */
	if (htobe16(1) == 1)
		v <<= 64 - 8 * width;
	memcpy(p->bytes, &v, width);
	p->len = width;
	return 0;
}

int pattern_word(struct pattern *p, const char *s, unsigned int width,
		 bool is_signed, char *err, size_t err_size)
{
	uint64_t v;

	*p = (struct pattern){ 0 };
	if (!is_signed && *s == '-') {
		snprintf(err, err_size, "'%s' is negative", s);
		return -ERANGE;
	}
	if (is_signed && *s != '-' && !num_parse(s, &v) && v >> (8 * width - 1))
		return no_room(s, width, " with a sign", err, err_size);
	return pattern_int(p, s, width, err, err_size);
}

static int pattern_copy(struct pattern *p, const void *bytes, size_t len,
			char *err, size_t err_size)
{
	p->bytes = malloc(len);
	if (!p->bytes)
		return no_memory(err, err_size);
	memcpy(p->bytes, bytes, len);
	p->len = len;
	return 0;
}

int pattern_float(struct pattern *p, const char *s, unsigned int width,
		  char *err, size_t err_size)
{
	double d;
	float f;
	char *end;

	*p = (struct pattern){ 0 };
	errno = 0;
	d = strtod(s, &end);
	if (end == s || *end || *s == ' ') {
		snprintf(err, err_size, "'%s' is not a number", s);
		return -EINVAL;
	}
	/* Too small a number is rounded to the nearest one; that is not an error. */
	if (errno == ERANGE && (d > 1 || d < -1))
		goto err;
	if (width == sizeof(d))
		return pattern_copy(p, &d, sizeof(d), err, err_size);
	errno = 0;
	f = strtof(s, NULL);
	if (errno == ERANGE && (f > 1 || f < -1))
		goto err;
	return pattern_copy(p, &f, sizeof(f), err, err_size);
err:
	return no_room(s, width, "", err, err_size);
}

int pattern_bytes(struct pattern *p, const char *s, char *err, size_t err_size)
{
	*p = (struct pattern){ 0 };
	return hex_parse(s, &p->bytes, &p->len, err, err_size);
}

int pattern_file(struct pattern *p, const char *path, char *err,
		 size_t err_size)
{
	const bool standard = !strcmp(path, "-");
	int ret = 0;
	FILE *f;

	*p = (struct pattern){ 0 };
	f = standard ? stdin : fopen(path, "re");
	if (!f) {
		ret = -errno;
		snprintf(err, err_size, "cannot read %s: %s", path,
			 strerror(errno));
		return ret == -EINVAL ? -EIO : ret;
	}
	p->bytes = malloc(PATTERN_FILE_MAX + 1);
	if (p->bytes)
		p->len = fread(p->bytes, 1, PATTERN_FILE_MAX + 1, f);
	if (!p->bytes) {
		ret = no_memory(err, err_size);
	} else if (ferror(f)) {
		ret = -EIO;
		snprintf(err, err_size, "cannot read all of %s", path);
	} else if (p->len > PATTERN_FILE_MAX) {
		ret = -EFBIG;
		snprintf(err, err_size, "%s has more than %lu bytes", path,
			 PATTERN_FILE_MAX);
	} else if (!p->len) {
		ret = -ENODATA;
		snprintf(err, err_size, "there are no bytes in %s", path);
	}
	if (!standard)
		fclose(f);
	if (ret)
		pattern_free(p);
	return ret;
}
