/* SPDX-License-Identifier: GPL-2.0 */
/* The pair matrix's calls that move memory. */
#ifndef SELFTESTS_PAIR_TRANSFER_H
#define SELFTESTS_PAIR_TRANSFER_H

#include "pair.h"

void pair_read_word(struct pair_side *s);
void pair_read(struct pair_side *s);
void pair_read_exact(struct pair_side *s);
void pair_read_force(struct pair_side *s);
void pair_read_zerofill(struct pair_side *s);
void pair_read_nofault(struct pair_side *s);
void pair_read_raw(struct pair_side *s);
void pair_read_hole(struct pair_side *s);
void pair_write_word(struct pair_side *s);
void pair_write(struct pair_side *s);
void pair_write_exact(struct pair_side *s);
void pair_write_force(struct pair_side *s);
void pair_write_raw(struct pair_side *s);
void pair_vec_read(struct pair_side *s);
void pair_vec_read_exact(struct pair_side *s);
void pair_vec_expect(struct pair_side *s);
void pair_vec_write(struct pair_side *s);
void pair_vec_write_exact(struct pair_side *s);
void pair_vec_write_expect(struct pair_side *s);
void pair_cmpxchg(struct pair_side *s);
void pair_cmpxchg_raw(struct pair_side *s);
void pair_read2(struct pair_side *s);
void pair_write2(struct pair_side *s);
void pair_pread(struct pair_side *s);
void pair_pwrite(struct pair_side *s);
void pair_preadv(struct pair_side *s);
void pair_pwritev(struct pair_side *s);

#endif /* SELFTESTS_PAIR_TRANSFER_H */
