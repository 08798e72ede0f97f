// SPDX-License-Identifier: GPL-2.0
#include "pair.h"

#include <stdarg.h>

/* More is not printed; all are counted. */
void pair_complain(struct pair_side *s, const char *fmt, ...)
{
	struct pair *p = s->p;
	va_list args;
	char text[160];

	if (__atomic_fetch_add(&p->complaints, 1, __ATOMIC_RELAXED) >=
	    PAIR_COMPLAINTS)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fprintf(stderr, "# %s x %s, %s session%s: %s\n", p->names[0],
		p->names[1], p->two ? "two" : "one", p->mirror ?
		", mirror" : "", text);
}

/* Neither of the two patterns. */
unsigned char pair_trap_byte(size_t off)
{
	unsigned char a = pattern_byte(PAIR_SEED, off), c = ~a;

	return c == pattern_byte(PAIR_SEED + 1, off) ? c ^ 0x10 : c;
}

void pair_trap(void *trap, size_t off, size_t len)
{
	unsigned char *t = trap;
	size_t i;

	for (i = 0; i < len; i++)
		t[i] = pair_trap_byte(off + i);
}

bool pair_is_trap(size_t off, unsigned char c)
{
	return c == pair_trap_byte(off);
}

/*
 * Is each byte one that may be there? @off is the first one's from the beginning
 * of the target's memory; a trap may only be seen with @traps.
 */
void pair_check(struct pair_side *s, const char *what, const void *data,
		size_t off, size_t len, bool traps)
{
	const unsigned char *b = data, *i0, *i1;
	size_t i;

	i0 = (const unsigned char *)s->p->image[0] + off;
	i1 = (const unsigned char *)s->p->image[1] + off;
	if (!memcmp(b, i0, len) || !memcmp(b, i1, len))
		return;
	for (i = 0; i < len; i++) {
		if (b[i] == i0[i] || b[i] == i1[i])
			continue;
		if (traps && pair_is_trap(off + i, b[i]))
			continue;
		pair_complain(s, "%s: byte %zu is %s0x%02x, not 0x%02x or 0x%02x",
			      what, off + i, pair_is_trap(off + i, b[i]) ?
			      "a trap's " : "", b[i], i0[i], i1[i]);
		return;
	}
}

/* A new session on the target, or -errno. */
int pair_session(const struct pair *p)
{
	struct dbgmem_attach a = {
		.size = sizeof(a),
		.flags = p->mirror ? DBGMEM_ATTACH_MIRROR : 0,
		.pid = p->pid,
		.mem_fd = p->mem_fd,
	};
	int fd = dev_open(O_RDWR), ret;

	if (fd < 0)
		return fd;
	if (!ioctl(fd, DBGMEM_IOC_ATTACH, &a))
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

/* Where the @i-th breakpoint of @len bytes goes. They do not overlap. */
size_t pair_slot(uint32_t len, bool two_pages, unsigned int i)
{
	if (two_pages)
		return (1 + i % (PAIR_PAGES - 1)) * PAGE - 5 - i % 3;
	return len == 1 ? 0x100 + 64 * i : 0x403 + 64 * i;
}
