// SPDX-License-Identifier: GPL-2.0
/* exec_race.h over the pinned engine. */
#define ENGINE	"pinned"
#include "exec_race.h"
