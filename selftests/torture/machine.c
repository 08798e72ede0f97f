// SPDX-License-Identifier: GPL-2.0
/* The guest: its swap, its memory, and programs that it has. */
#include "torture.h"

#include <glob.h>
#include <sys/swap.h>

#define DISK		"/dev/ram0"
#define DISK_SIZE	"rd_size=131072"	/* kB */

/* Does it succeed? */
bool machine_run(const char *const argv[])
{
	pid_t pid = fork();

	if (pid < 0)
		return false;
	if (!pid) {
		execvp(argv[0], (char **)argv);
		_exit(127);
	}
	return !child_wait(pid);
}

/*
 * A module that makes a disk of memory, which torture.sh gives the guest; or NULL,
 * to go without swap.
 */
const char *machine_disk(void)
{
	return getenv("TORTURE_DISK");
}

/* All of its memory, now: what is written to it later takes no more. */
static bool fill_disk(void)
{
	static const char zeros[64 << 10];
	int fd = open(DISK, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	while (write(fd, zeros, sizeof(zeros)) > 0)
		;
	return !close(fd);
}

bool machine_swap(bool on)
{
	const char *const insmod[] = { "insmod", machine_disk(), DISK_SIZE,
				       NULL };
	const char *const mkswap[] = { "mkswap", DISK, NULL };

	if (!machine_disk())
		return true;
	if (!on)
		return !swapoff(DISK);
	return machine_run(insmod) && fill_disk() && machine_run(mkswap) &&
	       !swapon(DISK, 0);
}

bool machine_remove_disk(void)
{
	const char *const rmmod[] = { "rmmod", "brd", NULL };

	return !machine_disk() || machine_run(rmmod);
}

/* What the caches of the allocator, and KASAN, keep. */
static void shrink_slabs(void)
{
	glob_t g;
	size_t i;

	if (glob("/sys/kernel/slab/*/shrink", 0, NULL, &g))
		return;
	for (i = 0; i < g.gl_pathc; i++)
		file_write(g.gl_pathv[i], "1");
	globfree(&g);
}

/* kB that are swapped out now. */
long machine_swapped(void)
{
	return file_number("/proc/meminfo", "SwapTotal:") -
	       file_number("/proc/meminfo", "SwapFree:");
}

/* kB that are free when nothing is kept that need not be. */
long machine_free(void)
{
	shrink_slabs();
	file_write("/proc/sys/vm/drop_caches", "3");
	return file_number("/proc/meminfo", "MemFree:");
}
