// SPDX-License-Identifier: GPL-2.0
/*
 * SIGBUS beside the library's handler: what the kernel makes of every disposition,
 * the process sees with dbgmem_window_catch() too. And what a read that meets it
 * leaves behind.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fenv.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <dbgmem.h>

#include "../../user/lib/sigbus.h"
#include "kselftest_harness.h"
#include "sizes.h"

#ifndef SS_AUTODISARM
#define SS_AUTODISARM	(1U << 31)
#endif

#define STACK	65536UL

/* It calls handlers later, in an order and with a mask of its own. */
#ifdef __SANITIZE_THREAD__
#define DELAYED	true
#else
#define DELAYED	false
#endif

/* --- a disposition, and what raises the signal --- */

enum stack { NO_STACK, PLAIN_STACK, DISARMED_STACK, NR_STACKS };

enum event {
	FAULT,
	FAULT_BLOCKED,
	RAISED,
	KILLED,
	QUEUED,
	POISON,		/* far away: by the kernel, but of no access */
	SUSPENDED,	/* blocked, but for sigsuspend() */
	NR_EVENTS
};

struct example {
	void (*handler)(int sig);
	int flags;
	bool masks;		/* SIGUSR1 in its mask */
	enum stack stack;
	enum event event;
	bool nested;		/* its handler raises it again */
};

/* What the process saw of it, as text: the same with and without the library. */
static struct report {
	size_t len;
	char text[1024];
	bool failed;		/* a read did, or there is too much to say */
} *report;

static const struct example *now;
static char *stack_mem, *absent;
static unsigned int handled;

__attribute__((format(printf, 1, 2)))
static void say(const char *fmt, ...)
{
	va_list ap;

	if (report->len >= sizeof(report->text)) {
		report->failed = true;
		_exit(97);
	}
	va_start(ap, fmt);
	report->len += (size_t)vsnprintf(report->text + report->len,
					 sizeof(report->text) - report->len,
					 fmt, ap);
	va_end(ap);
}

static void say_state(void)
{
	sigset_t set;
	stack_t st;

	pthread_sigmask(SIG_BLOCK, NULL, &set);
	sigaltstack(NULL, &st);
	say("[%s%s stack %x]", sigismember(&set, SIGBUS) ? "bus" : "",
	    sigismember(&set, SIGUSR1) ? "usr1" : "",
	    (unsigned int)st.ss_flags);
}

static void on_usr1(int sig)
{
	say("u");
}

/* A page of a file that has no byte. */
static char *page_absent(void *at)
{
	int fd = memfd_create("empty", MFD_CLOEXEC);
	char *p = mmap(at, PAGE, PROT_READ, MAP_SHARED | (at ? MAP_FIXED : 0),
		       fd, 0);

	close(fd);
	return p;
}

static void handle(const siginfo_t *info)
{
	char *here = __builtin_frame_address(0);

	say("(%s", here >= stack_mem && here < stack_mem + STACK ? "alt" : "");
	say_state();
	if (info)
		say("code %d %d at %d value %d", info->si_code, info->si_errno,
		    info->si_code > 0 && info->si_addr == absent,
		    info->si_code == SI_QUEUE ? info->si_value.sival_int : 0);
	raise(SIGUSR1);
	if (now->nested && handled++ % 2 == 0)
		raise(SIGBUS);
	if (now->event <= FAULT_BLOCKED)
		mmap(absent, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
		     MAP_FIXED, -1, 0);
	say(")");
}

static void on_bus(int sig)
{
	handle(NULL);
}

static void on_bus_info(int sig, siginfo_t *info, void *context)
{
	handle(info);
}

static void poison_tell(void)
{
	siginfo_t info = { 0 };

	info.si_signo = SIGBUS;
	info.si_code = BUS_MCEERR_AO;
	info.si_addr = absent;
	syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGBUS, &info);
}

static void raise_event(enum event event)
{
	sigset_t bus, none;

	sigemptyset(&none);
	sigemptyset(&bus);
	sigaddset(&bus, SIGBUS);
	switch (event) {
	case FAULT_BLOCKED:
		sigprocmask(SIG_BLOCK, &bus, NULL);
		__attribute__((fallthrough));
	case FAULT:
		page_absent(absent);
		*(const volatile char *)absent;
		break;
	case RAISED:
		raise(SIGBUS);
		break;
	case KILLED:
		kill(getpid(), SIGBUS);
		break;
	case QUEUED:
		sigqueue(getpid(), SIGBUS, (union sigval){ .sival_int = 42 });
		break;
	case POISON:
		poison_tell();
		break;
	case SUSPENDED:
		sigprocmask(SIG_BLOCK, &bus, NULL);
		/* What is ignored is not waited for. */
		sigaddset(&none, SIGUSR2);
		raise(SIGBUS);
		sigprocmask(SIG_BLOCK, &none, NULL);
		raise(SIGUSR2);
		sigemptyset(&none);
		sigsuspend(&none);
		break;
	default:
		abort();
	}
}

static void stack_set(enum stack kind)
{
	stack_t st = { .ss_size = STACK };

	stack_mem = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	st.ss_sp = stack_mem;
	st.ss_flags = kind == NO_STACK ? SS_DISABLE :
		      kind == DISARMED_STACK ? (int)SS_AUTODISARM : 0;
	sigaltstack(&st, NULL);
}

static void disposition_set(const struct example *e)
{
	struct sigaction sa = { .sa_flags = e->flags };

	sa.sa_handler = e->handler;
	if (e->handler == on_bus && e->flags & SA_SIGINFO)
		sa.sa_sigaction = on_bus_info;
	if (e->masks)
		sigaddset(&sa.sa_mask, SIGUSR1);
	sigaction(SIGBUS, &sa, NULL);
}

/* A read that meets SIGBUS on its second page leaves everything as it was. */
static bool read_is_clean(void)
{
	char buf[2 * PAGE], *p;
	sigset_t mask, mask_after;
	stack_t st, st_after;

	p = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	page_absent(p + PAGE);
	pthread_sigmask(SIG_BLOCK, NULL, &mask);
	sigaltstack(NULL, &st);
	if (dbgmem__sigbus_copy(buf, p, 2 * PAGE, PAGE) != PAGE)
		return false;
	pthread_sigmask(SIG_BLOCK, NULL, &mask_after);
	sigaltstack(NULL, &st_after);
	munmap(p, 2 * PAGE);
	return sigismember(&mask, SIGBUS) == sigismember(&mask_after, SIGBUS) &&
	       sigismember(&mask, SIGUSR1) == sigismember(&mask_after, SIGUSR1) &&
	       sigismember(&mask, SIGUSR2) == sigismember(&mask_after, SIGUSR2) &&
	       st.ss_sp == st_after.ss_sp && st.ss_flags == st_after.ss_flags &&
	       st.ss_size == st_after.ss_size;
}

static void quiet(int sig)
{
}

__attribute__((noreturn))
static void live(const struct example *e, bool caught)
{
	sigset_t bus;
	int i;

	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0 });
	now = e;
	signal(SIGUSR1, on_usr1);
	signal(SIGUSR2, quiet);
	absent = page_absent(NULL);
	stack_set(e->stack);
	disposition_set(e);
	if (caught && (dbgmem_window_catch(0) || !read_is_clean()))
		report->failed = true;
	for (i = 0; i < 2; i++) {
		raise_event(e->event);
		say_state();
		sigemptyset(&bus);
		sigaddset(&bus, SIGBUS);
		sigprocmask(SIG_UNBLOCK, &bus, NULL);
		if (caught && !read_is_clean())
			report->failed = true;
	}
	_exit(0);
}

/* The wait status, and *@out. */
static int outcome(const struct example *e, bool caught, struct report *out)
{
	int status = -1;
	pid_t pid;

	memset(report, 0, sizeof(*report));
	pid = fork();
	if (!pid)
		live(e, caught);
	waitpid(pid, &status, 0);
	*out = *report;
	return status;
}

static void expect_same(struct __test_metadata *_metadata,
			const struct example *e)
{
	struct report kernel, ours;
	int kernel_status, status;

	kernel_status = outcome(e, false, &kernel);
	status = outcome(e, true, &ours);
	EXPECT_TRUE(kernel_status == status && !kernel.failed && !ours.failed &&
		    !strcmp(kernel.text, ours.text))
		TH_LOG("%s flags %x mask %d stack %d event %d nested %d: status %x, not %x; failed: %d\n%s\n%s",
		       e->handler == SIG_DFL ? "default" :
		       e->handler == SIG_IGN ? "ignored" : "handler",
		       (unsigned int)e->flags, e->masks, e->stack, e->event,
		       e->nested, (unsigned int)status,
		       (unsigned int)kernel_status, ours.failed,
		       ours.text, kernel.text);
}

FIXTURE(kernel) {
};

FIXTURE_SETUP(kernel)
{
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, report);
}

FIXTURE_TEARDOWN(kernel)
{
	munmap(report, sizeof(*report));
}

/* Of the bits of @nr, those of the flags. */
static int flags_of(unsigned int nr)
{
	static const unsigned int flags[] = {
		SA_SIGINFO, SA_RESETHAND, SA_NODEFER, SA_ONSTACK, SA_RESTART,
	};
	unsigned int set = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (nr & (1U << i))
			set |= flags[i];
	return (int)set;
}

static void all_events(struct __test_metadata *_metadata, struct example e)
{
	int event;

	for (event = 0; event < NR_EVENTS; event++) {
		e.event = (enum event)event;
		expect_same(_metadata, &e);
	}
}

static void without_handler(struct __test_metadata *_metadata,
			    void (*handler)(int))
{
	struct example e = { .handler = handler };
	unsigned int i;

	if (DELAYED)
		SKIP(return, "the sanitizer delays signals");
	for (i = 0; i < 32; i++) {
		e.flags = flags_of(i);
		e.stack = i % NR_STACKS;
		e.masks = i & 1;
		all_events(_metadata, e);
	}
}

TEST_F_TIMEOUT(kernel, default_is_obeyed, 240)
{
	without_handler(_metadata, SIG_DFL);
}

TEST_F_TIMEOUT(kernel, ignored_is_ignored_as_far_as_it_does, 240)
{
	without_handler(_metadata, SIG_IGN);
}

static void with_handler(struct __test_metadata *_metadata, bool nested)
{
	struct example e = { .handler = on_bus, .nested = nested };
	unsigned int i;
	int stack;

	if (DELAYED)
		SKIP(return, "the sanitizer delays signals");
	for (i = 0; i < 32; i++) {
		e.flags = flags_of(i & 15);
		e.masks = i & 16;
		for (stack = 0; stack < NR_STACKS; stack++) {
			e.stack = (enum stack)stack;
			all_events(_metadata, e);
		}
	}
}

TEST_F_TIMEOUT(kernel, handler_is_called_as_it_does, 240)
{
	with_handler(_metadata, false);
}

TEST_F_TIMEOUT(kernel, handler_that_raises_it_again_too, 240)
{
	with_handler(_metadata, true);
}

/* --- system calls that it interrupts --- */

static bool sleeps(pid_t pid)
{
	char path[64], text[256], *p;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	if (f)
		fclose(f);
	text[n] = 0;
	p = strrchr(text, ')');
	return p && p[2] == 'S';
}

/* 0: went on; 1: was interrupted. Or the wait status of what ended. */
static int interrupted(void (*handler)(int), int flags, bool caught)
{
	struct sigaction sa = { .sa_handler = handler, .sa_flags = flags };
	int pipes[2], status;
	char c = 'x';
	pid_t pid;

	if (pipe(pipes))
		return -1;
	pid = fork();
	if (!pid) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0 });
		sigaction(SIGBUS, &sa, NULL);
		if (caught && dbgmem_window_catch(0))
			_exit(99);
		_exit(read(pipes[0], &c, 1) == 1 ? 0 : 1);
	}
	while (!sleeps(pid))
		usleep(1000);
	kill(pid, SIGBUS);
	usleep(20000);
	if (write(pipes[1], &c, 1) != 1)
		return -1;
	waitpid(pid, &status, 0);
	close(pipes[0]);
	close(pipes[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : status;
}

TEST(interrupts_what_it_would_interrupt)
{
	static void (*const handlers[])(int) = { SIG_DFL, SIG_IGN, quiet };
	size_t i;

	for (i = 0; i < 3; i++) {
		EXPECT_EQ(interrupted(handlers[i], 0, false),
			  interrupted(handlers[i], 0, true));
		EXPECT_EQ(interrupted(handlers[i], SA_RESTART, false),
			  interrupted(handlers[i], SA_RESTART, true));
	}
}

/* --- the first process of a pid namespace --- */

static int first_ends(bool caught)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0 });
		if (unshare(CLONE_NEWUSER | CLONE_NEWPID))
			_exit(77);
		pid = fork();
		if (!pid) {
			signal(SIGBUS, SIG_DFL);
			if (caught && dbgmem_window_catch(0))
				_exit(99);
			raise(SIGBUS);
			report->failed = caught;
			if (caught)
				report->failed = !read_is_clean();
			*(const volatile char *)page_absent(NULL);
			_exit(0);
		}
		waitpid(pid, &status, 0);
		_exit(WIFSIGNALED(status) ? WTERMSIG(status) :
		      100 + WEXITSTATUS(status));
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(kernel, first_process_of_a_namespace_ends_by_its_own_fault_only)
{
	int kernel = first_ends(false);

	if (kernel == 77)
		SKIP(return, "no user namespaces");
	EXPECT_EQ(SIGBUS, kernel);
	EXPECT_EQ(kernel, first_ends(true));
	EXPECT_FALSE(report->failed);
}

/* --- what a read leaves behind --- */

TEST(rounding_is_what_it_was)
{
	ASSERT_EQ(0, dbgmem_window_catch(0));
	ASSERT_EQ(0, fesetround(FE_UPWARD));
	EXPECT_TRUE(read_is_clean());
	EXPECT_EQ(FE_UPWARD, fegetround());
}

static volatile sig_atomic_t read_on_stack;

static void read_in_handler(int sig)
{
	read_on_stack = read_is_clean();
}

/* Reads on the stack that the handler of SIGBUS would use, too. */
TEST(read_on_the_alternate_stack)
{
	struct sigaction sa = { .sa_handler = read_in_handler,
				.sa_flags = SA_ONSTACK };
	int kind;

	if (DELAYED)
		SKIP(return, "the sanitizer delays signals");
	ASSERT_EQ(0, dbgmem_window_catch(0));
	ASSERT_EQ(0, sigaction(SIGUSR1, &sa, NULL));
	for (kind = PLAIN_STACK; kind < NR_STACKS; kind++) {
		stack_set((enum stack)kind);
		read_on_stack = 0;
		raise(SIGUSR1);
		EXPECT_EQ(1, read_on_stack);
		EXPECT_TRUE(read_is_clean());
	}
}

static sigjmp_buf not_caught;

static void own_handler(int sig, siginfo_t *info, void *context)
{
	dbgmem_window_sigbus(sig, info, context);
	siglongjmp(not_caught, 1);
}

TEST(own_handler_keeps_its_stack_and_its_mask)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO | SA_ONSTACK };
	volatile int kind;
	bool clean;

	ASSERT_EQ(0, dbgmem_window_catch(DBGMEM_WINDOW_OWN_HANDLER));
	sa.sa_sigaction = own_handler;
	sigaddset(&sa.sa_mask, SIGUSR1);
	ASSERT_EQ(0, sigaction(SIGBUS, &sa, NULL));
	for (kind = NO_STACK; kind < NR_STACKS; kind++) {
		stack_set((enum stack)kind);
		clean = !sigsetjmp(not_caught, 1) && read_is_clean();
		EXPECT_TRUE(clean);
	}
	/* Who asks for the library's gets it. */
	ASSERT_EQ(0, dbgmem_window_catch(0));
	ASSERT_EQ(0, sigaction(SIGBUS, NULL, &sa));
	EXPECT_NE((void *)own_handler, (void *)sa.sa_sigaction);
}

/* Others raise it, and send it, while threads read. */
struct reader {
	pthread_t thread;
	const char *from;
	size_t want;
	long bad;
};

static void *read_on(void *arg)
{
	struct reader *r = arg;
	char buf[2 * PAGE];
	int i;

	for (i = 0; i < 2000; i++) {
		r->bad += dbgmem__sigbus_copy(buf, r->from, sizeof(buf), PAGE) !=
			  r->want;
		if (i % 100 == 0)
			raise(SIGBUS);
	}
	return NULL;
}

static volatile int sent;

static void count(int sig)
{
	__atomic_add_fetch(&sent, 1, __ATOMIC_RELAXED);
}

TEST(threads_read_while_it_is_sent)
{
	struct reader r[4];
	char *p;
	size_t i;

	signal(SIGBUS, count);
	ASSERT_EQ(0, dbgmem_window_catch(0));
	p = mmap(NULL, 3 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, p);
	page_absent(p + 2 * PAGE);
	for (i = 0; i < 4; i++) {
		r[i] = (struct reader){
			.from = p + i % 2 * PAGE,
			.want = i % 2 ? PAGE : 2 * PAGE,
		};
		ASSERT_EQ(0, pthread_create(&r[i].thread, NULL, read_on,
					    &r[i]));
	}
	for (i = 0; i < 4; i++) {
		pthread_join(r[i].thread, NULL);
		EXPECT_EQ(0, r[i].bad);
	}
	EXPECT_EQ(4 * 20, sent);
}

/* --- a library that is opened late --- */

/* The only malloc() of the process: it must not be met in a handler. */
void *__libc_malloc(size_t size);

static __thread volatile bool in_handler __attribute__((tls_model("initial-exec")));
static volatile int allocated;

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
void *malloc(size_t size)
{
	allocated += in_handler;
	return __libc_malloc(size);
}
#define COUNTS	true
#else
#define COUNTS	false
#endif

static pthread_barrier_t opened;

static void *raise_late(void *unused)
{
	pthread_barrier_wait(&opened);
	in_handler = true;
	raise(SIGBUS);
	in_handler = false;
	return NULL;
}

static void *library_open(void)
{
	char path[PATH_MAX], *p;
	ssize_t n;

	n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = 0;
	/* build/selftests/, or build/selftests/KIND/ */
	p = strstr(path, "/selftests/");
	if (!p)
		return NULL;
	strcpy(p, "/user/libdbgmem.so");
	return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

TEST(library_opened_late_allocates_nothing_in_the_handler)
{
	int (*catch)(unsigned int flags);
	pthread_t thread;
	void *lib;

	if (!COUNTS)
		SKIP(return, "the sanitizer has its own malloc()");
	pthread_barrier_init(&opened, NULL, 2);
	ASSERT_EQ(0, pthread_create(&thread, NULL, raise_late, NULL));
	lib = library_open();
	ASSERT_NE(NULL, lib) TH_LOG("%s", dlerror());
	*(void **)&catch = dlsym(lib, "dbgmem_window_catch");
	ASSERT_NE(NULL, catch);
	signal(SIGBUS, SIG_IGN);
	ASSERT_EQ(0, catch(0));
	pthread_barrier_wait(&opened);
	pthread_join(thread, NULL);
	EXPECT_EQ(0, allocated);
}

TEST(library_that_was_closed_still_handles_it)
{
	int (*catch)(unsigned int flags);
	void *lib = library_open();

	ASSERT_NE(NULL, lib) TH_LOG("%s", dlerror());
	*(void **)&catch = dlsym(lib, "dbgmem_window_catch");
	ASSERT_NE(NULL, catch);
	signal(SIGBUS, count);
	ASSERT_EQ(0, catch(0));
	dlclose(lib);
	sent = 0;
	raise(SIGBUS);
	EXPECT_EQ(1, sent);
}

TEST_HARNESS_MAIN
