// SPDX-License-Identifier: GPL-2.0
/*
 * Bugs, for the runner to be tested against: "insmod planted.ko bug=NAME" has
 * the one of that name, then the module is not loaded. Of what is lost or left
 * held, the runner must find that it is missing.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

static char *bug = "none";
module_param(bug, charp, 0);

static DEFINE_MUTEX(lock_a);
static DEFINE_MUTEX(lock_b);
static DEFINE_SPINLOCK(spinlock);

static void planted_none(void)
{
	kfree(kmalloc(100, GFP_KERNEL));
}

static void planted_lock_inversion(void)
{
	mutex_lock(&lock_a);
	mutex_lock(&lock_b);
	mutex_unlock(&lock_b);
	mutex_unlock(&lock_a);

	mutex_lock(&lock_b);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	mutex_unlock(&lock_b);
}

static void planted_sleep_in_atomic(void)
{
	spin_lock(&spinlock);
	might_sleep();
	spin_unlock(&spinlock);
}

static unsigned long raced;

static void race(struct work_struct *work)
{
	unsigned long end = jiffies + 5 * HZ;

	while (time_before(jiffies, end)) {
		raced++;
		cond_resched();
	}
}

static DECLARE_WORK(race_work, race);

static void planted_data_race(void)
{
	queue_work(system_unbound_wq, &race_work);
	race(NULL);
	flush_work(&race_work);
}

static void planted_shift(void)
{
	volatile int by = 40;

	by = 1 << by;
}

static void planted_out_of_bounds_write(void)
{
	volatile size_t at = 100;
	volatile char *p = kmalloc(at, GFP_KERNEL);

	if (p)
		p[at] = 1;
	kfree((void *)p);
}

static void planted_use_after_free(void)
{
	volatile char *p = kmalloc(100, GFP_KERNEL);

	kfree((void *)p);
	if (p)
		p[50] = 1;
}

static void planted_vmalloc_overrun(void)
{
	volatile size_t at = 100;
	volatile char *p = vmalloc(at);

	if (p)
		p[at] = 1;
	vfree((void *)p);
}

static void planted_leak(void)
{
	static int i;

	/* many, as a stale pointer on some stack may hide one */
	for (i = 0; i < 32; i++)
		WRITE_ONCE(*(char *)kmalloc(1000, GFP_KERNEL), 1);
}

static void planted_mm(void)
{
	mmgrab(current->mm);
}

static void planted_mm_user(void)
{
	mmget(current->mm);
}

static void planted_task(void)
{
	get_task_struct(current);
}

static void planted_file(void)
{
	filp_open("/init", O_RDONLY, 0);
}

static void planted_page(void)
{
	struct page *page;

	get_user_pages_fast(current->mm->start_stack, 1, 0, &page);
}

static void planted_pin(void)
{
	struct page *page;

	pin_user_pages_fast(current->mm->start_stack, 1, 0, &page);
}

static const struct {
	const char *name;
	void (*fn)(void);
} bugs[] = {
#define BUG_NAMED(x)	{ #x, planted_##x }
	BUG_NAMED(none),
	BUG_NAMED(lock_inversion),
	BUG_NAMED(sleep_in_atomic),
	BUG_NAMED(data_race),
	BUG_NAMED(shift),
	BUG_NAMED(out_of_bounds_write),
	BUG_NAMED(use_after_free),
	BUG_NAMED(vmalloc_overrun),
	BUG_NAMED(leak),
	BUG_NAMED(mm),
	BUG_NAMED(mm_user),
	BUG_NAMED(task),
	BUG_NAMED(file),
	BUG_NAMED(page),
	BUG_NAMED(pin),
};

static int __init planted_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bugs); i++) {
		if (strcmp(bugs[i].name, bug))
			continue;
		bugs[i].fn();
		return -ECANCELED;
	}
	return -EINVAL;
}
module_init(planted_init);

MODULE_DESCRIPTION("bugs to test the test runner against");
MODULE_LICENSE("GPL");
