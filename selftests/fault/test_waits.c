// SPDX-License-Identifier: GPL-2.0
/*
 * The wait matrix: every call, while something that it may need does not come. In
 * each cell SIGKILL ends the agent within a second, neither the agent's other
 * thread nor the target's waits 100 ms longer in mmap() than with nobody there,
 * and the target can be killed. Afterwards the module can be unloaded.
 *
 * DBGMEM_WAITS=thing in the environment is for that thing alone, with a line for
 * each cell.
 *
 * A cell that fails is tried twice more, for a busy machine: what the module
 * does wrong, it does each time. Only an agent that outlives its SIGKILL for three
 * times as long as it may is not given another try.
 */
#include "waits.h"
#include <kselftest_harness.h>

#define TRIES	3

#define HOLD_MS		(250 * slow_factor())	/* a call is under way */
#define STALL_LIMIT	(0.1 * slow_factor())
#define KILL_MS		(1000 * slow_factor())
#define SETUP_MS	(10000 * slow_factor())

/* --- the agent --- */

static int agent_prepare(struct wait_cell *c)
{
	const unsigned int has = c->call->has;
	int mode = O_RDWR;
	uint64_t word;

	if (has & CALL_ATTACHES) {
		c->fd = dev_open(mode);
		c->mem_fd = proc_open(c->target, "mem", mode);
		return c->fd < 0 ? c->fd : c->mem_fd < 0 ? c->mem_fd : 0;
	}
	attach_flags = has & CALL_MIRROR ? DBGMEM_ATTACH_MIRROR : 0;
	c->fd = session_open(c->target, mode);
	if (c->fd < 0)
		return c->fd;
	if (has & CALL_MIRROR &&
	    mem_read(c->fd, c->sh->data, &word, 8, 0, NULL))
		return -EIO;
	if (has & CALL_TRAP && bp_set(c->fd, c->sh->addr, INT3, 1, NULL))
		return -EIO;
	if (has & CALL_WINDOW) {
		c->win_data = window_of(c, c->sh->data);
		c->win_addr = window_of(c, c->sh->addr);
		if (!c->win_data || !c->win_addr)
			return -EIO;
		(void)c->win_data[0];
	}
	return 0;
}

/* Where the call's buffer or request is, if that does not come. */
static int agent_arm(struct wait_cell *c)
{
	const struct wait_thing *thing = c->thing;
	char *at;

	c->buf = agent_page(c);
	if (!thing->agent_map)
		return 0;
	at = thing->agent_map(c);
	if (!at)
		return -ENOMEM;
	if (thing->place == IN_CALLER)
		c->buf = at;
	else
		c->req = at;
	if (c->req && !thing->fuse && c->call->call != call_nobody) {
		c->filling = true;
		c->call->call(c);
		c->filling = false;
	}
	return thing->agent_arm ? thing->agent_arm(c, at) : 0;
}

static void *agent_maps(void *arg)
{
	struct wait_cell *c = arg;
	void *p;

	for (;;) {
		stall_begin(&c->sh->agent);
		p = mmap(NULL, PAGE, PROT_READ, MAP_ANON_PRIVATE, -1, 0);
		munmap(p, PAGE);
		stall_end(&c->sh->agent);
		sleep_ms(10);
	}
	return NULL;
}

static bool agent_can_repeat(const struct wait_cell *c)
{
	return c->call->has & CALL_BUFFER && c->call->call != call_nobody;
}

static void agent_run(struct wait_cell *c)
{
	struct wait_shared *sh = c->sh;
	pthread_t t;

	sh->error = agent_prepare(c);
	if (!sh->error)
		sh->error = agent_arm(c);
	if (!sh->error)
		sh->error = -pthread_create(&t, NULL, agent_maps, c);
	set_flag(&sh->agent_ready);
	if (!wait_flag(&sh->agent_go, SETUP_MS))
		_exit(1);
	set_flag(&sh->begun);
	sh->answer = c->call->call(c);
	/* what comes and goes: as long as there are pages not looked at yet */
	if (c->thing->heavy && agent_can_repeat(c))
		while (sh->addr + 2 * PAGE <= sh->data + WAITS_AREA) {
			sh->addr += PAGE;
			sh->answer = c->call->call(c);
		}
	set_flag(&sh->ended);
	for (;;)
		pause();
}

/* --- the target --- */

static void *target_loops(void *arg)
{
	struct wait_cell *c = arg;

	c->thing->target_loop(c);
	return NULL;
}

static void target_run(struct wait_cell *c)
{
	const struct wait_thing *thing = c->thing;
	struct wait_shared *sh = c->sh;
	pthread_t t;

	sh->error = thing->target_map(c);
	set_flag(&sh->target_ready);
	if (!wait_flag(&sh->target_arm, SETUP_MS))
		_exit(1);
	/* before: a new thread's stack is mapped */
	if (thing->target_loop)
		sh->error = -pthread_create(&t, NULL, target_loops, c);
	if (!sh->error && thing->target_arm)
		sh->error = thing->target_arm(c);
	set_flag(&sh->target_armed);
	for (;;)
		pause();
}

/* --- the runner of a cell --- */

static pid_t start(struct wait_cell *c, void (*run)(struct wait_cell *c))
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run(c);
	}
	return pid;
}

static int cell_prepare(struct wait_cell *c)
{
	const struct wait_thing *thing = c->thing;
	struct wait_shared *sh = c->sh;
	char dir[64];
	int ret;

	if (thing->fuse) {
		snprintf(dir, sizeof(dir), "/tmp/dbgmem-waits-%d", (int)getpid());
		fuse_reads_in_turn = !(thing->fuse_flags & FUSE_ASYNC_READ);
		ret = fuse_mem_start(&c->fuse, dir);
		if (ret)
			return ret;
	}
	c->target = start(c, target_run);
	if (!wait_flag(&sh->target_ready, SETUP_MS))
		return -ETIMEDOUT;
	if (sh->error)
		return sh->error;
	c->agent = start(c, agent_run);
	if (!wait_flag(&sh->agent_ready, SETUP_MS))
		return -ETIMEDOUT;
	if (sh->error)
		return sh->error;
	ret = thing->arm ? thing->arm(c) : 0;
	if (ret)
		return ret;
	set_flag(&sh->target_arm);
	if (!wait_flag(&sh->target_armed, SETUP_MS))
		return -ETIMEDOUT;
	if (sh->error)
		return sh->error;
	return thing->arm_late ? thing->arm_late(c) : 0;
}

static void cell_resolve(struct wait_cell *c)
{
	if (c->thing->resolve)
		c->thing->resolve(c);
}

static void cell_measure(struct wait_cell *c, struct wait_result *r)
{
	struct wait_shared *sh = c->sh;
	bool gone;

	sh->agent.worst = 0;
	sh->target.worst = 0;
	set_flag(&sh->agent_go);
	if (!wait_flag(&sh->begun, SETUP_MS)) {
		r->error = -ETIMEDOUT;
		return;
	}
	wait_flag(&sh->ended, HOLD_MS);
	gone = reaped(c->agent, 0);
	r->waited = !sh->ended && !gone;
	/* With the agent its other thread ends, perhaps in the middle of a call. */
	r->agent_stall = gone ? sh->agent.worst : stall_seconds(&sh->agent);
	/* A lock is held now, or never. */
	if (r->agent_stall > STALL_LIMIT && r->waited)
		stack_of(c->agent, r->stack, sizeof(r->stack));
	kill(c->agent, SIGKILL);
	r->agent_dies = reaped(c->agent, KILL_MS);
	if (!r->agent_dies) {
		stack_of(c->agent, r->stack, sizeof(r->stack));
		/* no machine is as busy as that */
		r->sure = !reaped(c->agent, 2 * KILL_MS);
	}
	if (c->call->has & CALL_WORKER)
		sleep_ms(HOLD_MS);
	r->target_stall = stall_seconds(&sh->target);
	if (r->target_stall > STALL_LIMIT && !r->stack[0])
		stack_of(c->target, r->stack, sizeof(r->stack));
}

static void cell_end(struct wait_cell *c, struct wait_result *r)
{
	bool stuck = c->thing->target_stuck;

	if (stuck)
		cell_resolve(c);
	if (c->target > 0) {
		kill(c->target, SIGKILL);
		r->target_dies = reaped(c->target, KILL_MS);
		if (!r->target_dies && !r->stack[0])
			stack_of(c->target, r->stack, sizeof(r->stack));
	}
	if (!stuck)
		cell_resolve(c);
	if (c->agent > 0 && !r->agent_dies) {
		kill(c->agent, SIGKILL);
		reaped(c->agent, SETUP_MS);
	}
	if (c->target > 0 && !r->target_dies)
		reaped(c->target, SETUP_MS);
	if (c->thing->fuse)
		fuse_mem_stop(&c->fuse);
}

static void cell_run(struct wait_cell *c, struct wait_result *r)
{
	c->fd = -1;
	c->sh = shared_alloc(sizeof(*c->sh));
	if (!c->sh) {
		r->error = -ENOMEM;
		return;
	}
	r->error = cell_prepare(c);
	if (!r->error)
		cell_measure(c, r);
	cell_end(c, r);
}

/* --- many cells at a time --- */

FIXTURE(waits) {
	struct wait_result *results;
	const char *cannot;
	bool mirrors;
	int cells, again;
	bool run[NR_WAIT_CALLS];
};

FIXTURE_VARIANT(waits) {
	const char *name;
	const struct wait_thing *thing;
};

#define VARIANT(of) FIXTURE_VARIANT_ADD(waits, of) { .name = #of, .thing = &of, }

VARIANT(fuse_in_the_target);
VARIANT(unkillable_fuse_in_the_target);
VARIANT(missing_in_the_target);
VARIANT(protected_in_the_target);
VARIANT(fuse_in_the_buffer);
VARIANT(missing_in_the_buffer);
VARIANT(protected_in_the_buffer);
VARIANT(fuse_in_the_request);
VARIANT(missing_in_the_request);
VARIANT(protected_in_the_request);
VARIANT(invalidations);
VARIANT(lock_held_for_reading);
VARIANT(lock_held_and_queued_for);
VARIANT(frozen_target);
VARIANT(frozen_target_in_a_fault);
VARIANT(stopped_target);
VARIANT(stopped_tracer);

FIXTURE_SETUP(waits)
{
	struct dbgmem_info info;
	int fd = dev_open(O_RDONLY);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, module_info(fd, &info));
	close(fd);
	self->mirrors = info.features & DBGMEM_FEATURE_WINDOW;
	self->results = shared_alloc(NR_WAIT_CALLS * sizeof(*self->results));
	ASSERT_NE(NULL, self->results);
	self->cannot = freezer_start();
	if (getenv("DBGMEM_WAITS") &&
	    strcmp(getenv("DBGMEM_WAITS"), variant->name))
		self->cannot = "another thing is asked for";
	else if (variant->thing->fuse && fuse_load())
		self->cannot = "no FUSE";
}

FIXTURE_TEARDOWN(waits)
{
	engine_set("auto");
	freezer_stop();
}

static bool makes_sense(const struct wait_thing *thing,
			const struct wait_call *call, bool mirrors)
{
	if (call->has & (CALL_MIRROR | CALL_WINDOW) && !mirrors)
		return false;
	/* where the target takes long to prepare: who has a notifier */
	if (thing->heavy && call->call != call_nobody &&
	    call->call != call_poll && call->call != call_poll_close &&
	    !(call->has & (CALL_MIRROR | CALL_WINDOW)))
		return false;
	if (thing->place == IN_CALLER)
		return call->has & CALL_BUFFER;
	if (thing->place == IN_REQUEST)
		return call->has & CALL_REQUEST;
	return true;
}

static pid_t cell_start(const struct wait_thing *thing, int i,
			struct wait_result *r)
{
	struct wait_cell c = {
		.thing = thing,
		.call = &wait_calls[i],
		.number = i,
	};
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		cell_run(&c, r);
		_exit(0);
	}
	return pid;
}

/* Run those cells that are to be run, with one engine. */
static void run_cells(FIXTURE_DATA(waits) *self, const struct wait_thing *thing,
		      unsigned int remote, int at_a_time)
{
	int i, running = 0;

	engine_set(remote ? "remote" : "auto");
	for (i = 0; i < NR_WAIT_CALLS; i++) {
		if (!self->run[i] ||
		    (wait_calls[i].has & CALL_REMOTE) != remote)
			continue;
		if (running == at_a_time && wait(NULL) > 0)
			running--;
		memset(&self->results[i], 0, sizeof(self->results[i]));
		if (cell_start(thing, i, &self->results[i]) > 0)
			running++;
		self->cells++;
	}
	while (wait(NULL) > 0)
		;
	engine_set("auto");
}

/* What is wrong with a cell, compared with the first, without us; or NULL. */
static const char *wrong(const struct wait_result *r,
			 const struct wait_result *base)
{
	if (r->error)
		return "not prepared";
	if (!r->agent_dies)
		return "SIGKILL does not end the agent";
	if (r->agent_stall > base->agent_stall + STALL_LIMIT)
		return "the agent's other thread waits in mmap()";
	if (r->target_stall > base->target_stall + STALL_LIMIT)
		return "the target waits for its mmap_lock";
	if (!r->target_dies)
		return "SIGKILL does not end the target";
	return NULL;
}

static bool run_wrong(FIXTURE_DATA(waits) *self)
{
	bool any = false;
	int i;

	for (i = 0; i < NR_WAIT_CALLS; i++) {
		struct wait_result *r = &self->results[i];

		self->run[i] = self->run[i] && !r->sure &&
			       wrong(r, &self->results[0]);
		any |= self->run[i];
	}
	return any;
}

/* On a slow kernel one call of several, others for each thing. */
static bool chosen(const struct wait_thing *thing, int i)
{
	const int one_of = 7;
	uintptr_t turn = (uintptr_t)thing / sizeof(*thing);

	return slow_factor() == 1 || getenv("DBGMEM_WAITS") || !i ||
	       (i + turn) % one_of == 0;
}

/* Is there a cell in which this thing has been waited for? */
static bool anybody_waited(const FIXTURE_DATA(waits) *self)
{
	int i;

	for (i = 1; i < NR_WAIT_CALLS; i++)
		if (self->results[i].waited)
			return true;
	return false;
}

TEST_F_TIMEOUT(waits, a_kill_ends_every_call_and_nobody_else_waits, 900)
{
	const struct wait_thing *thing = variant->thing;
	int i, try, cells = 0, waited = 0;
	double begun = now();

	if (self->cannot)
		SKIP(return, "%s", self->cannot);
	for (i = 0; i < NR_WAIT_CALLS; i++)
		self->run[i] = makes_sense(thing, &wait_calls[i],
					   self->mirrors) && chosen(thing, i);
	if (slow_factor() > 1)
		fprintf(stderr, "# scaled down: one call of seven\n");
	for (try = 0; try < TRIES; try++) {
		int at_a_time = thing->heavy ? 2 : try ? 6 : 8;

		run_cells(self, thing, 0, at_a_time);
		run_cells(self, thing, CALL_REMOTE, at_a_time);
		if (!try)
			cells = self->cells;
		ASSERT_EQ(0, self->results[0].error);
		if (!run_wrong(self))
			break;
	}
	for (i = 1; i < NR_WAIT_CALLS; i++)
		waited += self->results[i].waited;
	if (getenv("DBGMEM_WAITS"))
		for (i = 0; i < NR_WAIT_CALLS; i++)
			fprintf(stderr, "#   %-24s %s %.0f %.0f\n",
				wait_calls[i].name,
				self->results[i].waited ? "waited" : "-",
				self->results[i].agent_stall * 1e3,
				self->results[i].target_stall * 1e3);
	fprintf(stderr, "# cells: %d, %d waited, %d more tries, %.1f s\n",
		cells, waited, self->cells - cells, now() - begun);
	for (i = 0; i < NR_WAIT_CALLS; i++) {
		const struct wait_result *r = &self->results[i];

		EXPECT_FALSE(r->sure ||
			     (self->run[i] && wrong(r, &self->results[0])))
			TH_LOG("%s: %s (error %d, agent %.0f ms, target %.0f ms; without us %.0f, %.0f): %s",
			       wait_calls[i].name, wrong(r, &self->results[0]),
			       r->error, r->agent_stall * 1e3,
			       r->target_stall * 1e3,
			       self->results[0].agent_stall * 1e3,
			       self->results[0].target_stall * 1e3, r->stack);
	}
	/* A target that does not run is one that nobody needs to wait for. */
	if (thing->place != IN_MM && slow_factor() == 1)
		EXPECT_TRUE(anybody_waited(self));
}

/* --- unloading, while it does not come --- */

/* Ends before @ms are over, with status 0? */
static bool succeeds(const char *command, long ms)
{
	pid_t pid = fork();
	int status = -1;
	long end = now_ms() + ms;

	if (!pid) {
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	while (!waitpid(pid, &status, WNOHANG)) {
		if (now_ms() > end) {
			kill(pid, SIGKILL);
			return false;
		}
		sleep_ms(10);
	}
	return !status;
}

/* The agent made @call, and is gone: is the module free? */
static bool unloads(const struct wait_thing *thing, const struct wait_call *call,
		    struct wait_result *r)
{
	struct wait_cell c = { .thing = thing, .call = call, .fd = -1 };
	bool ret = false;

	c.sh = shared_alloc(sizeof(*c.sh));
	r->error = c.sh ? cell_prepare(&c) : -ENOMEM;
	if (!r->error) {
		set_flag(&c.sh->agent_go);
		wait_flag(&c.sh->ended, HOLD_MS);
		kill(c.agent, SIGKILL);
		r->agent_dies = reaped(c.agent, 5 * KILL_MS);
		/* a thread that waits for such a page outlives the call */
		if (thing->fuse && !(thing->fuse_flags & FUSE_ASYNC_READ))
			cell_resolve(&c);
		ret = succeeds("dbgmem unload 2>/dev/null", 5 * KILL_MS);
	}
	cell_end(&c, r);
	/* as the other tests expect it to be */
	if (!ret)
		succeeds("dbgmem unload", SETUP_MS);
	succeeds("dbgmem load", SETUP_MS);
	return ret;
}

static const struct wait_call unload_calls[] = {
	{ .name = "read", .call = call_read },
	{ .name = "close", .has = CALL_TRAP, .call = call_close },
	{ .name = "load", .has = CALL_WINDOW, .call = call_load },
};

TEST_F_TIMEOUT(waits, the_module_is_unloaded_meanwhile, 300)
{
	const struct wait_thing *thing = variant->thing;
	size_t i;

	if (self->cannot)
		SKIP(return, "%s", self->cannot);
	if (thing->place == IN_CALLER || thing->place == IN_REQUEST)
		SKIP(return, "the agent takes it along");
	for (i = 0; i < ARRAY_SIZE(unload_calls); i++) {
		const struct wait_call *call = &unload_calls[i];
		struct wait_result *r = &self->results[i];

		if (call->has & (CALL_MIRROR | CALL_WINDOW) && !self->mirrors)
			continue;
		EXPECT_TRUE(unloads(thing, call, r))
			TH_LOG("after %s: error %d, agent %s", call->name,
			       r->error, r->agent_dies ? "ended" : "waits");
	}
}

TEST_HARNESS_MAIN
