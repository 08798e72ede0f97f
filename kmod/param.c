// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameters: names in /sys/module/dbgmem/parameters, numbers inside.
 */
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "dbgmem.h"

static const char * const engine_names[] = {
	[DBGMEM_ENGINE_AUTO]	= "auto",
	[DBGMEM_ENGINE_REMOTE]	= "remote",
	[DBGMEM_ENGINE_PINNED]	= "pinned",
	NULL
};

static const char * const force_names[] = {
	[DBGMEM_FORCE_NEVER]	= "never",
	[DBGMEM_FORCE_PTRACE]	= "ptrace",
	[DBGMEM_FORCE_CAPABLE]	= "capable",
	[DBGMEM_FORCE_ALWAYS]	= "always",
	NULL
};

struct choice {
	const char * const	*names;
	u32			value;
};

static struct choice engine = { engine_names, DBGMEM_ENGINE_AUTO };
static struct choice force = { force_names, DBGMEM_FORCE_CAPABLE };

static int choice_set(const char *val, const struct kernel_param *kp)
{
	struct choice *c = kp->arg;
	int i;

	for (i = 0; c->names[i]; i++) {
		if (sysfs_streq(val, c->names[i])) {
			WRITE_ONCE(c->value, i);
			return 0;
		}
	}
	return -EINVAL;
}

static int choice_get(char *buffer, const struct kernel_param *kp)
{
	const struct choice *c = kp->arg;

	return sysfs_emit(buffer, "%s\n", c->names[READ_ONCE(c->value)]);
}

static const struct kernel_param_ops choice_ops = {
	.set = choice_set,
	.get = choice_get,
};

module_param_cb(engine, &choice_ops, &engine, 0644);
MODULE_PARM_DESC(engine, "auto (default), remote (access_process_vm) or pinned");

module_param_cb(force, &choice_ops, &force, 0644);
MODULE_PARM_DESC(force, "who may write through read-only protections: never, ptrace (the tracer), capable (default: or CAP_SYS_PTRACE), always");

/**
 * dbgmem_engine - the engine= parameter
 */
u32 dbgmem_engine(void)
{
	return READ_ONCE(engine.value);
}

/**
 * dbgmem_force_policy - the force= parameter
 */
u32 dbgmem_force_policy(void)
{
	return READ_ONCE(force.value);
}
