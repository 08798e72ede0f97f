// SPDX-License-Identifier: GPL-2.0
#include "proc.h"
#include "call.h"
#include "exec.h"
#include "kcov.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common.h"
#include "slow.h"

/* A program gets so long; what is killed after it must be gone in the other. */
#define LIMIT_MS	500
#define DEATH_MS	120000

static struct result *result;
static unsigned long calls, late, died;

/* To one processor, where handing over is cheap; or (-1) to any. */
static void pin(int cpu)
{
	cpu_set_t set;
	int i;

	CPU_ZERO(&set);
	for (i = 0; i < CPU_SETSIZE; i++)
		if (cpu < 0 || cpu == i)
			CPU_SET(i, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

int exec_init(void)
{
	sigset_t set;

	result = mmap(NULL, sizeof(*result), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (result == MAP_FAILED)
		return -errno;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pin(0);
	/* a caller's orphans come to us */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);
	return places_map();
}

/* --- in the caller --- */

struct lane_thread {
	struct lane lane;
	pthread_t thread;
	bool started;
};

/* The lane's calls of the concurrent part, some times over. */
static void *lane_main(void *arg)
{
	struct lane *l = arg;
	const struct program *p = l->run->program;
	unsigned int round, i;

	if (l->nr)
		kcov_start(l->nr);
	for (round = 0; round < p->rounds; round++)
		for (i = program_races_from(p); i < p->nr; i++)
			if (p->call[i].lane == l->nr)
				call_do(l, &p->call[i]);
	if (l->nr)
		kcov_stop(l->nr);
	return NULL;
}

static void run_lanes(struct lane_thread lanes[NR_LANES])
{
	const struct program *p = lanes[0].lane.run->program;
	unsigned int i;

	/* targets die with the thread that started them */
	for (i = program_races_from(p); i < p->nr; i++)
		fuzz_target_pid(run_target(&lanes[0].lane, &p->call[i]));
	for (i = 1; i < NR_LANES; i++) {
		lanes[i].lane.racing = true;
		lanes[i].started = !pthread_create(&lanes[i].thread, NULL,
						   lane_main, &lanes[i].lane);
	}
	lanes[0].lane.racing = true;
	lane_main(&lanes[0].lane);
	for (i = 1; i < NR_LANES; i++)
		if (lanes[i].started)
			pthread_join(lanes[i].thread, NULL);
}

static void caller_main(const struct program *p)
{
	static struct run run;
	struct lane_thread lanes[NR_LANES] = { };
	unsigned int first = program_races_from(p), i;

	run.program = p;
	run.result = result;
	/* what one lane closes another may find to be something else */
	run.trust_errno = first == p->nr ||
			  !(program_has(p, OP_CLOSE) ||
			    program_has(p, OP_DUP) ||
			    program_has(p, OP_OPEN) ||
			    program_has(p, OP_SESSION));
	run.trust_request = !program_has(p, OP_SCRIBBLE);
	for (i = 0; i < NR_SLOTS; i++)
		atomic_store(&run.slot[i].fd, -1);
	targets_init(run.target);
	for (i = 0; i < NR_LANES; i++)
		lanes[i].lane = (struct lane){
			.run = &run, .mem = &callers[i], .nr = i,
		};

	if (first < p->nr) {
		pin(-1);
		for (i = 1; i < NR_LANES; i++)
			if (caller_map(i))
				_exit(1);
	}
	callers_keep();
	kcov_start(0);
	for (i = 0; i < first; i++)
		call_do(&lanes[0].lane, &p->call[i]);
	if (first < p->nr)
		run_lanes(lanes);
	/* here, so that it is seen what closing does */
	for (i = 0; i < NR_SLOTS; i++)
		close(atomic_load(&run.slot[i].fd));
	kcov_stop(0);
	_exit(0);
}

/* What a hostile program may use up. */
static void set_limits(void)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 128, 128 });
	setrlimit(RLIMIT_AS, &(struct rlimit){ 256 << 20, 256 << 20 });
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 1 << 20, 1 << 20 });
}

/* --- who starts it --- */

/* Until a child of ours has ended, or for @ms. */
static void wait_some(int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigtimedwait(&set, NULL, &ts);
}

static void wait_for_end(pid_t pid)
{
	long end = now_ms() + LIMIT_MS * slow_factor(), left;
	int status = 0;

	while (!waitpid(pid, &status, WNOHANG)) {
		left = end - now_ms();
		if (left <= 0) {
			late++;
			return;
		}
		wait_some(left);
	}
	if (WIFSIGNALED(status))
		died++;
}

/* All that is left of the process group @pid; false if it does not die. */
static bool reap(pid_t pid)
{
	long end = now_ms() + DEATH_MS * slow_factor();

	do {
		kill(-pid, SIGKILL);
		while (waitpid(-pid, NULL, WNOHANG) > 0)
			;
		if (kill(-pid, 0) && errno == ESRCH)
			return true;
		wait_some(10);
	} while (now_ms() < end);
	return false;
}

const char *exec_program(const struct program *p)
{
	bool dead;
	pid_t pid;

	memset(result, 0, sizeof(*result));
	kcov_reset();
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		set_limits();
		caller_main(p);
	}
	if (pid < 0)
		return "fork failed";
	setpgid(pid, pid);
	wait_for_end(pid);
	dead = reap(pid);
	calls += atomic_load(&result->calls);
	if (atomic_load(&result->params))
		exec_end();
	if (!dead)
		return "it does not die when it is killed";
	return atomic_load(&result->failed) ? result->text : NULL;
}

unsigned long exec_calls(void)
{
	return calls;
}

unsigned long exec_late(void)
{
	return late;
}

unsigned long exec_died(void)
{
	return died;
}

void exec_end(void)
{
	param_set("engine", "auto");
	param_set("force", "capable");
}
