// SPDX-License-Identifier: LGPL-2.1-or-later
/* The kernel module: its state, loading and unloading, through libkmod. */
#define _GNU_SOURCE
#include <errno.h>
#include <libkmod.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define MODULE_NAME	"dbgmem"

/* libkmod would write to stderr; the library's caller decides what to print. */
static void log_nothing(void *data, int priority, const char *file, int line,
			const char *fn, const char *format, va_list args)
{
	(void)data;
	(void)priority;
	(void)file;
	(void)line;
	(void)fn;
	(void)format;
	(void)args;
}

static int kmod_open(struct kmod_ctx **ctx)
{
	*ctx = kmod_new(NULL, NULL);
	if (!*ctx)
		return dbgmem__fail_simple(ENOMEM, DBGMEM_SOURCE_SYSTEM,
					   "cannot use libkmod: out of memory");
	kmod_set_log_fn(*ctx, log_nothing, NULL);
	return 0;
}

static int state_of(struct kmod_module *mod)
{
	switch (kmod_module_get_initstate(mod)) {
	case KMOD_MODULE_BUILTIN:
		return DBGMEM_MODULE_BUILTIN;
	case KMOD_MODULE_LIVE:
		return DBGMEM_MODULE_LIVE;
	case KMOD_MODULE_COMING:
		return DBGMEM_MODULE_COMING;
	case KMOD_MODULE_GOING:
		return DBGMEM_MODULE_GOING;
	default:
		return DBGMEM_MODULE_ABSENT;
	}
}

static int mod_by_name(struct kmod_ctx *ctx, struct kmod_module **mod)
{
	int ret = kmod_module_new_from_name(ctx, MODULE_NAME, mod);

	if (ret)
		return dbgmem__fail_simple(-ret, DBGMEM_SOURCE_SYSTEM,
					   "cannot use libkmod: %s",
					   strerror(-ret));
	return 0;
}

DBGMEM_EXPORT int dbgmem_module_state(void)
{
	struct kmod_module *mod;
	struct kmod_ctx *ctx;
	int ret;

	ret = kmod_open(&ctx);
	if (ret)
		return ret;
	ret = mod_by_name(ctx, &mod);
	if (ret)
		goto out;
	ret = state_of(mod);
	kmod_module_unref(mod);
out:
	kmod_unref(ctx);
	return ret;
}

#define LOAD	"cannot load the module %s: "

static int not_a_module(const char *what, int code)
{
	return dbgmem__fail_simple(code, DBGMEM_SOURCE_MODULE,
		LOAD "it is not a module, or was built for another kernel: build it for the running kernel ('make modules'); the kernel log has the details",
		what);
}

static int load_fail(const char *path, const char *params, int code)
{
	const char *what = path ? path : MODULE_NAME;

	switch (code) {
	case EPERM:
		return dbgmem__fail_simple(code, DBGMEM_SOURCE_MODULE,
			LOAD "not permitted: run as root (CAP_SYS_MODULE); as root: the kernel is locked down, or kernel.modules_disabled is set",
			what);
	case ENOENT:
		if (path)
			return dbgmem__fail_simple(code, DBGMEM_SOURCE_MODULE,
				LOAD "no such file", what);
		return dbgmem__fail_simple(code, DBGMEM_SOURCE_MODULE,
			LOAD "it is not in the module directory of the running kernel: install the headers of that kernel, then 'make' and 'make install' (or 'make dkms-install'); or name the file",
			what);
	case ENOEXEC:
		return not_a_module(what, code);
	case ENOKEY:
	case EKEYREJECTED:
	case EBADMSG:
		return dbgmem__fail_simple(code, DBGMEM_SOURCE_MODULE,
			LOAD "this kernel loads signed modules only: sign it with a key that the kernel trusts",
			what);
	case EINVAL:
		if (!params || !*params)
			return not_a_module(what, code);
		return dbgmem__fail_simple(code, DBGMEM_SOURCE_MODULE,
			LOAD "a parameter has a bad value (\"%s\"): engine= takes auto, remote or pinned; force= always, capable, ptrace or never; audit= Y or N; the others a number",
			what, params);
	case EOPNOTSUPP:
	case ENODEV:
		return dbgmem__fail_simple(code, DBGMEM_SOURCE_MODULE,
			LOAD "it refuses to work on this kernel; the kernel log says why",
			what);
	default:
		return dbgmem__fail_simple(code, DBGMEM_SOURCE_MODULE, LOAD "%s",
					   what, strerror(code));
	}
#undef LOAD
}

/* "name:description" of a parameter, if @l is about one; or NULL. */
static const char *param_of(const struct kmod_list *l)
{
	return strcmp(kmod_module_info_get_key(l), "parm") ? NULL :
	       kmod_module_info_get_value(l);
}

/* Is the parameter named by the first @len bytes of @name in @info? */
static bool param_known(struct kmod_list *info, const char *name, size_t len)
{
	struct kmod_list *l;
	const char *param;

	kmod_list_foreach(l, info) {
		param = param_of(l);
		if (param && !strncmp(param, name, len) && param[len] == ':')
			return true;
	}
	return false;
}

static int param_fail(struct kmod_list *info, const char *name, int len)
{
	char all[256] = "";
	struct kmod_list *l;
	const char *param;
	size_t pos = 0;

	kmod_list_foreach(l, info) {
		param = param_of(l);
		if (param && pos < sizeof(all))
			pos += (size_t)snprintf(all + pos, sizeof(all) - pos,
						" %.*s=",
						(int)strcspn(param, ":"),
						param);
	}
	return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
		"cannot load the module " MODULE_NAME ": it has no parameter \"%.*s\"; those that it has:%s",
		len, name, all);
}

/*
 * The kernel takes an unknown parameter for a remark in its log: a mistyped
 * force=never would leave the default in force without a word. Refuse it.
 */
static int params_check(struct kmod_module *mod, const char *params)
{
	struct kmod_list *info = NULL;
	const char *p = params;
	int ret = 0;

	if (!p || kmod_module_get_info(mod, &info) < 0)
		return 0;
	while (*(p += strspn(p, " "))) {
		size_t len = strcspn(p, " "), name = strcspn(p, "= ");

		if (!param_known(info, p, name)) {
			ret = param_fail(info, p, (int)name);
			break;
		}
		p += len;
	}
	kmod_module_info_free_list(info);
	return ret;
}

static int load(struct kmod_ctx *ctx, const char *path, const char *params)
{
	struct kmod_module *mod, *loaded;
	int ret;

	ret = mod_by_name(ctx, &loaded);
	if (ret)
		return ret;
	ret = state_of(loaded);
	kmod_module_unref(loaded);
	if (ret == DBGMEM_MODULE_LIVE || ret == DBGMEM_MODULE_BUILTIN)
		return 0;

	if (path)
		ret = kmod_module_new_from_path(ctx, path, &mod);
	else
		ret = kmod_module_new_from_name(ctx, MODULE_NAME, &mod);
	if (ret)
		return load_fail(path, params, -ret);
	if (!path && !kmod_module_get_path(mod)) {
		ret = load_fail(path, params, ENOENT);
		goto out;
	}
	ret = params_check(mod, params);
	if (ret)
		goto out;
	if (path)
		ret = kmod_module_insert_module(mod, 0, params);
	else
		ret = kmod_module_probe_insert_module(mod, 0, params, NULL,
						      NULL, NULL);
	if (ret == -EEXIST)
		ret = 0;
	/* A positive number would be a blacklist, which is not asked for. */
	if (ret)
		ret = load_fail(path, params, ret < 0 ? -ret : EPERM);
out:
	kmod_module_unref(mod);
	return ret;
}

DBGMEM_EXPORT int dbgmem_module_load(const char *path, const char *params)
{
	struct kmod_ctx *ctx;
	int ret;

	ret = kmod_open(&ctx);
	if (ret)
		return ret;
	ret = load(ctx, path, params);
	kmod_unref(ctx);
	return ret;
}

static int unload_fail(struct kmod_module *mod, int code)
{
	int users;

#define UNLOAD	"cannot unload the module " MODULE_NAME ": "
	switch (code) {
	case EAGAIN:	/* what O_NONBLOCK makes of a module in use */
	case EBUSY:
		users = kmod_module_get_refcnt(mod);
		return dbgmem__fail_simple(EBUSY, DBGMEM_SOURCE_MODULE,
			UNLOAD "it is in use, %d session(s) open: close them ('fuser " DBGMEM_NODE "' lists the processes)",
			users > 0 ? users : 0);
	case EOPNOTSUPP:
		return dbgmem__fail_simple(EBUSY, DBGMEM_SOURCE_MODULE,
			UNLOAD "it is part of the kernel image");
	case EPERM:
		return dbgmem__fail_simple(code, DBGMEM_SOURCE_MODULE,
			UNLOAD "not permitted: run as root (CAP_SYS_MODULE)");
	default:
		return dbgmem__fail_simple(code, DBGMEM_SOURCE_MODULE, UNLOAD "%s",
					   strerror(code));
	}
#undef UNLOAD
}

DBGMEM_EXPORT int dbgmem_module_unload(void)
{
	struct kmod_module *mod;
	struct kmod_ctx *ctx;
	int ret;

	ret = kmod_open(&ctx);
	if (ret)
		return ret;
	ret = mod_by_name(ctx, &mod);
	if (ret)
		goto out;
	switch (state_of(mod)) {
	case DBGMEM_MODULE_ABSENT:
		break;
	case DBGMEM_MODULE_BUILTIN:
		ret = unload_fail(mod, EOPNOTSUPP);
		break;
	default:
		ret = kmod_module_remove_module(mod, KMOD_REMOVE_NOWAIT);
		if (ret == -ENOENT)
			ret = 0;
		if (ret)
			ret = unload_fail(mod, -ret);
	}
	kmod_module_unref(mod);
out:
	kmod_unref(ctx);
	return ret;
}
