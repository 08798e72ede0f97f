// SPDX-License-Identifier: GPL-2.0
/* exec_race.h with sessions that have a mirror. */
#define ENGINE	"mirror"
#include "exec_race.h"
