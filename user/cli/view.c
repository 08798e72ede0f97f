// SPDX-License-Identifier: GPL-2.0
/* Values over time: as lines, as JSON, or as a screen. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "hexdump.h"
#include "screen.h"
#include "view.h"

/* Reverse video */
#define MARK_ON		"\033[7m"
#define MARK_OFF	"\033[m"

/* More than any terminal has lines. */
#define HISTORY		512

struct view {
	enum view_mode mode;
	const char *title;
	uint64_t addr;
	const struct sample_type *type;
	bool all;
	struct sample sample[2];
	struct sample *now, *before;
	uint64_t nr, changes;
	char changed[SAMPLE_TIME]; /* when, for the last time */
	char *history[HISTORY];	/* of the screen, in a ring */
	size_t nr_history;
};

struct view *view_new(enum view_mode mode, const char *title, uint64_t addr,
		      const struct sample_type *type, bool all)
{
	struct view *v = calloc(1, sizeof(*v));

	if (!v) {
		msg("out of memory");
		return NULL;
	}
	v->mode = mode;
	v->title = title;
	v->addr = addr;
	v->type = type;
	v->all = all;
	v->now = &v->sample[0];
	v->before = &v->sample[1];
	return v;
}

struct sample *view_room(struct view *v)
{
	return v->before;
}

static void print_line(const struct view *v, const struct sample *s)
{
	char time[SAMPLE_TIME];

	printf("%s ", sample_time(s, true, time));
	sample_print(s, v->type, stdout);
	putchar('\n');
}

static int print_json(const struct view *v)
{
	struct json_object *o = sample_json(v->now, v->type);
	const char *text = o ? json_line(o) : NULL;

	if (text)
		puts(text);
	json_object_put(o);
	return text ? 0 : -1;
}

static int history_add(struct view *v)
{
	char **slot = &v->history[v->nr_history % HISTORY];
	char time[SAMPLE_TIME];
	char *text = NULL;
	size_t size;
	FILE *f;

	f = open_memstream(&text, &size);
	if (!f)
		return -1;
	fprintf(f, "%s  ", sample_time(v->now, false, time));
	sample_print(v->now, v->type, f);
	if (fclose(f)) {
		free(text);
		return -1;
	}
	free(*slot);
	*slot = text;
	v->nr_history++;
	return 0;
}

int view_add(struct view *v)
{
	struct sample *new = v->before;
	bool first = !v->nr++, changed;

	v->before = v->now;
	v->now = new;
	changed = first || !sample_equal(new, v->before);
	if (changed && !first) {
		v->changes++;
		sample_time(new, false, v->changed);
	}
	switch (v->mode) {
	case VIEW_LINES:
		if (changed || v->all)
			print_line(v, new);
		fflush(stdout);
		return 0;
	case VIEW_JSON:
		if ((changed || v->all) && print_json(v))
			return -1;
		fflush(stdout);
		return 0;
	default:
		if (changed && v->type->kind != SAMPLE_BYTES && history_add(v))
			return -1;
		return view_draw(v);
	}
}

/* The bytes, and of those what is not as it was before. */
static void draw_bytes(const struct view *v, FILE *f)
{
	const struct sample *now = v->now, *before = v->before;
	/* No more lines than the screen has. */
	size_t most = (size_t)screen_rows() * HEXDUMP_WIDTH, i;
	struct hexdump d;

	hexdump_start(&d, f, v->addr);
	d.mark_on = MARK_ON;
	d.lines_only = true;
	for (i = 0; i < now->len && i < most; i++) {
		d.mark = v->nr > 1 && (i >= before->len ||
				       now->bytes[i] != before->bytes[i]);
		hexdump_add(&d, &now->bytes[i], 1);
	}
	hexdump_end(&d);
}

static void draw(const struct view *v, FILE *f)
{
	const bool marked = v->nr > 1 && !sample_equal(v->now, v->before);
	const size_t rows = screen_rows();
	size_t i;

	fprintf(f, "%s\n\n", v->title);
	if (v->type->kind != SAMPLE_BYTES || !v->now->valid) {
		fputs("value    ", f);
		fputs(marked ? MARK_ON : "", f);
		sample_print(v->now, v->type, f);
		fputs(marked ? MARK_OFF "\n" : "\n", f);
	}
	fprintf(f, "changed  %s", v->changes ? v->changed : "not yet");
	fprintf(f, ", %" PRIu64 " time(s) in %" PRIu64 " readings\n\n",
		v->changes, v->nr);
	draw_bytes(v, f);
	if (v->nr_history)
		fputc('\n', f);
	for (i = 0; i < v->nr_history && i < HISTORY && i < rows; i++)
		fprintf(f, "%s\n",
			v->history[(v->nr_history - 1 - i) % HISTORY]);
}

int view_draw(struct view *v)
{
	char *text = NULL;
	size_t size;
	FILE *f;

	if (v->mode != VIEW_SCREEN || !v->nr)
		return 0;
	f = open_memstream(&text, &size);
	if (!f)
		return -1;
	draw(v, f);
	if (fclose(f)) {
		free(text);
		return -1;
	}
	screen_start();
	screen_show(text);
	free(text);
	return 0;
}

void view_free(struct view *v)
{
	size_t i;

	if (!v)
		return;
	if (v->mode == VIEW_SCREEN) {
		screen_stop();
		if (v->nr)
			print_line(v, v->now);
	}
	for (i = 0; i < HISTORY; i++)
		free(v->history[i]);
	free(v);
}
