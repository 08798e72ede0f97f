// SPDX-License-Identifier: GPL-2.0
/* link: -m32 -static -pthread */
/* helper_sleep as a 32-bit program. */
#include "helper_sleep.c"
