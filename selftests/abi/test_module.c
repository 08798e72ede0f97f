// SPDX-License-Identifier: GPL-2.0
/*
 * Loading and unloading through libdbgmem. Each test leaves the module loaded
 * with its default parameters.
 */
#include "proc.h"
#include "userlib.h"
#include <kselftest_harness.h>

#include <dbgmem.h>
#include <ftw.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#define EXPECT_PARAM(_value, _name) do {				\
	char _v[32];							\
	param_get(_name, _v, sizeof(_v));				\
	EXPECT_STREQ(_value, _v) TH_LOG("parameter %s", _name);		\
} while (0)

FIXTURE(module) {
};

FIXTURE_SETUP(module)
{
	ASSERT_EQ(0, dbgmem_module_load(NULL, NULL))
		TH_LOG("%s", dbgmem_errstr());
}

FIXTURE_TEARDOWN(module)
{
	EXPECT_EQ(0, dbgmem_module_unload()) TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ(0, dbgmem_module_load(NULL, NULL))
		TH_LOG("%s", dbgmem_errstr());
}

TEST_F(module, state_follows)
{
	EXPECT_EQ(DBGMEM_MODULE_LIVE, dbgmem_module_state());
	EXPECT_EQ(0, access("/dev/dbgmem", F_OK));
	EXPECT_EQ(0, dbgmem_module_unload());
	EXPECT_EQ(DBGMEM_MODULE_ABSENT, dbgmem_module_state());
	EXPECT_EQ(-1, access("/dev/dbgmem", F_OK));
	/* Not loaded is what was asked for. */
	EXPECT_EQ(0, dbgmem_module_unload());
	EXPECT_EQ(0, dbgmem_module_load(NULL, NULL));
	EXPECT_EQ(DBGMEM_MODULE_LIVE, dbgmem_module_state());
	EXPECT_EQ(0, access("/dev/dbgmem", F_OK));
}

TEST_F(module, not_loaded_says_so)
{
	struct dbgmem_info info = { .size = sizeof(info) };
	struct dbgmem *m = (struct dbgmem *)1;

	ASSERT_EQ(0, dbgmem_module_unload());
	EXPECT_EQ(-ENOENT, dbgmem_open(getpid(), DBGMEM_OPEN_WRITE, &m));
	EXPECT_EQ(NULL, m);
	EXPECT_ERROR(ENOENT, DBGMEM_SOURCE_MODULE, "not loaded", "'dbgmem load'");
	EXPECT_EQ(-ENOENT, dbgmem_get_info(NULL, &info));
	EXPECT_ERROR(ENOENT, DBGMEM_SOURCE_MODULE, "not loaded");
}

TEST_F(module, busy_unload_is_refused)
{
	struct dbgmem *m;
	char byte = 0;
	int fd;

	ASSERT_EQ(0, dbgmem_open(getpid(), DBGMEM_OPEN_WRITE, &m));
	EXPECT_EQ(-EBUSY, dbgmem_module_unload());
	EXPECT_ERROR(EBUSY, DBGMEM_SOURCE_MODULE, "in use", "1 session");
	EXPECT_EQ(DBGMEM_MODULE_LIVE, dbgmem_module_state());
	/* The session is none the worse for it. */
	EXPECT_EQ(0, dbgmem_read_exact(m, (uintptr_t)"x", &byte, 1));
	EXPECT_EQ('x', byte);
	dbgmem_close(m);
	EXPECT_EQ(0, dbgmem_module_unload());

	/* One that is not attached counts too. */
	ASSERT_EQ(0, dbgmem_module_load(NULL, NULL));
	fd = dev_open(O_RDWR);
	ASSERT_GE(fd, 0);
	EXPECT_EQ(-EBUSY, dbgmem_module_unload());
	close(fd);
	EXPECT_EQ(0, dbgmem_module_unload());
}

/* Does this kernel let one write to one's own read-only page so? */
static bool mem_forces(void)
{
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	bool ret = pwrite(fd, "x", 1, (uintptr_t)page) == 1 && *page == 'x';

	munmap(page, 4096);
	close(fd);
	return ret;
}

TEST_F(module, parameters)
{
	struct dbgmem_info info = { .size = sizeof(info) };

	EXPECT_PARAM("auto", "engine");
	EXPECT_PARAM(mem_forces() ? "capable" : "ptrace", "force");
	ASSERT_EQ(0, dbgmem_module_unload());
	ASSERT_EQ(0, dbgmem_module_load(NULL, "engine=pinned force=never"))
		TH_LOG("%s", dbgmem_errstr());
	EXPECT_PARAM("pinned", "engine");
	EXPECT_PARAM("never", "force");
	ASSERT_EQ(0, dbgmem_get_info(NULL, &info));
	EXPECT_EQ(DBGMEM_ENGINE_PINNED, info.engine);
	EXPECT_EQ(DBGMEM_FORCE_POLICY_NEVER, info.force_policy);

	/* Loaded already: nothing changes. */
	EXPECT_EQ(0, dbgmem_module_load(NULL, "engine=remote"));
	EXPECT_PARAM("pinned", "engine");
}

TEST_F(module, bad_parameters_are_refused)
{
	ASSERT_EQ(0, dbgmem_module_unload());
	EXPECT_EQ(-EINVAL, dbgmem_module_load(NULL, "engine=auto strict=never"));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "no parameter \"strict\"",
		     "engine=", "force=", "audit=", "mirror_pages=",
		     "window_pages=", "window_lease=");
	EXPECT_EQ(-EINVAL, dbgmem_module_load(NULL, "for=never"));
	EXPECT_EQ(-EINVAL, dbgmem_module_load(NULL, "force=sometimes"));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_MODULE, "bad value",
		     "force=sometimes");
	EXPECT_EQ(DBGMEM_MODULE_ABSENT, dbgmem_module_state());
}

static char module_path[256];

static int module_visit(const char *path, const struct stat *st, int type,
			struct FTW *ftw)
{
	(void)st;
	if (type != FTW_F || strncmp(path + ftw->base, "dbgmem.ko", 9))
		return 0;
	snprintf(module_path, sizeof(module_path), "%s", path);
	return 1;
}

/* Find the module's file. */
static bool module_find(void)
{
	struct utsname uts;
	char dir[128];

	uname(&uts);
	snprintf(dir, sizeof(dir), "/lib/modules/%s", uts.release);
	return nftw(dir, module_visit, 8, FTW_PHYS) == 1;
}

TEST_F(module, from_a_file)
{
	if (!module_find())
		SKIP(return, "no dbgmem.ko in /lib/modules");
	ASSERT_EQ(0, dbgmem_module_unload());
	EXPECT_EQ(0, dbgmem_module_load(module_path, "force=ptrace"))
		TH_LOG("%s", dbgmem_errstr());
	EXPECT_PARAM("ptrace", "force");
	EXPECT_EQ(DBGMEM_MODULE_LIVE, dbgmem_module_state());
}

TEST_F(module, bad_files_are_refused)
{
	static const char path[] = "/tmp/test_module.ko";
	FILE *f;

	ASSERT_EQ(0, dbgmem_module_unload());
	EXPECT_EQ(-ENOENT, dbgmem_module_load("/nonexistent.ko", NULL));
	EXPECT_ERROR(ENOENT, DBGMEM_SOURCE_MODULE, "/nonexistent.ko",
		     "no such file");
	f = fopen(path, "w");
	ASSERT_NE(NULL, f);
	fputs("This is a text, and long enough to be looked at as a module.\n",
	      f);
	fclose(f);
	EXPECT_EQ(-ENOEXEC, dbgmem_module_load(path, NULL));
	EXPECT_ERROR(ENOEXEC, DBGMEM_SOURCE_MODULE, path, "it is not a module");
	unlink(path);
	EXPECT_EQ(DBGMEM_MODULE_ABSENT, dbgmem_module_state());
}

/* As another user: 0 if both are refused with words. */
static int refused_to_others(void)
{
	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		return 1;
	if (dbgmem_module_unload() != -EPERM ||
	    !strstr(dbgmem_errstr(), "run as root"))
		return 2;
	return 0;
}

static int load_refused_to_others(void)
{
	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		return 1;
	if (dbgmem_module_load(NULL, NULL) != -EPERM ||
	    !strstr(dbgmem_errstr(), "run as root"))
		return 2;
	return 0;
}

static int in_child(int (*fn)(void))
{
	int status = 0;
	pid_t pid;

	pid = fork();
	if (!pid) {
		int ret = fn();

		if (ret)
			fprintf(stderr, "# %s\n", dbgmem_errstr());
		_exit(ret);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(module, only_for_root)
{
	EXPECT_EQ(0, in_child(refused_to_others));
	EXPECT_EQ(DBGMEM_MODULE_LIVE, dbgmem_module_state());
	ASSERT_EQ(0, dbgmem_module_unload());
	EXPECT_EQ(0, in_child(load_refused_to_others));
	EXPECT_EQ(DBGMEM_MODULE_ABSENT, dbgmem_module_state());
}

/* As one who has @other in the place of its own /proc/self/mem: 0 if refused. */
static int load_seeing(const char *other)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)getpid());
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount(other, path, NULL, MS_BIND, NULL))
		return 1;
	if (dbgmem_module_load(NULL, NULL) != -ENODEV ||
	    !strstr(dbgmem_errstr(), "refuses to work"))
		return 2;
	return 0;
}

static int load_seeing_a_file(void)
{
	return load_seeing("/etc/passwd");
}

static int load_seeing_another(void)
{
	return load_seeing("/proc/1/mem");
}

/* What it would learn a mem_fd from is looked at before it is believed. */
TEST_F(module, a_forged_model_of_mem_fds_is_refused)
{
	ASSERT_EQ(0, dbgmem_module_unload());
	EXPECT_EQ(0, in_child(load_seeing_a_file));
	EXPECT_EQ(0, in_child(load_seeing_another));
	EXPECT_EQ(DBGMEM_MODULE_ABSENT, dbgmem_module_state());
}

/* As one that gets no memory to try it on: 0 if it loads. */
static int load_without_room(const char *params)
{
	struct rlimit none = { 0, 0 };
	int fd = open(module_path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setrlimit(RLIMIT_AS, &none))
		return 1;
	return syscall(SYS_finit_module, fd, params, 0) ? 2 : 0;
}

static int load_that_cannot_try(void)
{
	return load_without_room("");
}

static int load_that_need_not_try(void)
{
	return load_without_room("force=capable");
}

static const char * const forced[] = {
	"force=never", "force=ptrace", "force=capable", "force=always",
};

/* What is not known to be allowed is not; what the administrator says is. */
TEST_F(module, default_of_force_is_learned)
{
	struct dbgmem_info info = { .size = sizeof(info) };
	size_t i;

	if (!module_find())
		SKIP(return, "no dbgmem.ko in /lib/modules");
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, dbgmem_module_unload());
		ASSERT_EQ(0, dbgmem_module_load(NULL, forced[i]));
		EXPECT_PARAM(forced[i] + 6, "force");
	}
	ASSERT_EQ(0, dbgmem_module_unload());
	ASSERT_EQ(0, in_child(load_that_need_not_try));
	EXPECT_PARAM("capable", "force");
	ASSERT_EQ(0, dbgmem_module_unload());
	ASSERT_EQ(0, in_child(load_that_cannot_try));
	EXPECT_PARAM("ptrace", "force");
	ASSERT_EQ(0, dbgmem_get_info(NULL, &info));
	EXPECT_EQ(DBGMEM_FORCE_POLICY_PTRACE, info.force_policy);
}

TEST_F(module, twenty_times)
{
	struct dbgmem *m;
	char byte;
	int i;

	for (i = 0; i < 20; i++) {
		ASSERT_EQ(0, dbgmem_module_unload())
			TH_LOG("round %d: %s", i, dbgmem_errstr());
		ASSERT_EQ(0, dbgmem_module_load(NULL, NULL))
			TH_LOG("round %d: %s", i, dbgmem_errstr());
		ASSERT_EQ(0, dbgmem_open(getpid(), DBGMEM_OPEN_WRITE, &m))
			TH_LOG("round %d: %s", i, dbgmem_errstr());
		byte = 0;
		EXPECT_EQ(0, dbgmem_read_exact(m, (uintptr_t)"x", &byte, 1));
		EXPECT_EQ('x', byte);
		dbgmem_close(m);
	}
}

TEST_HARNESS_MAIN
