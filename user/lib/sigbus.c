// SPDX-License-Identifier: LGPL-2.1-or-later
/* SIGBUS: caught where windows are read, left to what was there before elsewhere. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>
#if defined(__i386__) || defined(__x86_64__)
#include <cpuid.h>
#endif

#include "internal.h"
#include "sigbus.h"

/* In no header of the C library. */
#ifndef SS_AUTODISARM
#define SS_AUTODISARM	(1U << 31)
#endif

/* What a thread reads, and how to go on after a SIGBUS. */
struct reading {
	sigjmp_buf jump;
	const volatile char *from, *end;
	bool raised;
	sigset_t mask;
	stack_t stack;
};

/*
 * A handler must not make the dynamic linker allocate it, as it would for a library
 * that was opened by dlopen(3): hence in the static part of thread storage.
 */
static _Thread_local struct reading *volatile reading
	__attribute__((tls_model("initial-exec")));

static bool catching;		/* atomic */
static struct sigaction before;	/* its sa_handler atomically */

/* --- the processor --- */

/*
 * What the kernel resets for a handler, and siglongjmp() does not bring back:
 * rounding and the like, and protection keys.
 */
#if defined(__i386__) || defined(__x86_64__)
struct modes {
	unsigned int mxcsr, pkru;
	unsigned short x87;
};

static bool keys;		/* there is a PKRU */

static void modes_init(void)
{
	unsigned int a, b, c = 0, d;

	keys = __get_cpuid_count(7, 0, &a, &b, &c, &d) && c & bit_OSPKE;
}

static inline void modes_save(struct modes *m)
{
	__asm__ volatile("fnstcw %0" : "=m"(m->x87));
#ifdef __SSE__
	__asm__ volatile("stmxcsr %0" : "=m"(m->mxcsr));
#endif
	if (keys)	/* rdpkru */
		__asm__ volatile(".byte 0x0f, 0x01, 0xee"
				 : "=a"(m->pkru) : "c"(0) : "edx");
}

static void modes_restore(const struct modes *m)
{
	__asm__ volatile("fldcw %0" : : "m"(m->x87));
#ifdef __SSE__
	__asm__ volatile("ldmxcsr %0" : : "m"(m->mxcsr));
#endif
	if (keys)	/* wrpkru */
		__asm__ volatile(".byte 0x0f, 0x01, 0xef"
				 : : "a"(m->pkru), "c"(0), "d"(0) : "memory");
}
#else
struct modes {
	char none;
};

static void modes_init(void)
{
}

static inline void modes_save(struct modes *m)
{
	m->none = 0;
}

static void modes_restore(const struct modes *m)
{
	(void)m;
}
#endif

/* --- the signal --- */

DBGMEM_EXPORT void dbgmem_window_sigbus(int sig, void *info, void *context)
{
	const siginfo_t *si = info;
	const char *at = si->si_addr;
	const ucontext_t *c = context;
	struct reading *r = reading;
	sigset_t all;

	/* Sent by somebody, it has no address. */
	if (sig != SIGBUS || si->si_code != BUS_ADRERR || !r ||
	    at < r->from || at >= r->end)
		return;
	/*
	 * The stack is armed, and the mask set as it was, only when this one has
	 * been left: another handler would overwrite it.
	 */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	r->raised = true;
	r->stack = c->uc_stack;
	/* The kernel's set is shorter than the C library's. */
	sigemptyset(&r->mask);
	memcpy(&r->mask, &c->uc_sigmask, _NSIG / CHAR_BIT);
	reading = NULL;
	siglongjmp(r->jump, 1);
}

/* The kernel raised it for what this thread did: it cannot be ignored. */
static bool forced(const siginfo_t *info)
{
	return info->si_code > 0 && info->si_code != BUS_MCEERR_AO;
}

/* End as the signal would have ended the process, core dump included. */
static void end(int sig, siginfo_t *info, ucontext_t *c)
{
	static const struct sigaction by_default = { .sa_handler = SIG_DFL };

	/* It does not end the first process of a pid namespace. */
	if (getpid() == 1 && !forced(info))
		return;
	sigaction(sig, &by_default, NULL);
	if (syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), sig, info))
		raise(sig);
	/* In sigsuspend(2) and its like the mask to return to may block it. */
	sigdelset(&c->uc_sigmask, sig);
}

static void on_sigbus(int sig, siginfo_t *info, void *context)
{
	struct sigaction then = { 0 };
	void (*handler)(int sig);

	dbgmem_window_sigbus(sig, info, context);
	handler = __atomic_load_n(&before.sa_handler, __ATOMIC_RELAXED);
	if (handler == SIG_IGN) {
		if (forced(info))
			end(sig, info, context);
		return;
	}
	if (before.sa_flags & SA_RESETHAND)
		handler = __atomic_exchange_n(&before.sa_handler, SIG_DFL,
					      __ATOMIC_RELAXED);
	then.sa_handler = handler;
	if (handler == SIG_DFL)
		end(sig, info, context);
	else if (before.sa_flags & SA_SIGINFO)
		then.sa_sigaction(sig, info, context);
	else
		handler(sig);
}

/* 0 or a negative errno. */
static int handler_set(void)
{
	struct sigaction action;

	/* It is there before a signal can ask for it. */
	if (sigaction(SIGBUS, NULL, &before))
		return -errno;
	/* The kernel gives our handler the stack and the mask of the one before. */
	action = before;
	action.sa_flags &= (int)~SA_RESETHAND;
	if (before.sa_handler == SIG_DFL || before.sa_handler == SIG_IGN) {
		sigemptyset(&action.sa_mask);
		action.sa_flags = SA_ONSTACK | SA_RESTART;
	}
	action.sa_flags |= SA_SIGINFO;
	action.sa_sigaction = on_sigbus;
	return sigaction(SIGBUS, &action, NULL) ? -errno : 0;
}

DBGMEM_EXPORT int dbgmem_window_catch(unsigned int flags)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static bool handling;
	int ret = 0;

	if (flags & ~DBGMEM_WINDOW_OWN_HANDLER)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot catch SIGBUS: unknown flags 0x%x",
			flags & ~DBGMEM_WINDOW_OWN_HANDLER);
	pthread_mutex_lock(&lock);
	if (!handling && !(flags & DBGMEM_WINDOW_OWN_HANDLER)) {
		ret = handler_set();
		handling = !ret;
	}
	if (!catching)
		modes_init();
	if (!ret)
		__atomic_store_n(&catching, true, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&lock);
	return !ret ? 0 : dbgmem__fail_simple(-ret, DBGMEM_SOURCE_SYSTEM,
			"cannot catch SIGBUS: %s", strerror(-ret));
}

/* --- reading --- */

static void copy_piece(char *to, const volatile char *from, size_t len)
{
	uint64_t v8;
	uint32_t v4;
	uint16_t v2;

	/* A word that is written meanwhile is not torn. */
	if (sizeof(long) == 8 && !((uintptr_t)from % 8) && len == 8) {
		v8 = *(const volatile uint64_t *)from;
		memcpy(to, &v8, sizeof(v8));
	} else if (!((uintptr_t)from % 4) && len == 4) {
		v4 = *(const volatile uint32_t *)from;
		memcpy(to, &v4, sizeof(v4));
	} else if (!((uintptr_t)from % 2) && len == 2) {
		v2 = *(const volatile uint16_t *)from;
		memcpy(to, &v2, sizeof(v2));
	} else {
		memcpy(to, (const char *)from, len);
	}
}

/* Whole pages, or what is asked for of them, up to one that is not there. */
static size_t copy(struct reading *r, char *to, size_t page)
{
	const volatile char *from = r->from;
	const size_t len = (size_t)(r->end - r->from);
	volatile size_t done = 0;
	size_t n;

	if (!sigsetjmp(r->jump, 0)) {
		reading = r;
		/* The compiler must not read before that, nor later. */
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
		while (done < len) {
			n = page - ((uintptr_t)(from + done) & (page - 1));
			if (n > len - done)
				n = len - done;
			copy_piece(to + done, from + done, n);
			done += n;
		}
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
	}
	return done;
}

size_t dbgmem__sigbus_copy(char *to, const volatile char *from, size_t len,
			   size_t page)
{
	struct reading *const outer = reading;	/* interrupted by this one */
	struct reading r = { .from = from, .end = from + len };
	struct modes modes;
	size_t done;

	if (!__atomic_load_n(&catching, __ATOMIC_ACQUIRE))
		return 0;
	modes_save(&modes);
	done = copy(&r, to, page);
	reading = outer;
	if (!r.raised)
		return done;
	modes_restore(&modes);
	if ((unsigned int)r.stack.ss_flags & SS_AUTODISARM)
		sigaltstack(&r.stack, NULL);
	pthread_sigmask(SIG_SETMASK, &r.mask, NULL);
	return done;
}
