/* SPDX-License-Identifier: GPL-2.0 */
/* Values over time: as lines, as JSON, or as a screen. */
#ifndef DBGMEM_VIEW_H
#define DBGMEM_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "target/sample.h"

enum view_mode {
	VIEW_LINES,
	VIEW_JSON,
	VIEW_SCREEN,
};

struct view;

/*
 * @title says what it is. @all: a line also where nothing has changed. NULL, and the
 * message is out, when there is no memory.
 */
struct view *view_new(enum view_mode mode, const char *title, uint64_t addr,
		      const struct sample_type *type, bool all);

/* Where the next sample goes, which is then told of with view_add(). */
struct sample *view_room(struct view *v);

/* 0, or -1: out of memory. */
int view_add(struct view *v);

/* Write the screen again, if there is one. */
int view_draw(struct view *v);

/* The screen is left; the last value is printed where it was. NULL is allowed. */
void view_free(struct view *v);

#endif /* DBGMEM_VIEW_H */
