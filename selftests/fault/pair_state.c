// SPDX-License-Identifier: GPL-2.0
#include "pair_state.h"
#include "breakpoint.h"
#include "window.h"

#include <poll.h>
#include <sys/epoll.h>

/* --- what the session is --- */

void pair_info(struct pair_side *s)
{
	struct dbgmem_session_info info;
	int ret = session_info(s->fd, &info);

	if (ret)
		pair_complain(s, "%s answers %s", __func__, strerror(-ret));
	else if (info.state != DBGMEM_STATE_ATTACHED || info.pid != s->p->pid)
		pair_complain(s, "%s: state %u, pid %d", __func__, info.state,
			      info.pid);
}

void pair_attach(struct pair_side *s)
{
	int ret = attach(s->fd, s->p->pid, s->p->mem_fd);

	if (ret != -EISCONN)
		pair_complain(s, "%s answers %s", __func__, strerror(-ret));
}

void pair_lseek(struct pair_side *s)
{
	off_t at = (uintptr_t)s->p->mem + pair_below(s, PAGE);

	if (lseek(s->fd, at, SEEK_SET) != at)
		pair_complain(s, "%s answers %s", __func__, strerror(errno));
}

void pair_poll(struct pair_side *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	int ret = poll(&p, 1, pair_below(s, 2));

	if (ret < 0 || p.revents & (POLLERR | POLLHUP | POLLNVAL))
		pair_complain(s, "%s: %d, events 0x%x", __func__, ret,
			      p.revents);
}

void pair_epoll(struct pair_side *s)
{
	struct epoll_event e = { .events = EPOLLIN };
	int fd = epoll_create1(EPOLL_CLOEXEC), ret;

	if (fd < 0)
		return;
	ret = epoll_ctl(fd, EPOLL_CTL_ADD, s->fd, &e);
	if (!ret)
		ret = epoll_wait(fd, &e, 1, 0);
	if (ret < 0 || (ret && e.events & (EPOLLERR | EPOLLHUP)))
		pair_complain(s, "%s: %d, %s", __func__, ret, strerror(errno));
	close(fd);
}

void pair_fdinfo(struct pair_side *s)
{
	char path[64], text[4096];
	int ret;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", s->fd);
	ret = file_read(path, text, sizeof(text));
	if (ret <= 0 || !strstr(text, "state"))
		pair_complain(s, "%s: %d", __func__, ret);
}

/* Close it, open and attach another: the number stays, for the other thread. */
void pair_reopen(struct pair_side *s)
{
	int fd = pair_session(s->p);

	if (fd < 0) {
		pair_complain(s, "%s answers %s", __func__, strerror(-fd));
		return;
	}
	if (dup3(fd, s->fd, O_CLOEXEC) < 0 && errno != EBUSY)
		pair_complain(s, "dup3: %s", strerror(errno));
	close(fd);
}

/* --- breakpoints --- */

/* The answer's bytes behind the breakpoint's are 0. */
static void check_original(struct pair_side *s, const char *what,
			   const unsigned char *original, size_t off,
			   uint32_t len)
{
	if (len > DBGMEM_BP_MAX_LEN) {
		pair_complain(s, "%s: length %u", what, len);
		return;
	}
	pair_check(s, what, original, off, len, pair_traps_break(s->p));
	if (byte_differs(original + len, 0, DBGMEM_BP_MAX_LEN - len) >= 0)
		pair_complain(s, "%s: bytes behind the original", what);
}

static void cleared(struct pair_side *s, const char *what, int ret,
		    const struct dbgmem_bp_clear_args *c)
{
	if (ret && ret != -ENOENT)
		pair_complain(s, "%s answers %s, reason %u", what,
			      strerror(-ret), c->reason);
	else if (c->lost && !pair_traps_break(s->p))
		pair_complain(s, "%s: %u lost of %u", what, c->lost,
			      c->cleared);
}

static int set_at(struct pair_side *s, const char *what, size_t off,
		  uint32_t len)
{
	char trap[DBGMEM_BP_MAX_LEN];
	struct dbgmem_bp_set_args b;
	int ret;

	pair_trap(trap, off, len);
	ret = bp_set(s->fd, s->p->mem + off, trap, len, &b);
	if (!ret)
		check_original(s, what, b.original, off, len);
	else if (ret != -EEXIST && !(ret == -EBUSY && pair_apart(s->p)))
		pair_complain(s, "%s answers %s, reason %u", what,
			      strerror(-ret), b.reason);
	return ret;
}

/* Once it is there it is taken out, so that there is always something to do. */
static void set_or_clear(struct pair_side *s, const char *what, uint32_t len,
			 bool two_pages)
{
	size_t off = pair_slot(len, two_pages, pair_below(s, PAIR_SLOTS));
	struct dbgmem_bp_clear_args c;

	if (set_at(s, what, off, len) == -EEXIST)
		cleared(s, what, bp_clear(s->fd, s->p->mem + off, &c), &c);
}

void pair_set_byte(struct pair_side *s)
{
	set_or_clear(s, __func__, 1, false);
}

void pair_set_long(struct pair_side *s)
{
	set_or_clear(s, __func__, 16, false);
}

void pair_set_two_pages(struct pair_side *s)
{
	set_or_clear(s, __func__, 16, true);
}

/* One that is likely to be there; if it is not, it is set. */
void pair_clear(struct pair_side *s)
{
	unsigned int i = pair_below(s, 3 * PAIR_SLOTS), kind = i % 3;
	uint32_t len = kind ? 16 : 1;
	size_t off = pair_slot(len, kind == 2, i / 3);
	struct dbgmem_bp_clear_args c;
	int ret = bp_clear(s->fd, s->p->mem + off, &c);

	cleared(s, __func__, ret, &c);
	if (ret == -ENOENT)
		set_at(s, __func__, off, len);
}

void pair_clear_all(struct pair_side *s)
{
	struct dbgmem_bp_clear_args c;
	int ret = bp_clear_all(s->fd, &c);

	cleared(s, __func__, ret, &c);
	if (ret == -ENOENT)
		pair_complain(s, "%s answers ENOENT", __func__);
	if (!ret && !c.cleared)
		set_or_clear(s, __func__, 16, pair_below(s, 2));
}

static void list(struct pair_side *s, const char *what, uint32_t flags)
{
	struct dbgmem_bp bps[4 * PAIR_SLOTS];
	struct dbgmem_bp_list_args l;
	uint32_t i;
	int ret;

	ret = bp_list(s->fd, bps, 4 * PAIR_SLOTS, 0, flags, &l);
	if (ret) {
		pair_complain(s, "%s answers %s", what, strerror(-ret));
		return;
	}
	if (l.nr > l.total || l.nr > 4 * PAIR_SLOTS) {
		pair_complain(s, "%s: %u of %u", what, l.nr, l.total);
		return;
	}
	for (i = 0; i < l.nr; i++) {
		size_t off = bps[i].addr - (uintptr_t)s->p->mem;
		char trap[DBGMEM_BP_MAX_LEN];

		if (off >= PAIR_SIZE || !bps[i].len ||
		    bps[i].len > DBGMEM_BP_MAX_LEN ||
		    (i && bps[i].addr <= bps[i - 1].addr)) {
			pair_complain(s, "%s: entry %u of %u is not ours", what,
				      i, l.nr);
			return;
		}
		pair_trap(trap, off, bps[i].len);
		if (memcmp(trap, bps[i].trap, bps[i].len))
			pair_complain(s, "%s: another trap", what);
		if (!flags && !bps[i].own)
			pair_complain(s, "%s: another one's", what);
		check_original(s, what, bps[i].original, off, bps[i].len);
	}
}

void pair_list(struct pair_side *s)
{
	list(s, __func__, 0);
}

void pair_list_all(struct pair_side *s)
{
	list(s, __func__, DBGMEM_BP_ALL);
}

/* --- what is mapped --- */

static void region(struct pair_side *s, const char *what, uint32_t names_size)
{
	struct dbgmem_region regions[32];
	struct dbgmem_region_list l = {
		.size = sizeof(l),
		.entries = (uintptr_t)regions,
		.names = (uintptr_t)s->buf,
		.nr_entries = 32,
		.entry_size = sizeof(regions[0]),
		.names_size = names_size,
	};
	uint32_t i;

	if (ioctl(s->fd, DBGMEM_IOC_REGION_LIST, &l)) {
		pair_complain(s, "%s answers %s", what, strerror(errno));
		return;
	}
	for (i = 0; i < l.nr; i++)
		if (regions[i].start >= regions[i].end ||
		    (i && regions[i].start < regions[i - 1].end) ||
		    (names_size && regions[i].name + regions[i].name_len >=
		     names_size))
			pair_complain(s, "%s: region %u of %u", what, i, l.nr);
}

void pair_region(struct pair_side *s)
{
	region(s, __func__, 0);
}

void pair_region_names(struct pair_side *s)
{
	region(s, __func__, PAGE);
}

/* --- windows --- */

static __thread sigjmp_buf look_jump;

static void look_signal(int sig)
{
	siglongjmp(look_jump, sig);
}

/* Of whoever looks into a window that shows nothing. */
void pair_catch_signals(void)
{
	struct sigaction sa = {
		.sa_handler = look_signal,
		.sa_flags = SA_NODEFER,
	};

	sigaction(SIGBUS, &sa, NULL);
	sigaction(SIGSEGV, &sa, NULL);
}

/* Breakpoints are not hidden there. */
static void look(struct pair_side *s, const char *what, volatile char *window)
{
	size_t off = pair_below(s, PAIR_PAGES) * PAGE + 0x100 +
		     8 * pair_below(s, 32);
	uint64_t word;
	int sig = sigsetjmp(look_jump, 0);

	if (sig) {
		pair_complain(s, "%s: signal %d", what, sig);
		return;
	}
	word = *(volatile uint64_t *)(window + off);
	pair_check(s, what, &word, off, 8, s->p->flags & PAIR_TRAPS);
}

void pair_window(struct pair_side *s)
{
	int ret = window_prepare(s->fd, (uintptr_t)s->p->mem, PAIR_SIZE, NULL);

	if (ret)
		pair_complain(s, "%s answers %s", __func__, strerror(-ret));
}

/*
 * A window, or NULL. Between the two calls the other thread may put another
 * session in the place of this one, on which nothing was prepared.
 */
static volatile char *map(struct pair_side *s, const char *what)
{
	volatile char *w = window_map(s->fd, s->p->mem, PAIR_SIZE);

	if (w != MAP_FAILED)
		return w;
	if (errno != ENODEV)
		pair_complain(s, "%s: %s", what, strerror(errno));
	return NULL;
}

void pair_window_map(struct pair_side *s)
{
	volatile char *w = map(s, __func__);

	if (w)
		munmap((void *)w, PAIR_SIZE);
}

void pair_window_cycle(struct pair_side *s)
{
	volatile char *w = map(s, __func__);
	int i;

	if (!w)
		return;
	for (i = 0; i < 3; i++)
		look(s, __func__, w);
	munmap((void *)w, PAIR_SIZE);
}

/* Into one that stays. */
void pair_window_look(struct pair_side *s)
{
	if (s->window == MAP_FAILED) {
		volatile char *w = map(s, __func__);

		if (!w)
			return;
		s->window = w;
	}
	look(s, __func__, s->window);
}

void pair_window_sync(struct pair_side *s)
{
	int ret = window_sync(s->fd);

	if (ret)
		pair_complain(s, "%s answers %s", __func__, strerror(-ret));
}

/* --- the caller's and the target's own --- */

void pair_own_map(struct pair_side *s)
{
	char *p = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE,
		       MAP_ANON_PRIVATE, -1, 0);

	if (p == MAP_FAILED)
		return;
	p[pair_below(s, 16) * PAGE] = 1;
	munmap(p, 16 * PAGE);
}

/* Its memory is shared with a child for a moment, and copied where it is written. */
static long job_fork(void *arg)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return 0;
}

void pair_target_fork(struct pair_side *s)
{
	target_call(s->p->target, job_fork, NULL);
}

static long job_flip(void *arg)
{
	struct pair *p = arg;

	return mprotect(p->mem, PAIR_SIZE, PROT_READ) ||
	       mprotect(p->mem, PAIR_SIZE, PROT_READ | PROT_WRITE);
}

void pair_target_flip(struct pair_side *s)
{
	if (target_call(s->p->target, job_flip, s->p))
		pair_complain(s, "%s: mprotect", __func__);
}
