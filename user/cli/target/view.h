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
 * @title is the first line of a screen. @all: print also samples without a change.
 * Returns NULL after a message when out of memory.
 */
struct view *view_new(enum view_mode mode, const char *title, uint64_t addr,
		      const struct sample_type *type, bool all);

/* The buffer for the next sample; call view_add() when it is filled. */
struct sample *view_room(struct view *v);

/* Returns 0, or -1 when out of memory. */
int view_add(struct view *v);

/* Redraw the screen, if there is one. */
int view_draw(struct view *v);

/* Leave the screen and print the last value. @v may be NULL. */
void view_free(struct view *v);

#endif /* DBGMEM_VIEW_H */
