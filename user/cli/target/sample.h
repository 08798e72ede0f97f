/* SPDX-License-Identifier: GPL-2.0 */
/* A value of the target as it was at one time. */
#ifndef DBGMEM_SAMPLE_H
#define DBGMEM_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <dbgmem.h>

#include "text/json.h"

/* Bytes of the longest. */
#define SAMPLE_MAX	65536

struct sample_type {
	enum sample_kind {
		SAMPLE_UNSIGNED,
		SAMPLE_SIGNED,
		SAMPLE_FLOAT,
		SAMPLE_POINTER,
		SAMPLE_BYTES,
		SAMPLE_STRING,
	} kind;
	size_t size;		/* bytes; of a pointer 0: the target's own */
	bool hex;		/* integers in hexadecimal */
};

struct sample {
	struct timespec when;	/* of CLOCK_REALTIME */
	bool valid;		/* else it could not be read: */
	uint32_t reason;	/* DBGMEM_REASON_* */
	uint64_t fault_addr;
	bool cut;		/* a string that does not end there */
	size_t len;		/* bytes */
	uint8_t bytes[SAMPLE_MAX];
};

/*
 * u8 to u64, i8 to i64, f32, f64, int, float, double, ptr, string, bytes:N. 0, or
 * -EINVAL.
 */
int sample_type_parse(const char *s, struct sample_type *type);

/* Where samples come from. */
struct sample_source {
	struct dbgmem *m;
	struct dbgmem_window *window;	/* of all the type may need, or NULL */
	uint64_t addr;
};

/*
 * What is there now. 0, also where it cannot be read; or a negative errno and
 * dbgmem_errstr(): the target is gone, ...
 */
int sample_take(const struct sample_source *from, const struct sample_type *type,
		struct sample *s);

/* The same value, whenever that was? */
bool sample_equal(const struct sample *a, const struct sample *b);

/* The value alone, as text of one line. */
void sample_print(const struct sample *s, const struct sample_type *type,
		  FILE *out);

/* Time and value. NULL when out of memory. */
struct json_object *sample_json(const struct sample *s,
				const struct sample_type *type);

/* Local time with milliseconds, with or without date and zone. */
#define SAMPLE_TIME	40

const char *sample_time(const struct sample *s, bool whole,
			char text[SAMPLE_TIME]);

#endif /* DBGMEM_SAMPLE_H */
