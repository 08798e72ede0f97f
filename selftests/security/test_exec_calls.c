// SPDX-License-Identifier: GPL-2.0
/* exec_race.h with vectors, compare-and-exchange and breakpoints. */
#define ENGINE	"auto"
#define ROUNDS	600
#define RACE_TEST	raced_by_every_call_leaks_and_takes_no_byte
#define CALLS	"every"
#include "exec_race.h"
