// SPDX-License-Identifier: GPL-2.0
/* The race with an execve of a set-uid program, over the remote engine. */
#define ENGINE	"remote"
#include "exec_race.h"
