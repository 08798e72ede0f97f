// SPDX-License-Identifier: GPL-2.0
/* dbgmem strings: list the strings in the memory of a process. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dbgmem.h>

#include "cmd/cmd.h"
#include "run/interrupt.h"
#include "target/area.h"
#include "target/options.h"
#include "target/symbolize.h"
#include "target/target.h"
#include "text/json.h"
#include "text/message.h"
#include "text/scan.h"
#include "text/text.h"

#define MIN_DEFAULT	4

/* Options without a letter. */
enum {
	OPT_UTF8 = 256,
	OPT_UTF16,
};

static const struct option options[] = {
	{ "min", required_argument, NULL, 'm' },
	{ "utf8", no_argument, NULL, OPT_UTF8 },
	{ "utf16", no_argument, NULL, OPT_UTF16 },
	AREA_OPTIONS,
	{ "region", no_argument, NULL, 'R' },
	OPTIONS_SCAN,
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem strings [OPTION...] PID [ADDR [LEN]]...\n\n"
	     "Examples:\n"
	     "  dbgmem strings --min 8 --private --anonymous 1234\n"
	     "  dbgmem strings --region 1234 '[heap]'\n\n"
	     "Print the strings in all readable memory of process PID, or in LEN bytes at\n"
	     "each ADDR (default: to the end of its mapping), with their addresses. A string\n"
	     "has 4 or more characters of ASCII.\n\n"
	     "  -n, --min N        N or more characters; -m is the same\n"
	     "      --utf8         characters of UTF-8 without control characters\n"
	     "      --utf16        ASCII in UTF-16 of the machine's byte order\n\n"
	     "Where:\n"
	     AREA_HELP
	     "\n"
	     "What is printed:\n"
	     "  -R, --region       also the mapping of each string\n"
	     "  -j, --json         JSON\n"
	     "  -l, --limit N      stop after N strings\n"
	     "  -h, --help         show this text\n\n"
	     "ADDR and LEN are as for 'dbgmem read'. Ctrl-C stops it and says how far it got.\n"
	     "Exit status: 0 found, 1 not found, 2 usage or failure, 3 a part was searched.");
	return finish(STATUS_OK);
}

/* The command line. */
struct query {
	pid_t pid;
	struct area area;
	enum scan_encoding encoding;
	struct options options;
	uint64_t min, limit;
	bool region;
};

/* A scan and its output. */
struct walk {
	const struct query *q;
	struct dbgmem *m;
	struct symbolizer symbols;
	struct json_list list;
	uint64_t nr;		/* strings found */
	struct coverage cover;
	struct scan scan;
	/* bytes that the scan has left, then bytes that were read */
	uint8_t room[SCAN_LEFT + CHUNK];
	size_t left;
	uint64_t next;		/* the address after them */
	struct scan_run run[2];
};

static int json_string(struct walk *w, uint64_t addr, const char *text,
		       size_t len)
{
	struct json_object *o = json_object_new_object();
	int bad;

	bad = json_put(o, "address", json_hex(addr));
	bad |= symbolizer_json(&w->symbols, addr, o);
	bad |= json_put(o, "string", json_text(text, len));
	if (bad) {
		json_object_put(o);
		o = NULL;
	}
	return json_list_add(&w->list, o);
}

/* The scan finds only safe characters and tabs. */
static void print_string(const char *text, size_t len)
{
	const char *tab;

	while ((tab = memchr(text, '\t', len))) {
		text_print_message(stdout, text, (size_t)(tab - text));
		putchar('\t');
		len -= (size_t)(tab + 1 - text);
		text = tab + 1;
	}
	text_print_message(stdout, text, len);
	putchar('\n');
}

/* Returns 1 to end the scan: at the limit, or if the output fails. */
static int on_found(void *arg, uint64_t addr, const char *text, size_t len)
{
	struct walk *w = arg;

	w->nr++;
	if (w->q->options.json) {
		if (json_string(w, addr, text, len)) {
			msg("out of memory");
			w->cover.cut = true;
			return 1;
		}
	} else {
		printf("0x%016llx ", (unsigned long long)addr);
		if (w->q->region) {
			symbolizer_print(&w->symbols, addr, stdout);
			putchar(' ');
		}
		print_string(text, len);
	}
	return w->nr == w->q->limit || ferror(stdout) || interrupt_seen();
}

/* Scan @run after the bytes that the scan has left. */
static void feed(struct walk *w, const struct dbgmem_run *run)
{
	const size_t len = w->left + (size_t)run->len;
	const uint64_t addr = run->addr - w->left;
	size_t taken;

	memcpy(w->room + w->left, run->bytes, (size_t)run->len);
	taken = scan_feed(&w->scan, addr, w->room, len);
	if (w->scan.stopped)
		return;
	w->left = len - taken;
	memmove(w->room, w->room + taken, w->left);
	w->next = run->addr + run->len;
}

static void run_take(struct walk *w, struct dbgmem_run *run)
{
	struct dbgmem_run part;

	if (run->addr != w->next) {
		scan_break(&w->scan);
		w->left = 0;
	}
	while (run->len && !w->scan.stopped) {
		part = *run;
		if (part.len > CHUNK)
			part.len = CHUNK;
		feed(w, &part);
		run->addr += part.len;
		run->len -= part.len;
		run->bytes = (const uint8_t *)run->bytes + part.len;
	}
}

/* Unused pages are zeros. Only their ends can belong to a character. */
static void zeros_take(struct walk *w, const struct dbgmem_run *run)
{
	static const uint8_t zeros[2 * SCAN_LEFT];
	struct dbgmem_run end = *run;

	end.bytes = zeros;
	if (run->len <= sizeof(zeros)) {
		run_take(w, &end);
		return;
	}
	end.len = SCAN_LEFT;
	run_take(w, &end);
	end = *run;
	end.bytes = zeros;
	end.addr += run->len - SCAN_LEFT;
	end.len = SCAN_LEFT;
	run_take(w, &end);
}

/* Scan all ranges. Returns 0, or -1 after a message. */
static int walk_ranges(struct walk *w)
{
	const struct area *a = &w->q->area;
	struct dbgmem_runs_stats stats = { .size = sizeof(stats) };
	struct dbgmem_runs *runs;
	struct dbgmem_run run;
	int ret = 0;

	if (dbgmem_runs_new(w->m, a->range, a->nr, w->q->options.flags,
			    &interrupt_progress, &runs)) {
		msg("%s", dbgmem_errstr());
		return -1;
	}
	while (!w->scan.stopped && !interrupt_seen()) {
		ret = dbgmem_runs_next(runs, &run);
		if (ret <= 0)
			break;
		if (run.bytes)
			run_take(w, &run);
		else
			zeros_take(w, &run);
	}
	if (ret < 0 && !interrupt_seen())
		msg("%s", dbgmem_errstr());
	dbgmem_runs_get_stats(runs, &stats);
	w->cover.done = stats.done;
	w->cover.skipped = stats.skipped;
	dbgmem_runs_free(runs);
	return ret < 0 ? -1 : 0;
}

static int walk(struct walk *w)
{
	const struct area *a = &w->q->area;
	int status;

	interrupt_catch();
	if (walk_ranges(w))
		w->cover.cut = true;
	scan_break(&w->scan);
	w->cover.cut |= interrupt_seen();
	/* After the limit the rest of the memory does not matter. */
	status = w->nr == w->q->limit ? STATUS_OK :
		 area_verdict(a, w->q->pid, w->q->options.flags, &w->cover);
	if (status == STATUS_FAILED && w->nr)
		status = STATUS_PARTIAL;
	if (!status && !w->nr) {
		msg("no string in %llu bytes of process %d",
		    (unsigned long long)(w->cover.done - w->cover.skipped),
		    (int)w->q->pid);
		status = STATUS_NO;
	}
	return w->q->options.json ? json_list_end(&w->list, status) : finish(status);
}

static struct walk *walk_new(const struct query *q, struct dbgmem *m)
{
	struct walk *w = calloc(1, sizeof(*w));

	if (!w) {
		msg("out of memory");
		return NULL;
	}
	w->q = q;
	w->m = m;
	w->scan.encoding = q->encoding;
	w->scan.min = (size_t)q->min;
	w->scan.found = on_found;
	w->scan.arg = w;
	w->scan.run[0] = &w->run[0];
	w->scan.run[1] = &w->run[1];
	return w;
}

static int run(struct query *q)
{
	struct walk *w = NULL;
	struct dbgmem *m;
	int status;

	if (target_open(q->pid, DBGMEM_OPEN_RDONLY, &m))
		return STATUS_FAILED;
	status = area_find(&q->area, m, q->options.flags);
	if (!status) {
		w = walk_new(q, m);
		status = w ? STATUS_OK : STATUS_FAILED;
	}
	if (!status && (q->region || q->options.json))
		status = symbolizer_load(&w->symbols, m);
	if (!status)
		status = walk(w);
	if (w)
		symbolizer_free(&w->symbols);
	free(w);
	dbgmem_close(m);
	return status;
}

/* Returns STATUS_OK, or another status after a message. */
static int option_take(struct query *q, int c)
{
	if (area_option(&q->area, c) || options_take(&q->options, c))
		return STATUS_OK;
	switch (c) {
	case 'm':
	case 'n':
		return options_number("strings", "--min", optarg, 1, SCAN_MAX,
				      &q->min);
	case 'l':
		return options_number("strings", "--limit", optarg, 1,
				      UINT64_MAX, &q->limit);
	case OPT_UTF8:
	case OPT_UTF16:
		if (q->encoding != SCAN_ASCII)
			return msg_usage("strings", "only one of --utf8 and --utf16 can be given");
		q->encoding = c == OPT_UTF8 ? SCAN_UTF8 : SCAN_UTF16;
		return STATUS_OK;
	case 'R':
		q->region = true;
		return STATUS_OK;
	default:
		return msg_hint("strings");
	}
}

int cmd_strings(int argc, char **argv)
{
	struct query q = { .min = MIN_DEFAULT, .limit = UINT64_MAX };
	int c, status = STATUS_OK;

	while (!status && (c = getopt_long(argc, argv, "m:n:Rl:jfh", options,
					   NULL)) != -1) {
		if (c == 'h')
			return exit_answer(help());
		status = option_take(&q, c);
	}
	if (!status)
		status = area_parse(&q.area, "strings", argv + optind,
				    argc - optind, &q.pid);
	if (!status)
		status = run(&q);
	area_free(&q.area);
	return exit_answer(status);
}
