/* SPDX-License-Identifier: GPL-2.0 */
/* A batch of a vector: segments whose pages are held together. */
#ifndef KMOD_TRANSFER_BATCH_H
#define KMOD_TRANSFER_BATCH_H

#include "engine/engine.h"
#include "engine/pages.h"

int dbgmem_batch_run(struct dbgmem_xfer *x, struct dbgmem_pages *p,
		     struct dbgmem_segment **seg, struct dbgmem_segment *end,
		     bool *alone);

#endif /* KMOD_TRANSFER_BATCH_H */
