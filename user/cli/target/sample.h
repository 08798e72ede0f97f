/* SPDX-License-Identifier: GPL-2.0 */
/* A value of the target at one time. */
#ifndef DBGMEM_SAMPLE_H
#define DBGMEM_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <dbgmem.h>

#include "text/json.h"

/* Most bytes of a value. */
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
	size_t size;		/* bytes; 0 for a pointer: the target's pointer size */
	bool hex;		/* integers in hexadecimal */
};

struct sample {
	struct timespec when;	/* of CLOCK_REALTIME */
	bool valid;		/* false: it could not be read, because of: */
	uint32_t reason;	/* DBGMEM_REASON_* */
	uint64_t fault_addr;
	bool cut;		/* a string without its end */
	size_t len;		/* bytes */
	uint8_t bytes[SAMPLE_MAX];
};

/*
 * Parse u8 to u64, i8 to i64, f32, f64, int, float, double, ptr, string or bytes:N.
 * Returns 0 or -EINVAL.
 */
int sample_type_parse(const char *s, struct sample_type *type);

/* The source of samples. */
struct sample_source {
	struct dbgmem *m;
	struct dbgmem_window *window;	/* of all bytes of the type, or NULL */
	uint64_t addr;
};

/*
 * Read the value. Returns 0, also if it cannot be read; or a negative errno if the
 * target is gone or the like, see dbgmem_errstr().
 */
int sample_take(const struct sample_source *from, const struct sample_type *type,
		struct sample *s);

/* Are the values equal? The times are ignored. */
bool sample_equal(const struct sample *a, const struct sample *b);

/* Print the value as text of one line. */
void sample_print(const struct sample *s, const struct sample_type *type,
		  FILE *out);

/* Returns time and value, or NULL when out of memory. */
struct json_object *sample_json(const struct sample *s,
				const struct sample_type *type);

/* Format the local time with milliseconds, and if @whole with date and zone. */
#define SAMPLE_TIME	40

const char *sample_time(const struct sample *s, bool whole,
			char text[SAMPLE_TIME]);

#endif /* DBGMEM_SAMPLE_H */
