// SPDX-License-Identifier: GPL-2.0
/*
 * The delays of the module's amplified build. One in amplify_nth places waits:
 * up to amplify_us microseconds, or it only lets others run. The numbers are the
 * same for the same amplify_seed; which place gets which is up to the threads.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/sched.h>

static unsigned int amplify_us = 100;
module_param(amplify_us, uint, 0600);
MODULE_PARM_DESC(amplify_us, "longest delay in microseconds");

static unsigned int amplify_nth = 4;
module_param(amplify_nth, uint, 0600);
MODULE_PARM_DESC(amplify_nth, "one in how many places waits, 0 for none");

static ulong amplify_seed;
module_param(amplify_seed, ulong, 0400);
MODULE_PARM_DESC(amplify_seed, "of the random numbers");

static atomic64_t drawn = ATOMIC64_INIT(0);

/* splitmix64 */
static u64 draw(void)
{
	u64 z = amplify_seed +
		atomic64_add_return(0x9e3779b97f4a7c15, &drawn);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/*
 * False on kernels that do not count preemption: they cannot tell that a
 * spinlock is held. The state is not that of who is about to wait.
 */
static bool may_sleep(void)
{
#ifdef CONFIG_DEBUG_ATOMIC_SLEEP
	if (current->non_block_count)
		return false;
#endif
	return preemptible() && !rcu_preempt_depth();
}

/**
 * amplify - wait, or not
 *
 * Whatever is held, and in any context.
 */
void amplify(void)
{
	unsigned int us = READ_ONCE(amplify_us), nth = READ_ONCE(amplify_nth);
	u64 r = draw();
	u32 how = r >> 60, some = (u32)r >> 1;

	if (!us || !nth || (u32)(r >> 32) % nth)
		return;
	some = 1 + some % us;
	if (how < 4) {
		cpu_relax();
	} else if (!may_sleep()) {
		udelay(some);
	} else if (how < 6) {
		cond_resched();
	} else if (how < 12) {
		usleep_range(some, some + 20);
	} else {
		udelay(some);
	}
}
