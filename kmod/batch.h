/* SPDX-License-Identifier: GPL-2.0 */
/* A batch of a vector: segments whose pages are held together. */
#ifndef KMOD_BATCH_H
#define KMOD_BATCH_H

#include "dbgmem.h"
#include "pages.h"

/* What segment->reason says of a segment not carried out yet. */
#define DBGMEM_SEGMENT_WORD	(~0U)		/* naturally aligned on both sides */
#define DBGMEM_SEGMENT_BYTES	(~0U - 1)

int dbgmem_batch_run(struct dbgmem_xfer *x, struct dbgmem_pages *p,
		     struct dbgmem_segment **seg, struct dbgmem_segment *end,
		     bool *alone);
void dbgmem_batch_answer(struct dbgmem_xfer *x, struct dbgmem_segment *seg,
			 u64 done, u32 reason);

#endif /* KMOD_BATCH_H */
