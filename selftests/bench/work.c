// SPDX-License-Identifier: GPL-2.0
/*
 * What one call has to do: which pieces of the target, and where they go to or
 * come from here; and whether it was done.
 */
#include "bench.h"

/* Enough for the largest transfer and for every shift of its place. */
#define SHIFT_PAGES	5

static size_t work_bytes(const struct work *w)
{
	return w->size * w->nr;
}

/* The caller then says in w->pieces where the pieces are. */
int work_init(struct work *w, bool write, size_t size, unsigned int nr)
{
	size_t len;

	memset(w, 0, sizeof(*w));
	w->write = write;
	w->size = size;
	w->nr = nr;
	len = (work_bytes(w) + PAGE - 1) / PAGE * PAGE;
	w->room_len = 2 * len + MAX_ROUNDS * SHIFT_PAGES * PAGE;
	w->room = mmap(NULL, w->room_len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (w->room == MAP_FAILED)
		return -errno;
	/* The caller's pages are small, even where the target's are not. */
	madvise(w->room, w->room_len, MADV_NOHUGEPAGE);
	memset(w->room, 1, w->room_len);

	w->pieces = calloc(nr, sizeof(*w->pieces));
	w->segments = calloc(nr, sizeof(*w->segments));
	if (!w->pieces || !w->segments) {
		work_free(w);
		return -ENOMEM;
	}
	w->other = w->room + w->room_len - len;
	return 0;
}

void work_free(struct work *w)
{
	free(w->segments);
	free(w->pieces);
	munmap(w->room, w->room_len);
}

/*
 * Put the caller's buffer elsewhere in each round of real time: the emulator's
 * TLB is indexed by address, and a buffer whose pages collide with the target's
 * would be all that is measured. Counted instructions do not care.
 */
void work_place(struct work *w, unsigned int round)
{
	unsigned int i;

	w->buf = w->room;
	if (clock_mode.wall)
		w->buf += round % MAX_ROUNDS * SHIFT_PAGES * PAGE;
	w->addr = (uintptr_t)w->pieces[0].iov_base;
	for (i = 0; i < w->nr; i++) {
		w->pieces[i].iov_len = w->size;
		w->segments[i] = (struct dbgmem_segment){
			.addr = (uintptr_t)w->pieces[i].iov_base,
			.buf = (uintptr_t)w->buf + i * w->size,
			.len = w->size,
		};
	}
}

/* The word here that belongs to the target's word at *@addr. */
static uint64_t *work_word(const struct work *w, size_t n, uint64_t *addr)
{
	size_t per = w->size / 8;

	*addr = (uintptr_t)w->pieces[n / per].iov_base + n % per * 8;
	return (uint64_t *)w->buf + n;
}

/* Before a read: other bytes than the target's. Before a write: new ones. */
void work_fill(struct work *w, uint64_t salt)
{
	uint64_t *word, addr;
	size_t i;

	for (i = 0; i < work_bytes(w) / 8; i++) {
		word = work_word(w, i, &addr);
		*word = w->write ? pattern(addr) + salt : ~pattern(addr);
		((uint64_t *)w->other)[i] = pattern(addr);
	}
}

/* Did the bytes arrive? The target's are fetched through /proc/PID/mem. */
int work_check(const struct work *w, uint64_t salt)
{
	uint64_t *word, *got, addr;
	size_t i, bad = 0;

	if (!w->write)
		salt = 0;
	got = malloc(w->size);
	if (!got)
		return -ENOMEM;
	for (i = 0; i < work_bytes(w) / 8; i++) {
		word = work_word(w, i, &addr);
		if (w->write && i % (w->size / 8) == 0 &&
		    pread(subject.mem, got, w->size, addr) != (ssize_t)w->size) {
			bad++;
			break;
		}
		if (w->write)
			bad += got[i % (w->size / 8)] != pattern(addr) + salt;
		else
			bad += *word != pattern(addr);
	}
	free(got);
	return bad ? -EBADMSG : 0;
}
