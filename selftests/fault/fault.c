// SPDX-License-Identifier: GPL-2.0
#include "fault.h"

#define FAULT_BUILD	"dbgmem-inject.ko"
#define FAULT_NTH	"/proc/self/fail-nth"
bool fault_by_build;

bool fault_by_kernel(void)
{
	return !fault_by_build && !access(FAULT_NTH, F_OK);
}

int fault_build_load(const char *params)
{
	char path[256];
	int ret;

	ret = beside(FAULT_BUILD, path, sizeof(path));
	if (!ret)
		ret = dbgmem_module_unload();
	return ret ? ret : dbgmem_module_load(path, params);
}

int fault_begin(void)
{
	static const char * const point[] = {
		"failslab", "fail_page_alloc", "fail_usercopy", "fail_futex",
	};
	static const char * const no[] = {
		"ignore-gfp-wait", "ignore-gfp-highmem",
	};
	char path[96];
	size_t i, j;
	int ret;

	if (!fault_by_kernel())
		return fault_build_load(NULL);
	for (i = 0; i < ARRAY_SIZE(point); i++) {
		/* It would say so of each. */
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/verbose",
			 point[i]);
		ret = file_write(path, "0");
		if (ret)
			return ret;
		for (j = 0; j < ARRAY_SIZE(no); j++) {
			snprintf(path, sizeof(path), "/sys/kernel/debug/%s/%s",
				 point[i], no[j]);
			ret = file_write(path, "N");
			if (ret && ret != -ENOENT)
				return ret;
		}
	}
	return file_write("/sys/kernel/debug/fail_page_alloc/min-order", "0");
}

int fault_kinds(unsigned int kinds)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", kinds);
	return fault_by_kernel() ? 0 : param_set("fail_kinds", text);
}

int fault_end(void)
{
	int ret = 0;

	if (!fault_by_kernel())
		ret = dbgmem_module_unload();
	return ret ? ret : dbgmem_module_load(NULL, NULL);
}

/* This process's own counter. */
static int fault_file(void)
{
	static int fd = -1;
	static pid_t pid;

	if (pid != getpid()) {
		fd = open(fault_by_kernel() ? FAULT_NTH : PARAM_DIR "fail_nth",
			  O_RDWR | O_CLOEXEC);
		pid = getpid();
	}
	return fd;
}

bool fault_arm(unsigned int nth)
{
	char text[16];
	int len, fd = fault_file();

	len = snprintf(text, sizeof(text), "%u", nth);
	return pwrite(fd, text, len, 0) == len;
}

bool fault_disarm(void)
{
	char text[16] = "";
	int fd = fault_file();
	bool struck;

	struck = pread(fd, text, sizeof(text) - 1, 0) > 0 && !atoi(text);
	while (!struck && pwrite(fd, "0", 1, 0) != 1 && errno == EFAULT)
		;
	return struck;
}
