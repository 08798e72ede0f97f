/* SPDX-License-Identifier: GPL-2.0 */
/* The pair matrix's calls that change or tell a session's state. */
#ifndef SELFTESTS_PAIR_STATE_H
#define SELFTESTS_PAIR_STATE_H

#include "pair.h"

void pair_catch_signals(void);

void pair_info(struct pair_side *s);
void pair_attach(struct pair_side *s);
void pair_set_byte(struct pair_side *s);
void pair_set_long(struct pair_side *s);
void pair_set_two_pages(struct pair_side *s);
void pair_clear(struct pair_side *s);
void pair_clear_all(struct pair_side *s);
void pair_list(struct pair_side *s);
void pair_list_all(struct pair_side *s);
void pair_region(struct pair_side *s);
void pair_region_names(struct pair_side *s);
void pair_window(struct pair_side *s);
void pair_window_map(struct pair_side *s);
void pair_window_look(struct pair_side *s);
void pair_window_cycle(struct pair_side *s);
void pair_window_sync(struct pair_side *s);
void pair_lseek(struct pair_side *s);
void pair_poll(struct pair_side *s);
void pair_epoll(struct pair_side *s);
void pair_fdinfo(struct pair_side *s);
void pair_reopen(struct pair_side *s);
void pair_own_map(struct pair_side *s);
void pair_target_fork(struct pair_side *s);
void pair_target_flip(struct pair_side *s);

#endif /* SELFTESTS_PAIR_STATE_H */
