// SPDX-License-Identifier: GPL-2.0
/* Values over time: as lines, as JSON, or as a screen. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run/clock.h"
#include "run/screen.h"
#include "target/view.h"
#include "text/hexdump.h"
#include "text/message.h"

/* Reverse video */
#define MARK_ON		"\033[7m"
#define MARK_OFF	"\033[m"

/* Milliseconds between two drawings. */
#define DRAW_MS		40

/* No terminal has more lines. */
#define HISTORY		512

struct view {
	enum view_mode mode;
	const char *title;
	uint64_t addr;
	const struct sample_type *type;
	bool all;
	struct sample sample[2];
	struct sample *now, *before;
	struct sample picture[2]; /* on the screen, and the one before */
	uint64_t nr, changes, drawn_nr;
	char changed[SAMPLE_TIME]; /* time of the last change */
	long drawn_ms;		/* time of the last drawing, of now_ms() */
	char *history[HISTORY];	/* lines of the screen, a ring buffer */
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
		if ((changed || v->all) &&
		    json_line(sample_json(v->now, v->type)))
			return -1;
		fflush(stdout);
		return 0;
	default:
		if (changed && v->type->kind != SAMPLE_BYTES && history_add(v))
			return -1;
		/* Faster drawing is not visible, and the next sample comes soon. */
		return now_ms() - v->drawn_ms < DRAW_MS ? 0 : view_draw(v);
	}
}

/* Was there an earlier sample on the screen? */
static bool is_next(const struct view *v)
{
	return v->picture[1].when.tv_sec;
}

/* Draw the bytes, and mark those that have changed. */
static void draw_bytes(const struct view *v, FILE *f)
{
	const struct sample *now = &v->picture[0], *before = &v->picture[1];
	/* At most the lines of the screen. */
	size_t most = (size_t)screen_rows() * HEXDUMP_WIDTH, i;
	struct hexdump d;

	hexdump_start(&d, f, v->addr);
	d.mark_on = MARK_ON;
	d.lines_only = true;
	for (i = 0; i < now->len && i < most; i++) {
		d.mark = is_next(v) && (i >= before->len ||
					now->bytes[i] != before->bytes[i]);
		hexdump_add(&d, &now->bytes[i], 1);
	}
	hexdump_end(&d);
}

static void draw(const struct view *v, FILE *f)
{
	const struct sample *now = &v->picture[0];
	const bool marked = is_next(v) && !sample_equal(now, &v->picture[1]);
	const size_t rows = screen_rows();
	size_t i;

	fprintf(f, "%s\n\n", v->title);
	if (v->type->kind != SAMPLE_BYTES || !now->valid) {
		fputs("value    ", f);
		fputs(marked ? MARK_ON : "", f);
		sample_print(now, v->type, f);
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
	/* Redrawn without a new sample, it keeps its marks. */
	if (v->drawn_nr != v->nr) {
		v->picture[1] = v->picture[0];
		v->picture[0] = *v->now;
		v->drawn_nr = v->nr;
	}
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
	v->drawn_ms = now_ms();
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
