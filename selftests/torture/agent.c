// SPDX-License-Identifier: GPL-2.0
/*
 * An agent: opens sessions on targets, and checks all that it is told. It may be
 * killed at any time; what it says of itself in its shares is arranged so that
 * its successor, and the target, know what that has left open.
 */
#include "torture.h"
#include "window.h"

#include <poll.h>

#define BUF_SIZE	(24 * PAGE)
#define SEGMENTS	24

static struct {
	int self;
	int fd;			/* the session */
	int at;			/* the target's place */
	uint32_t generation;
	bool traps;		/* where they go was clean */
	char *window;		/* of what is stamped, or MAP_FAILED */
	int pipe[2];
	uint64_t random;
	char buf[BUF_SIZE + PAGE];
} me;

static uint32_t below(uint32_t n)
{
	return random_below(&me.random, n);
}

static struct share *share(void)
{
	return &torture->share[me.at][me.self];
}

/* The target has ended, or its memory is short: no more of this session? */
static bool over(const char *what, int err, uint32_t reason)
{
	switch (err) {
	case -ESRCH:
	case -ESTALE:
		__atomic_add_fetch(&torture->stopped, 1, __ATOMIC_RELAXED);
		return true;
	case -ENOMEM:
		return false;
	case -EFAULT:
		switch (reason) {
		case DBGMEM_REASON_UNMAPPED:
		case DBGMEM_REASON_PROTECTION:
		case DBGMEM_REASON_NOT_RESIDENT:
		case DBGMEM_REASON_BACKING:
		case DBGMEM_REASON_EXITED:
		case DBGMEM_REASON_EXECED:
			return false;
		}
	}
	complain("%s: %s, reason %u", what, strerror(-err), reason);
	return true;
}

static void check_stamps(const char *what, uint64_t addr, const void *data,
			 size_t len)
{
	long at = stamp_differs(addr, data, len, me.at, me.generation, true);

	__atomic_add_fetch(&torture->bytes, len, __ATOMIC_RELAXED);
	if (at >= 0)
		complain("%s: 0x%llx of target %d.%u is 0x%02x, agent %d",
			 what, (unsigned long long)addr + at, me.at,
			 me.generation, ((unsigned char *)data)[at], me.self);
}

/* Somewhere in what is stamped, and in the buffer. */
static size_t choose(uint64_t *addr, char **buf)
{
	size_t off, len;

	off = below(STAMPED_PAGES * PAGE);
	len = 1 + below(below(2) ? 64 : BUF_SIZE - PAGE);
	if (len > STAMPED_PAGES * PAGE - off)
		len = STAMPED_PAGES * PAGE - off;
	*addr = STAMPED + off;
	*buf = me.buf + below(PAGE);
	return len;
}

static bool op_transfer(enum op op)
{
	static const uint32_t flags[] = {
		[OP_EXACT] = DBGMEM_EXACT,
		[OP_ZEROFILL] = DBGMEM_ZEROFILL,
		[OP_NOFAULT] = DBGMEM_NOFAULT,
	};
	struct dbgmem_transfer t;
	uint64_t addr;
	size_t len;
	char *buf;
	int ret;

	len = choose(&addr, &buf);
	ret = mem_read(me.fd, addr, buf, len, flags[op], &t);
	if (ret && t.done)
		complain("%s: %s with %llu bytes", op_names[op],
			 strerror(-ret), (unsigned long long)t.done);
	if (op == OP_EXACT && !ret && t.done != len)
		complain("exact: %llu of %zu bytes", (unsigned long long)t.done,
			 len);
	if (!ret && op == OP_ZEROFILL && !t.reason)
		check_stamps("zerofill", addr, buf, len);
	else if (!ret && op != OP_ZEROFILL)
		check_stamps(op_names[op], addr, buf, t.done);
	return ret && over(op_names[op], ret, t.reason);
}

static bool op_vector(void)
{
	struct dbgmem_segment segs[SEGMENTS];
	struct dbgmem_vector v = {
		.size = sizeof(v),
		.flags = below(4) ? 0 : DBGMEM_EXACT,
		.segments = (uintptr_t)segs,
		.nr_segments = 1 + below(SEGMENTS),
		.segment_size = sizeof(segs[0]),
	};
	uint64_t done = 0;
	uint32_t i;
	int ret;

	for (i = 0; i < v.nr_segments; i++)
		segs[i] = (struct dbgmem_segment){
			.addr = STAMPED + below((STAMPED_PAGES - 1) * PAGE),
			.buf = (uintptr_t)(me.buf + i * PAGE + below(8)),
			.len = below(2) ? 8 : below(PAGE - 8),
		};
	ret = ioctl(me.fd, DBGMEM_IOC_VECTOR, &v) ? -errno : 0;
	if (ret)
		return over("vector", ret, v.first_incomplete < v.nr_segments ?
			    segs[v.first_incomplete].reason : 0);
	for (i = 0; i < v.nr_segments; i++) {
		done += segs[i].done;
		check_stamps("vector", segs[i].addr,
			     (void *)(uintptr_t)segs[i].buf, segs[i].done);
	}
	if (done != v.done)
		complain("vector: done %llu is not the sum %llu",
			 (unsigned long long)v.done, (unsigned long long)done);
	return false;
}

static bool op_pread(void)
{
	uint64_t addr;
	ssize_t n;
	size_t len;
	char *buf;

	len = choose(&addr, &buf);
	n = pread(me.fd, buf, len, addr);
	if (n < 0)
		return over("pread", -errno, DBGMEM_REASON_UNMAPPED);
	check_stamps("pread", addr, buf, n);
	return false;
}

/* A record, whole and in order; the slot is this agent's alone. */
static bool op_write(void)
{
	uint64_t record[RECORD_WORDS], seen[RECORD_WORDS];
	uint64_t addr = SLOTS + me.self * SLOT_SIZE;
	struct share *s = share();
	struct dbgmem_transfer t;
	int ret;

	record_make(record, s->written + 1, me.self, me.generation);
	ret = mem_write(me.fd, addr, record, sizeof(record),
			below(2) ? DBGMEM_EXACT : 0, &t);
	if (ret)
		return over("write", ret, t.reason);
	if (t.done != sizeof(record)) {
		complain("write: %llu bytes of a record",
			 (unsigned long long)t.done);
		return true;
	}
	__atomic_add_fetch(&s->written, 1, __ATOMIC_RELEASE);
	ret = mem_read(me.fd, addr, seen, sizeof(seen), 0, &t);
	if (ret)
		return over("read of a record", ret, t.reason);
	if (t.done == sizeof(seen) && memcmp(seen, record, sizeof(seen)))
		complain("write: record %llu of target %d.%u reads as %llu, agent %d",
			 (unsigned long long)record[0], me.at, me.generation,
			 (unsigned long long)seen[0], me.self);
	return false;
}

static bool op_cmpxchg(void)
{
	struct dbgmem_cmpxchg_args c = {
		.size = sizeof(c),
		.addr = COUNTER,
		.width = 8,
	};
	struct share *s = share();
	int ret, tries;

	for (tries = 0; tries < 20; tries++) {
		__atomic_store_n(&s->counting, true, __ATOMIC_SEQ_CST);
		ret = ioctl(me.fd, DBGMEM_IOC_CMPXCHG, &c) ? -errno : 0;
		if (!ret && c.exchanged)
			__atomic_add_fetch(&s->counted, 1, __ATOMIC_SEQ_CST);
		__atomic_store_n(&s->counting, false, __ATOMIC_SEQ_CST);
		if (ret)
			return over("cmpxchg", ret, c.reason);
		if (c.exchanged)
			break;
		c.expected = c.observed;
		c.desired = c.observed + 1;
	}
	return false;
}

/*
 * Are the stamps seen where this agent's traps are? True also when they cannot be
 * seen at all.
 */
static bool room_is_clean(uint32_t flags)
{
	uint64_t room = TRAPS + me.self * TRAP_ROOM;
	struct dbgmem_transfer t;
	char seen[TRAP_ROOM] = "";

	return mem_read(me.fd, room, seen, TRAP_ROOM, flags, &t) ||
	       stamp_differs(room, seen, t.done, me.at, me.generation,
			     false) < 0;
}

static bool op_bp_set(void)
{
	struct dbgmem_bp_set_args b = {
		.size = sizeof(b),
		.addr = TRAPS + me.self * TRAP_ROOM + below(TRAP_ROOM - 8),
		.len = 1 + below(8),
	};
	int ret;

	/* the traps of one before, that takes long to die */
	if (!me.traps && !room_is_clean(DBGMEM_RAW))
		return true;
	me.traps = true;
	memset(b.trap, 0xcc, b.len);
	ret = ioctl(me.fd, DBGMEM_IOC_BP_SET, &b) ? -errno : 0;
	if (ret == -EEXIST)
		return false;
	if (ret)
		return over("bp_set", ret, b.reason);
	if (stamp_differs(b.addr, b.original, b.len, me.at, me.generation,
			  false) >= 0)
		complain("bp_set: another original, agent %d", me.self);
	if (!room_is_clean(0))
		complain("read: a trap shows, agent %d", me.self);
	return false;
}

static bool op_bp_clear(void)
{
	struct dbgmem_bp_clear_args c = {
		.size = sizeof(c),
		.flags = DBGMEM_BP_ALL,
	};
	struct dbgmem_transfer t;
	char byte;
	int ret = ioctl(me.fd, DBGMEM_IOC_BP_CLEAR, &c) ? -errno : 0;

	/* the memory of who was chosen by the OOM killer goes before it does */
	if (!ret && c.lost && !mem_read(me.fd, TRAPS, &byte, 1, 0, &t))
		complain("bp_clear: %u lost, agent %d", c.lost, me.self);
	return ret && over("bp_clear", ret, c.reason);
}

static bool op_bp_list(void)
{
	struct dbgmem_bp bps[16];
	struct dbgmem_bp_list_args l = {
		.size = sizeof(l),
		.flags = below(2) ? DBGMEM_BP_ALL : 0,
		.entries = (uintptr_t)bps,
		.nr_entries = 16,
		.entry_size = sizeof(bps[0]),
	};
	int ret = ioctl(me.fd, DBGMEM_IOC_BP_LIST, &l) ? -errno : 0;

	return ret && over("bp_list", ret, 0);
}

static bool op_region(void)
{
	struct dbgmem_region regions[16];
	struct dbgmem_region_list l = {
		.size = sizeof(l),
		.entries = (uintptr_t)regions,
		.names = (uintptr_t)me.buf,
		.nr_entries = 16,
		.entry_size = sizeof(regions[0]),
		.names_size = PAGE,
	};
	int ret = ioctl(me.fd, DBGMEM_IOC_REGION_LIST, &l) ? -errno : 0;

	return ret && over("region", ret, 0);
}

static bool op_poll(void)
{
	struct pollfd p = { .fd = me.fd };

	return poll(&p, 1, below(20)) == 1;
}

/* Small pieces of what is read again and again. */
static bool op_mirror(void)
{
	struct dbgmem_transfer t;
	uint64_t addr, word;
	int i, ret = 0;

	for (i = 0; i < 50 && !ret; i++) {
		addr = STAMPED + below(STAMPED_PAGES * PAGE / 8) * 8;
		ret = mem_read(me.fd, addr, &word, 8, 0, &t);
		if (!ret)
			check_stamps("mirror", addr, &word, 8);
	}
	return ret && over("mirror", ret, t.reason);
}

/*
 * The kernel looks for us: there is no signal where nothing is. What a target has
 * just moved away is seen a moment longer, with what it has become: so no look at
 * what it says.
 */
static bool op_window(void)
{
	char word[64];
	int i;

	if (me.window != MAP_FAILED && !below(4)) {
		munmap(me.window, STAMPED_PAGES * PAGE);
		me.window = MAP_FAILED;
	}
	if (me.window == MAP_FAILED) {
		me.window = (char *)window_map(me.fd, (void *)STAMPED,
					       STAMPED_PAGES * PAGE);
		if (me.window == MAP_FAILED)
			return over("window", -errno, 0);
	}
	for (i = 0; i < 20; i++) {
		const char *at = me.window + below(STAMPED_PAGES) * PAGE;

		if (write(me.pipe[1], at, sizeof(word)) == sizeof(word)) {
			if (read(me.pipe[0], word, sizeof(word)) < 0)
				complain("pipe: %s", strerror(errno));
		} else if (errno != EFAULT) {
			complain("window: %s, agent %d", strerror(errno),
				 me.self);
		}
	}
	return false;
}

static bool op_sync(void)
{
	int ret = window_sync(me.fd);

	return ret && over("sync", ret, 0);
}

static bool one_op(enum op op)
{
	count_op(op);
	switch (op) {
	case OP_VECTOR:		return op_vector();
	case OP_PREAD:		return op_pread();
	case OP_WRITE:		return op_write();
	case OP_CMPXCHG:	return op_cmpxchg();
	case OP_BP_SET:		return op_bp_set();
	case OP_BP_CLEAR:	return op_bp_clear();
	case OP_BP_LIST:	return op_bp_list();
	case OP_REGION:		return op_region();
	case OP_POLL:		return op_poll();
	case OP_MIRROR:		return op_mirror();
	case OP_WINDOW:		return op_window();
	case OP_SYNC:		return op_sync();
	default:		return op_transfer(op);
	}
}

/* A session on some target, or false. */
static bool attach_somewhere(void)
{
	struct place *p;
	pid_t pid;

	me.at = below(torture->workers);
	p = &torture->target[me.at];
	me.generation = __atomic_load_n(&p->ready, __ATOMIC_ACQUIRE);
	pid = __atomic_load_n(&p->pid, __ATOMIC_ACQUIRE);
	if (!me.generation)
		return false;
	attach_flags = below(3) ? DBGMEM_ATTACH_MIRROR : 0;
	me.fd = session_open(pid, O_RDWR);
	if (me.fd < 0) {
		switch (me.fd) {
		case -ESRCH:
		case -ENOENT:
		case -ESTALE:
		case -ENOMEM:
		case -EACCES:	/* a zombie has no memory to open */
		case -EXDEV:
			return false;
		}
		complain("attach: %s", strerror(-me.fd));
		return false;
	}
	/* What was attached to is the program that has this generation. */
	if (__atomic_load_n(&p->ready, __ATOMIC_ACQUIRE) == me.generation)
		return true;
	close(me.fd);
	return false;
}

/* What the agent that was here before has left open. */
static void inherit(void)
{
	struct share *s = share();

	if (s->generation != me.generation) {
		/* in this order, as it may end here */
		__atomic_store_n(&s->generation, 0, __ATOMIC_SEQ_CST);
		s->counting = false;
		s->counted = 0;
		s->perhaps = 0;
		s->written = 0;
		__atomic_store_n(&s->generation, me.generation,
				 __ATOMIC_SEQ_CST);
		return;
	}
	if (s->counting) {
		__atomic_add_fetch(&s->perhaps, 1, __ATOMIC_SEQ_CST);
		__atomic_store_n(&s->counting, false, __ATOMIC_SEQ_CST);
	}
}

void agent_run(int self)
{
	me.self = self;
	me.random = (uint64_t)getpid() << 32 | now_ms();
	me.window = MAP_FAILED;
	if (pipe2(me.pipe, O_CLOEXEC)) {
		complain("pipe: %s", strerror(errno));
		_exit(1);
	}
	for (;;) {
		int left;

		if (!attach_somewhere()) {
			sleep_ms(5);
			continue;
		}
		__atomic_add_fetch(&torture->sessions, 1, __ATOMIC_RELAXED);
		inherit();
		me.traps = false;
		for (left = 5 + below(40); left; left--)
			if (one_op(below(NR_AGENT_OPS)))
				break;
		close(me.fd);
		/* It outlives the session's descriptor. */
		if (me.window != MAP_FAILED)
			munmap(me.window, STAMPED_PAGES * PAGE);
		me.window = MAP_FAILED;
	}
}
