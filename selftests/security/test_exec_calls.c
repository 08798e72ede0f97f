// SPDX-License-Identifier: GPL-2.0
/* See exec_race.h: by vectors, compare-and-exchange and breakpoints too. */
#define ENGINE	"auto"
#define ROUNDS	600
#define RACE_TEST	raced_by_every_call_leaks_and_takes_no_byte
#define CALLS	"every"
#include "exec_race.h"
