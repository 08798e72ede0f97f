// SPDX-License-Identifier: GPL-2.0
/* exec_race.h over the remote engine. */
#define ENGINE	"remote"
#include "exec_race.h"
