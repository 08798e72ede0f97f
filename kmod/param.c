// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameters: names in /sys/module/dbgmem/parameters, numbers inside.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include <dbgmem/uapi.h>
#include "param.h"

static const char * const engine_names[] = {
	[DBGMEM_ENGINE_AUTO]	= "auto",
	[DBGMEM_ENGINE_REMOTE]	= "remote",
	[DBGMEM_ENGINE_PINNED]	= "pinned",
	NULL
};

static const char * const force_names[] = {
	[DBGMEM_FORCE_POLICY_NEVER]	= "never",
	[DBGMEM_FORCE_POLICY_PTRACE]	= "ptrace",
	[DBGMEM_FORCE_POLICY_CAPABLE]	= "capable",
	[DBGMEM_FORCE_POLICY_ALWAYS]	= "always",
	NULL
};

/**
 * struct choice - a parameter that is one of some names
 * @names: by value
 * @value: the current one
 * @chosen: somebody has set it
 */
struct choice {
	const char * const	*names;
	u32			value;
	bool			chosen;
};

static struct choice engine = { engine_names, DBGMEM_ENGINE_AUTO };
/* Until dbgmem_param_init(). */
static struct choice force = { force_names, DBGMEM_FORCE_POLICY_PTRACE };

static int param_choice_set(const char *val, const struct kernel_param *kp)
{
	struct choice *c = kp->arg;
	int i;

	for (i = 0; c->names[i]; i++) {
		if (sysfs_streq(val, c->names[i])) {
			WRITE_ONCE(c->value, i);
			c->chosen = true;
			return 0;
		}
	}
	return -EINVAL;
}

static int param_choice_get(char *buffer, const struct kernel_param *kp)
{
	const struct choice *c = kp->arg;

	return sysfs_emit(buffer, "%s\n", c->names[READ_ONCE(c->value)]);
}

static const struct kernel_param_ops choice_ops = {
	.set = param_choice_set,
	.get = param_choice_get,
};

module_param_cb(engine, &choice_ops, &engine, 0644);
MODULE_PARM_DESC(engine,
		 "auto (default), remote (access_process_vm) or pinned");

module_param_cb(force, &choice_ops, &force, 0644);
MODULE_PARM_DESC(force, "who may write through read-only protections: never, ptrace (the tracer), capable (or CAP_SYS_PTRACE), always; default: capable, or ptrace where the kernel does not let /proc/PID/mem write so");

/**
 * dbgmem_param_init - defaults that depend on the kernel
 * @force_default: of force=, if that was not given
 */
void __init dbgmem_param_init(u32 force_default)
{
	kernel_param_lock(THIS_MODULE);
	if (!force.chosen)
		WRITE_ONCE(force.value, force_default);
	kernel_param_unlock(THIS_MODULE);
}

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
