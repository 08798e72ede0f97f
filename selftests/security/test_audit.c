// SPDX-License-Identifier: GPL-2.0
/*
 * The audit log has a record of each ATTACH, granted or refused, and of the first
 * FORCE and BP_SET of a session, if audit is enabled and audit= asks for it. The
 * test takes the place of the audit daemon.
 */
#include "breakpoint.h"
#include "proc.h"
#include "slow.h"

#include <linux/audit.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/socket.h>

#include <kselftest_harness.h>

static char page[PAGE] __attribute__((aligned(PAGE)));

/* --- the daemon's end --- */

struct audit {
	int fd;
	unsigned int seq;
	struct audit_status was;
};

/* What came last: "audit(...): TEXT". */
static char record[9000];

static int audit_send(struct audit *a, int type, const void *data, size_t len)
{
	char room[NLMSG_SPACE(sizeof(struct audit_status))] = "";
	struct nlmsghdr *h = (struct nlmsghdr *)room;

	h->nlmsg_len = NLMSG_LENGTH(len);
	h->nlmsg_type = type;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	h->nlmsg_seq = ++a->seq;
	if (len)
		memcpy(NLMSG_DATA(h), data, len);
	return send(a->fd, room, h->nlmsg_len, 0) < 0 ? -errno : 0;
}

/* The next message; its type, or 0 if none comes in @ms. */
static int audit_receive(struct audit *a, char *buf, size_t size, int ms)
{
	struct pollfd p = { .fd = a->fd, .events = POLLIN };
	struct nlmsghdr *h = (struct nlmsghdr *)buf;
	ssize_t n;

	if (poll(&p, 1, ms) != 1)
		return 0;
	n = recv(a->fd, buf, size - 1, 0);
	if (n < (ssize_t)sizeof(*h))
		return 0;
	buf[n] = '\0';
	return h->nlmsg_type;
}

/* 0 or -errno; an answer to AUDIT_GET goes to @status. */
static int audit_ask(struct audit *a, int type, const void *data, size_t len,
		     struct audit_status *status)
{
	static char buf[9000];
	struct nlmsghdr *h = (struct nlmsghdr *)buf;
	int ret, got = 0, acked = 0;

	ret = audit_send(a, type, data, len);
	while (!ret && !(acked && (got || !status))) {
		switch (audit_receive(a, buf, sizeof(buf), 5000)) {
		case 0:
			return -ETIMEDOUT;
		case NLMSG_ERROR:
			if (h->nlmsg_seq != a->seq)
				break;
			ret = ((struct nlmsgerr *)NLMSG_DATA(h))->error;
			acked = 1;
			break;
		case AUDIT_GET:
			if (status)
				memcpy(status, NLMSG_DATA(h), sizeof(*status));
			got = 1;
			break;
		}
	}
	return ret;
}

static int audit_set(struct audit *a, uint32_t mask, uint32_t value)
{
	struct audit_status s = {
		.mask = mask,
		.enabled = value,
		.pid = value,
		.backlog_limit = value,
	};

	return audit_ask(a, AUDIT_SET, &s, sizeof(s), NULL);
}

/* The next record of the module's, in record[]; false if none comes. */
static bool audit_next(struct audit *a)
{
	static char buf[sizeof(record)];
	long end = now_ms() + 500;
	int type;

	while (now_ms() < end) {
		type = audit_receive(a, buf, sizeof(buf), 300);
		if (type != AUDIT_KERNEL_OTHER ||
		    !strstr(buf + NLMSG_HDRLEN, " op=dbgmem_"))
			continue;
		strcpy(record, buf + NLMSG_HDRLEN);
		return true;
	}
	record[0] = '\0';
	return false;
}

/* The record has this field, as a whole. */
static bool has(const char *fmt, ...)
{
	char field[96];
	size_t len;
	va_list args;
	char *p = record;

	field[0] = ' ';
	va_start(args, fmt);
	len = 1 + vsnprintf(field + 1, sizeof(field) - 1, fmt, args);
	va_end(args);
	while ((p = strstr(p, field))) {
		if (!p[len] || p[len] == ' ')
			return true;
		p += len;
	}
	printf("# no \"%s\" in: %s\n", field, record);
	return false;
}

FIXTURE(audit)
{
	struct audit a;
	struct target target;
};

FIXTURE_SETUP(audit)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };

	self->target.pid = 0;
	self->a.seq = 0;
	self->a.fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
	if (self->a.fd < 0)
		SKIP(return, "no audit in this kernel");
	ASSERT_EQ(0, connect(self->a.fd, (void *)&addr, sizeof(addr)));
	ASSERT_EQ(0, audit_ask(&self->a, AUDIT_GET, NULL, 0, &self->a.was));
	ASSERT_EQ(0, target_start(&self->target));
	ASSERT_EQ(0, audit_set(&self->a, AUDIT_STATUS_PID, getpid()));
	ASSERT_EQ(0, audit_set(&self->a, AUDIT_STATUS_ENABLED, 1));
}

FIXTURE_TEARDOWN(audit)
{
	if (self->a.fd < 0)
		return;
	param_set("audit", "Y");
	audit_set(&self->a, AUDIT_STATUS_BACKLOG_LIMIT,
		  self->a.was.backlog_limit);
	audit_set(&self->a, AUDIT_STATUS_ENABLED, self->a.was.enabled);
	audit_set(&self->a, AUDIT_STATUS_PID, 0);
	close(self->a.fd);
	if (self->target.pid)
		target_stop(&self->target);
}

TEST_F_TIMEOUT(audit, attach_that_is_granted_is_recorded, 60)
{
	int fd = session_open(self->target.pid, O_RDWR);

	ASSERT_LE(0, fd);
	ASSERT_TRUE(audit_next(&self->a));
	EXPECT_TRUE(has("op=dbgmem_attach"));
	EXPECT_TRUE(has("pid=%d", (int)getpid()));
	EXPECT_TRUE(has("uid=0"));
	EXPECT_TRUE(has("opid=%d", (int)self->target.pid));
	EXPECT_TRUE(has("ouid=0"));
	EXPECT_TRUE(has("access=rw"));
	EXPECT_TRUE(has("errno=0"));
	EXPECT_TRUE(has("res=1"));
	EXPECT_TRUE(strstr(record, " comm=\"test_audit\"") &&
		    strstr(record, " exe=\"") &&
		    /* test_audit */
		    strstr(record, " ocomm=746573745F6175646974 "));
	EXPECT_FALSE(audit_next(&self->a));
	close(fd);
	EXPECT_FALSE(audit_next(&self->a));

	fd = session_open(self->target.pid, O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_TRUE(audit_next(&self->a));
	EXPECT_TRUE(has("access=r-"));
	close(fd);
}

static int attach_with(int fd, uint32_t flags, pid_t pid, int mem_fd)
{
	struct dbgmem_attach a = {
		.size = sizeof(a),
		.flags = flags,
		.pid = pid,
		.mem_fd = mem_fd,
	};

	return ioctl(fd, DBGMEM_IOC_ATTACH, &a) ? -errno : 0;
}

/* A kernel thread's number is not the test's to choose: 2 is kthreadd. */
TEST_F_TIMEOUT(audit, attach_that_is_refused_is_recorded, 60)
{
	pid_t pid = self->target.pid;
	int mem = proc_open(pid, "mem", O_RDWR);
	int r = proc_open(pid, "mem", O_RDONLY);
	int own = proc_open(getpid(), "mem", O_RDWR);
	int auxv = proc_open(pid, "auxv", O_RDONLY);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int bound = session_open(pid, O_RDWR);
	int fd = dev_open(O_RDWR), w = dev_open(O_WRONLY);
	const struct {
		int fd;
		uint32_t flags;
		pid_t pid;
		int mem_fd, err;
	} cases[] = {
		{ fd, 0x80, pid, mem, EOPNOTSUPP },
		{ fd, 0, 0, mem, EINVAL },
		{ fd, 0, -1, mem, EINVAL },
		{ fd, 0, pid, -1, EBADF },
		{ fd, 0, pid, null, EBADFD },
		{ fd, 0, pid, auxv, EKEYREJECTED },
		{ fd, 0, pid, own, EXDEV },
		{ fd, 0, 2, mem, ENXIO },
		{ fd, 0, 0x3fffff, mem, ESRCH },
		{ w, 0, pid, r, EACCES },
		{ bound, 0, pid, mem, EISCONN },
	};
	bool there;
	size_t i;

	ASSERT_LE(0, bound);
	ASSERT_TRUE(audit_next(&self->a));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ASSERT_EQ(-cases[i].err,
			  attach_with(cases[i].fd, cases[i].flags,
				      cases[i].pid, cases[i].mem_fd));
		ASSERT_TRUE(audit_next(&self->a)) TH_LOG("case %zu", i);
		EXPECT_TRUE(has("op=dbgmem_attach"));
		EXPECT_TRUE(has("errno=%d", cases[i].err));
		EXPECT_TRUE(has("access=--"));
		EXPECT_TRUE(has("res=0"));
		there = cases[i].pid == pid || cases[i].pid == 2;
		EXPECT_TRUE(has("opid=%d", there ? (int)cases[i].pid : 0));
		EXPECT_FALSE(audit_next(&self->a));
	}
	close(mem);
	close(r);
	close(own);
	close(auxv);
	close(null);
	close(bound);
	close(fd);
	close(w);
}

TEST_F_TIMEOUT(audit, first_force_of_a_session_is_recorded, 60)
{
	char buf[8] = "";
	int i, fd;

	ASSERT_EQ(0, param_set("force", "always"));
	for (i = 0; i < 2; i++) {
		fd = session_open(self->target.pid, O_RDWR);
		ASSERT_TRUE(audit_next(&self->a));
		ASSERT_EQ(0, mem_read(fd, page, buf, 8, 0, NULL));
		ASSERT_EQ(0, mem_write(fd, page, buf, 8, 0, NULL));
		EXPECT_FALSE(audit_next(&self->a));
		/* refused, it was not used */
		ASSERT_EQ(0, param_set("force", "never"));
		ASSERT_EQ(-EPERM, mem_write(fd, page, buf, 8, DBGMEM_FORCE,
					    NULL));
		EXPECT_FALSE(audit_next(&self->a));
		ASSERT_EQ(0, param_set("force", "always"));
		ASSERT_EQ(0, mem_write(fd, page, buf, 8, DBGMEM_FORCE, NULL));
		ASSERT_TRUE(audit_next(&self->a));
		EXPECT_TRUE(has("op=dbgmem_force"));
		EXPECT_TRUE(has("pid=%d", (int)getpid()));
		EXPECT_TRUE(has("opid=%d", (int)self->target.pid));
		EXPECT_TRUE(has("access=rw"));
		EXPECT_TRUE(has("res=1"));
		ASSERT_EQ(0, mem_write(fd, page, buf, 8, DBGMEM_FORCE, NULL));
		ASSERT_EQ(0, mem_read(fd, page, buf, 8, DBGMEM_FORCE, NULL));
		EXPECT_FALSE(audit_next(&self->a));
		close(fd);
	}
	param_set("force", "capable");
}

TEST_F_TIMEOUT(audit, first_breakpoint_of_a_session_is_recorded, 60)
{
	int fd = session_open(self->target.pid, O_RDWR);

	ASSERT_TRUE(audit_next(&self->a));
	/* it may have FORCE, and does not ask for what it does not need */
	ASSERT_EQ(0, param_set("force", "always"));
	ASSERT_NE(0, bp_set(fd, (char *)8, INT3, 1, NULL));
	EXPECT_FALSE(audit_next(&self->a));
	ASSERT_EQ(0, bp_set(fd, page + 16, INT3, 1, NULL));
	ASSERT_TRUE(audit_next(&self->a));
	EXPECT_TRUE(has("op=dbgmem_bp_set"));
	EXPECT_TRUE(has("opid=%d", (int)self->target.pid));
	EXPECT_TRUE(has("res=1"));
	ASSERT_EQ(0, bp_set(fd, page + 32, INT3, 1, NULL));
	EXPECT_FALSE(audit_next(&self->a));
	close(fd);
	param_set("force", "capable");
}

TEST_F_TIMEOUT(audit, no_record_if_the_parameter_says_so, 60)
{
	char buf[8] = "", value[8];
	int fd;

	ASSERT_LE(0, param_get("audit", value, sizeof(value)));
	EXPECT_STREQ("Y", value);
	ASSERT_EQ(0, param_set("audit", "N"));
	fd = session_open(self->target.pid, O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, mem_read(fd, page, buf, 8, DBGMEM_FORCE, NULL));
	EXPECT_EQ(-EISCONN, attach_with(fd, 0, self->target.pid, fd));
	EXPECT_FALSE(audit_next(&self->a));
	/* what nobody has heard of is still the first */
	ASSERT_EQ(0, param_set("audit", "Y"));
	ASSERT_EQ(0, mem_read(fd, page, buf, 8, DBGMEM_FORCE, NULL));
	ASSERT_TRUE(audit_next(&self->a));
	EXPECT_TRUE(has("op=dbgmem_force"));
	close(fd);
}

TEST_F_TIMEOUT(audit, no_record_if_audit_is_disabled, 60)
{
	int fd;

	ASSERT_EQ(0, audit_set(&self->a, AUDIT_STATUS_ENABLED, 0));
	fd = session_open(self->target.pid, O_RDWR);
	ASSERT_LE(0, fd);
	EXPECT_FALSE(audit_next(&self->a));
	close(fd);
	ASSERT_EQ(0, audit_set(&self->a, AUDIT_STATUS_ENABLED, 1));
	fd = session_open(self->target.pid, O_RDWR);
	EXPECT_TRUE(audit_next(&self->a));
	close(fd);
}

/* It is the target's to choose. */
TEST_F_TIMEOUT(audit, name_of_the_target_adds_no_field, 60)
{
	struct target t;
	int fd;

	ASSERT_EQ(0, prctl(PR_SET_NAME, "x res=1\nop=\""));
	ASSERT_EQ(0, target_start(&t));
	ASSERT_EQ(0, prctl(PR_SET_NAME, "test_audit"));
	fd = session_open(t.pid, O_RDWR);
	ASSERT_TRUE(audit_next(&self->a));
	EXPECT_TRUE(has("opid=%d", (int)t.pid));
	EXPECT_TRUE(has("ocomm=78207265733D310A6F703D22"));
	close(fd);
	target_stop(&t);
}

static int refused_often(struct audit *a, int bound, pid_t pid)
{
	long start = now_ms();
	int i;

	for (i = 0; i < 500; i++)
		if (attach_with(bound, 0, pid, a->fd) != -EISCONN)
			return 2;
	return now_ms() - start > 2000 * soon();
}

/*
 * A daemon that reads nothing: the queue is full, and nobody waits for room in
 * it. What has no room is counted. (The kernel makes no such demand of the
 * daemon itself: it is a child that asks.)
 */
TEST_F_TIMEOUT(audit, nobody_waits_for_the_daemon, 120)
{
	int small = 1, bound = session_open(self->target.pid, O_RDWR);
	struct audit_status s;
	pid_t pid;

	ASSERT_LE(0, bound);
	ASSERT_EQ(0, audit_set(&self->a, AUDIT_STATUS_BACKLOG_LIMIT, 4));
	ASSERT_EQ(0, setsockopt(self->a.fd, SOL_SOCKET, SO_RCVBUF, &small,
				sizeof(small)));
	pid = fork();
	if (!pid)
		_exit(refused_often(&self->a, bound, self->target.pid));
	EXPECT_EQ(0, child_wait(pid));
	while (audit_next(&self->a))
		;
	ASSERT_EQ(0, audit_ask(&self->a, AUDIT_GET, NULL, 0, &s));
	EXPECT_LT(self->a.was.lost, s.lost);
	close(bound);
}

TEST_HARNESS_MAIN
