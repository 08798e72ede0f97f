// SPDX-License-Identifier: GPL-2.0
/* The output of a comparison, as a table or JSON. */
#include <stdio.h>
#include <string.h>

#include "target/difference.h"
#include "target/peek.h"
#include "text/hex.h"
#include "text/message.h"

void differences_start(struct differences *d, struct dbgmem *a, uint64_t a_addr,
		       struct dbgmem *b, uint64_t b_addr)
{
	*d = (struct differences){
		.a = a,
		.a_addr = a_addr,
		.b = b,
		.b_addr = b_addr,
		.limit = UINT64_MAX,
	};
}

static const char *kind_text(enum dbgmem_difference_kind kind)
{
	static const char *const texts[] = {
		[DBGMEM_DIFFERENT] = "different",
		[DBGMEM_HOLE_A] = "not readable at ADDRESS",
		[DBGMEM_HOLE_B] = "not readable at OTHER",
		[DBGMEM_HOLE_BOTH] = "not readable on either side",
	};

	return texts[kind];
}

static const char *kind_name(enum dbgmem_difference_kind kind)
{
	static const char *const names[] = {
		[DBGMEM_DIFFERENT] = "different",
		[DBGMEM_HOLE_A] = "unreadable",
		[DBGMEM_HOLE_B] = "other unreadable",
		[DBGMEM_HOLE_BOTH] = "both unreadable",
	};

	return names[kind];
}

/* Read the first bytes of the last stretch. Returns how many. */
static size_t bytes_of(const struct differences *d, bool second,
		       uint8_t buf[DIFFERENCE_BYTES])
{
	size_t n = d->last.len < DIFFERENCE_BYTES ? (size_t)d->last.len :
						    DIFFERENCE_BYTES;

	if (second && !d->b) {
		memcpy(buf, d->b_bytes, n);
		return n;
	}
	return peek_bytes(second ? d->b : d->a, d->last.offset +
			  (second ? d->b_addr : d->a_addr), buf, n, d->flags);
}

static void print_bytes(const struct differences *d, bool second)
{
	char text[2 * DIFFERENCE_BYTES + 1];
	uint8_t buf[DIFFERENCE_BYTES];
	size_t n = bytes_of(d, second, buf);

	/* It may be unmapped by now. */
	printf(" %s%s", n ? hex_format(buf, n, text) : "?",
	       n < d->last.len ? "..." : "");
}

static void print_row(const struct differences *d)
{
	if (!d->nr)
		printf("%-18s %-18s %12s %s\n", "ADDRESS",
		       d->b ? "OTHER" : "OFFSET", "LENGTH", "DIFFERENCE");
	printf("0x%016llx 0x%016llx %12llu",
	       (unsigned long long)(d->a_addr + d->last.offset),
	       (unsigned long long)(d->b_addr + d->last.offset),
	       (unsigned long long)d->last.len);
	if (d->last.kind == DBGMEM_DIFFERENT && !d->brief) {
		print_bytes(d, false);
		print_bytes(d, true);
		putchar('\n');
	} else {
		printf(" %s\n", kind_text(d->last.kind));
	}
}

static int json_row(struct differences *d)
{
	struct json_object *o = json_object_new_object();
	uint8_t buf[DIFFERENCE_BYTES];
	size_t n;
	int bad;

	bad = json_put(o, "address", json_hex(d->a_addr + d->last.offset));
	bad |= json_put(o, d->b ? "other" : "offset",
			json_hex(d->b_addr + d->last.offset));
	bad |= json_put(o, "length",
			json_object_new_int64((int64_t)d->last.len));
	bad |= json_put(o, "kind",
			json_object_new_string(kind_name(d->last.kind)));
	if (d->last.kind == DBGMEM_DIFFERENT && !d->brief) {
		n = bytes_of(d, false, buf);
		bad |= json_put(o, "bytes", json_bytes(buf, n));
		n = bytes_of(d, true, buf);
		bad |= json_put(o, "other_bytes", json_bytes(buf, n));
	}
	if (bad) {
		json_object_put(o);
		o = NULL;
	}
	return json_list_add(&d->list, o);
}

static int flush(struct differences *d)
{
	int ret = 0;

	if (!d->last.len)
		return 0;
	if (d->json)
		ret = json_row(d);
	else
		print_row(d);
	d->nr++;
	d->last.len = 0;
	return ret;
}

/* Keep the first bytes of the second side. */
static void keep(struct differences *d, const uint8_t *b_bytes, uint64_t len)
{
	uint64_t room = DIFFERENCE_BYTES - d->nr_b_bytes;

	if (!b_bytes)
		return;
	len = len < room ? len : room;
	memcpy(d->b_bytes + d->nr_b_bytes, b_bytes, len);
	d->nr_b_bytes += len;
}

int differences_add(struct differences *d, const struct dbgmem_difference *new,
		    bool cut, const uint8_t *b_bytes)
{
	int ret;

	if (d->last.len && d->last.kind == new->kind &&
	    d->last.offset + d->last.len == new->offset) {
		d->last.len += new->len;
	} else {
		ret = flush(d);
		if (ret || d->nr == d->limit)
			return ret;
		d->last = *new;
		d->nr_b_bytes = 0;
	}
	keep(d, b_bytes, new->len);
	return cut ? 0 : flush(d);
}

int differences_end(struct differences *d)
{
	int status = STATUS_OK;

	if (flush(d)) {
		msg("out of memory");
		status = STATUS_PARTIAL;
	}
	return d->json ? json_list_end(&d->list, status) : finish(status);
}
