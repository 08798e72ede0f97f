// SPDX-License-Identifier: GPL-2.0
/* dbgmem search: find bytes, a string or a number in a process. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dbgmem.h>

#include "cmd/cmd.h"
#include "run/interrupt.h"
#include "target/area.h"
#include "target/context.h"
#include "target/peek.h"
#include "target/options.h"
#include "target/symbolize.h"
#include "target/target.h"
#include "text/json.h"
#include "text/message.h"
#include "text/pattern.h"
#include "text/typed.h"

/* Most lines of context, to limit memory. */
#define CONTEXT_MAX	65536

static const struct option options[] = {
	TYPED_OPTIONS,
	{ "pointer", required_argument, NULL, 'p' },
	{ "ignore-case", no_argument, NULL, 'i' },
	{ "align", required_argument, NULL, 'a' },
	AREA_OPTIONS,
	{ "count", no_argument, NULL, 'c' },
	{ "context", required_argument, NULL, 'C' },
	{ "brief", no_argument, NULL, 'b' },
	OPTIONS_SCAN,
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem search [OPTION...] PATTERN PID [ADDR [LEN]]...\n\n"
	     "Examples:\n"
	     "  dbgmem search --ignore-case --string 'not found' 1234\n"
	     "  dbgmem search --int -12345 --writable --align 4 1234\n\n"
	     "Search all readable memory of process PID, or LEN bytes at each ADDR (default:\n"
	     "to the end of its mapping). Print the address and the mapping of each match,\n"
	     "and a dump with the match in [brackets] or in colour. PATTERN is one of:\n\n"
	     TYPED_HELP("bytes in memory order, ? for any digit: 'de ad ?? e?'")
	     TYPED_HELP_FILE
	     "  -i, --ignore-case  ignore the case of A to Z in strings\n"
	     "  -p, --pointer ADDR an address, as wide as the process has them\n\n"
	     "Where:\n"
	     "  -a, --align N      only at multiples of N\n"
	     AREA_HELP
	     "\n"
	     "What is printed:\n"
	     "  -C, --context N    N more lines of the dump before and after\n"
	     "  -b, --brief        no dump\n"
	     "  -c, --count        only the number of matches\n"
	     "  -j, --json         JSON\n"
	     "  -l, --limit N      stop after N matches\n"
	     "  -h, --help         show this text\n\n"
	     "ADDR and LEN are as for 'dbgmem read'. Ctrl-C stops it and says how far it got.\n"
	     "Exit status: 0 found, 1 not found, 2 usage or failure, 3 a part was searched.");
	return finish(STATUS_OK);
}

/* The command line. */
struct query {
	struct typed value;
	const char *pointer;
	struct options options;
	bool count;
	uint64_t align, limit, context;
	pid_t pid;
	struct target_range pointer_at;
	struct area area;
	struct pattern pattern;
};

/* A search and its output. */
struct hunt {
	const struct query *q;
	struct dbgmem *m;
	struct symbolizer symbols;
	struct context context;
	struct json_list list;
	struct dbgmem_search_stats stats;
};

static int match_json(struct hunt *h, uint64_t addr)
{
	const size_t len = h->q->pattern.len;
	struct json_object *o = json_object_new_object();
	uint8_t *bytes = malloc(len);
	int bad = !bytes;

	bad |= json_put(o, "address", json_hex(addr));
	bad |= symbolizer_json(&h->symbols, addr, o);
	/* The bytes may have changed or be unmapped by now. */
	if (!bad && peek_bytes(h->m, addr, bytes, len, h->q->options.flags) == len)
		bad |= json_put(o, "bytes", json_bytes(bytes, len));
	free(bytes);
	if (bad) {
		json_object_put(o);
		o = NULL;
	}
	return json_list_add(&h->list, o);
}

/* Returns 0, or -1 when out of memory. */
static int match_show(struct hunt *h, uint64_t addr)
{
	if (h->q->count)
		return 0;
	if (h->q->options.json)
		return match_json(h, addr);
	printf("0x%016llx ", (unsigned long long)addr);
	symbolizer_print(&h->symbols, addr, stdout);
	putchar('\n');
	return h->q->options.brief ? 0 : context_print(&h->context, addr,
					       h->q->pattern.len);
}

/*
 * Print the matches up to the limit. Returns STATUS_OK, or another status after a
 * message.
 */
static int matches(struct hunt *h, struct dbgmem_search *s)
{
	uint64_t addr, nr = 0;
	int ret = 1;

	while (nr < h->q->limit && !ferror(stdout) && !interrupt_seen()) {
		ret = dbgmem_search_next(s, &addr);
		if (ret <= 0)
			break;
		nr++;
		if (match_show(h, addr)) {
			msg("out of memory");
			return STATUS_PARTIAL;
		}
	}
	if (ret < 0 && !interrupt_seen()) {
		msg("%s", dbgmem_errstr());
		return STATUS_PARTIAL;
	}
	return STATUS_OK;
}

/* Print what was not searched, or that nothing was found. Returns the exit status. */
static int verdict(const struct hunt *h, bool cut)
{
	const struct dbgmem_search_stats *s = &h->stats;
	const struct coverage cover = {
		.done = s->done,
		.skipped = s->skipped,
		.cut = cut,
	};
	int status;

	/* After the limit the rest of the memory does not matter. */
	if (s->matches == h->q->limit)
		return STATUS_OK;
	status = area_verdict(&h->q->area, h->q->pid, h->q->options.flags, &cover);
	if (status == STATUS_FAILED && s->matches)
		return STATUS_PARTIAL;
	if (status || s->matches)
		return status;
	msg("no match in %llu bytes of process %d",
	    (unsigned long long)(s->done - s->skipped), (int)h->q->pid);
	return STATUS_NO;
}

static int hunt(struct hunt *h)
{
	const struct query *q = h->q;
	const struct dbgmem_pattern pattern = {
		.bytes = q->pattern.bytes,
		.mask = q->pattern.mask,
		.len = q->pattern.len,
		.align = q->align,
	};
	struct dbgmem_search *s;
	int status;

	if (dbgmem_search_new(h->m, q->area.range, q->area.nr, &pattern,
			      q->options.flags, &interrupt_progress, &s)) {
		msg("%s", dbgmem_errstr());
		return STATUS_FAILED;
	}
	interrupt_catch();
	status = matches(h, s);
	h->stats.size = sizeof(h->stats);
	dbgmem_search_get_stats(s, &h->stats);
	dbgmem_search_free(s);
	/* Print a number only if memory was searched. */
	if (q->count && (!status || h->stats.done || h->stats.matches))
		printf("%llu\n", (unsigned long long)h->stats.matches);
	status = verdict(h, status || interrupt_seen());
	return q->options.json && !q->count ? json_list_end(&h->list, status) :
				      finish(status);
}

/* Make the pattern of --pointer, as wide as the target's pointers. */
static int pointer_get(struct query *q, struct dbgmem *m)
{
	char text[32], err[128];
	int width;

	if (target_resolve(m, &q->pointer_at, 1))
		return STATUS_FAILED;
	width = dbgmem_pointer_width(m);
	if (width < 0) {
		msg("%s", dbgmem_errstr());
		return STATUS_FAILED;
	}
	snprintf(text, sizeof(text), "0x%llx",
		 (unsigned long long)q->pointer_at.addr);
	if (pattern_int(&q->pattern, text, (unsigned int)width, err,
			sizeof(err))) {
		msg("--pointer: %s, the size of pointers in process %d", err,
		    (int)q->pid);
		return STATUS_FAILED;
	}
	return STATUS_OK;
}

static int run(struct query *q)
{
	struct hunt h = { .q = q };
	int status = STATUS_OK;

	if (target_open(q->pid, DBGMEM_OPEN_RDONLY, &h.m))
		return STATUS_FAILED;
	context_init(&h.context, h.m, q->options.flags, q->context);
	if (q->pointer)
		status = pointer_get(q, h.m);
	if (!status)
		status = area_find(&q->area, h.m, q->options.flags);
	if (!status && !q->count)
		status = symbolizer_load(&h.symbols, h.m);
	if (!status)
		status = hunt(&h);
	context_free(&h.context);
	symbolizer_free(&h.symbols);
	dbgmem_close(h.m);
	return status;
}

/* Make the pattern, except for --pointer, which needs the target. */
static int pattern_get(struct query *q)
{
	const int type = q->value.nr ? q->value.value[0].type : 0;

	if (q->value.nr + !!q->pointer != 1)
		return msg_usage("search", "one of " TYPED_NAMES ", --pointer must say what to look for");
	if (q->value.any_case && type != TYPED_STRING && type != TYPED_UTF16)
		return msg_usage("search", "--ignore-case is for --string and --utf16");
	return q->pointer ? STATUS_OK :
			    typed_get(&q->value, 0, "search", &q->pattern);
}

/* Returns STATUS_OK, or another status after a message. */
static int option_take(struct query *q, int c, const char *next)
{
	if (area_option(&q->area, c) || options_take(&q->options, c) ||
	    typed_option(&q->value, c, optarg, next))
		return STATUS_OK;
	switch (c) {
	case 'p':
		q->pointer = optarg;
		return STATUS_OK;
	case 'i':
		q->value.any_case = true;
		return STATUS_OK;
	case 'a':
		return options_number("search", "--align", optarg, 1,
				      UINT64_MAX, &q->align);
	case 'l':
		return options_number("search", "--limit", optarg, 1,
				      UINT64_MAX, &q->limit);
	case 'C':
		return options_number("search", "--context", optarg, 0,
				      CONTEXT_MAX, &q->context);
	case 'c':
		q->count = true;
		return STATUS_OK;
	default:
		return typed_hint("search");
	}
}

int cmd_search(int argc, char **argv)
{
	struct query q = {
		.value = { .most = 1, .wild = true },
		.limit = UINT64_MAX,
	};
	int c, nr, status = STATUS_OK;

	while (!status && (c = getopt_long(argc, argv, "x:s:p:ia:l:cC:bjfh",
					   options, NULL)) != -1) {
		if (c == 'h')
			return exit_answer(help());
		status = option_take(&q, c, argv[optind]);
	}
	nr = argc - optind;
	if (!status)
		status = typed_end(&q.value, "search", argv + optind, &nr);
	if (!status)
		status = pattern_get(&q);
	if (!status)
		status = area_parse(&q.area, "search", argv + optind, nr,
				    &q.pid);
	if (!status && q.pointer)
		status = target_parse("search", q.pointer, NULL,
				      &q.pointer_at);
	if (!status)
		status = run(&q);
	area_free(&q.area);
	pattern_free(&q.pattern);
	return exit_answer(status);
}
