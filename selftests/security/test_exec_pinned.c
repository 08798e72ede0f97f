// SPDX-License-Identifier: GPL-2.0
/* The race with an execve of a set-uid program, over the pinned engine. */
#define ENGINE	"pinned"
#include "exec_race.h"
