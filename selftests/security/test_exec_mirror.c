// SPDX-License-Identifier: GPL-2.0
/* The race with an execve of a set-uid program, of sessions with a mirror. */
#define ENGINE	"mirror"
#include "exec_race.h"
