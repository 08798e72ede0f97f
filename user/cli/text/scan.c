// SPDX-License-Identifier: GPL-2.0
/* Strings in a stream of bytes, as strings(1) finds them. */
#include <string.h>

#include "text/scan.h"
#include "text/text.h"

/* isprint() depends on the locale. */
static bool is_plain(uint8_t c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\t';
}

static void run_tell(struct scan *s, struct scan_run *r)
{
	/* The last piece of a long string may be short. */
	if ((r->chars >= s->min || r->rest) && r->len && !s->stopped)
		s->stopped = s->found(s->arg, r->addr, r->text, r->len);
	r->len = 0;
	r->chars = 0;
}

static void run_end(struct scan *s, struct scan_run *r)
{
	run_tell(s, r);
	r->rest = false;
}

/* Add whole characters; the first one is at @addr. */
static void run_add(struct scan *s, struct scan_run *r, uint64_t addr,
		    const uint8_t *text, size_t len)
{
	size_t n;

	while (len) {
		/* Cut a piece only between characters. */
		n = len < SCAN_MAX - r->len ? len : SCAN_MAX - r->len;
		while (n && n < len && (text[n] & 0xc0) == 0x80)
			n--;
		if (!n) {
			run_tell(s, r);
			r->rest = true;
			continue;
		}
		if (!r->len)
			r->addr = addr;
		memcpy(r->text + r->len, text, n);
		r->len += n;
		addr += n;
		len -= n;
		while (n--)
			r->chars += (*text++ & 0xc0) != 0x80;
	}
}

/* Could more bytes make it a character? */
static bool cut_off(const uint8_t *s, size_t len)
{
	size_t need = *s < 0xc2 || *s > 0xf4 ? 0 :
		      *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : 4;

	return len < need;
}

/*
 * Returns the length of the characters at the start. *@more: a cut-off character
 * follows.
 */
static size_t span(const struct scan *s, const uint8_t *buf, size_t len,
		   bool *more)
{
	size_t i = 0, n;

	*more = false;
	while (i < len) {
		if (is_plain(buf[i])) {
			i++;
			continue;
		}
		if (s->encoding != SCAN_UTF8 || buf[i] < 0x80)
			break;
		n = text_char((const char *)buf + i, len - i);
		if (!n) {
			*more = cut_off(buf + i, len - i);
			break;
		}
		i += n;
	}
	return i;
}

static size_t feed_bytes(struct scan *s, uint64_t addr, const uint8_t *buf,
			 size_t len)
{
	size_t i = 0, n;
	bool more;

	while (i < len && !s->stopped) {
		n = span(s, buf + i, len - i, &more);
		run_add(s, s->run[0], addr + i, buf + i, n);
		i += n;
		if (more || i == len)
			break;
		run_end(s, s->run[0]);
		i++;
	}
	return i;
}

static size_t feed_units(struct scan *s, uint64_t addr, const uint8_t *buf,
			 size_t len)
{
	struct scan_run *r;
	uint8_t text[4];	/* the unit in UTF-8 */
	uint16_t unit;
	size_t i;

	for (i = 0; i + 1 < len && !s->stopped; i++) {
		r = s->run[(addr + i) % 2];
		memcpy(&unit, buf + i, sizeof(unit));
		text[0] = (uint8_t)unit;
		if (unit == text[0] && is_plain(text[0]))
			run_add(s, r, addr + i, text, 1);
		else
			run_end(s, r);
	}
	return i;
}

size_t scan_feed(struct scan *s, uint64_t addr, const uint8_t *buf, size_t len)
{
	return s->encoding == SCAN_UTF16 ? feed_units(s, addr, buf, len) :
					   feed_bytes(s, addr, buf, len);
}

void scan_break(struct scan *s)
{
	run_end(s, s->run[0]);
	if (s->run[1])
		run_end(s, s->run[1]);
}
