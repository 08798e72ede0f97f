// SPDX-License-Identifier: GPL-2.0
#include "ways_in.h"

bool other_ways_in(int fd, pid_t pid, const volatile void *mark)
{
	static const struct { const char *name; int oflags; } file[] = {
		{ "mem", O_RDONLY }, { "mem", O_WRONLY }, { "mem", O_PATH },
		{ "auxv", O_RDONLY }, { "environ", O_RDONLY },
		{ "maps", O_RDONLY }, { "smaps", O_RDONLY },
		{ "pagemap", O_RDONLY }, { "clear_refs", O_WRONLY },
		{ "stat", O_RDONLY }, { "exe", O_RDONLY }, { "", O_RDONLY },
	};
	unsigned char buf[8];
	char task[32];
	size_t i;
	int mine;

	for (i = 0; i < ARRAY_SIZE(file); i++) {
		int r = proc_open(pid, file[i].name, file[i].oflags);

		if (!attach(fd, pid, r))
			return true;
		snprintf(task, sizeof(task), "task/%d/%.10s", (int)pid,
			 file[i].name);
		r = proc_open(pid, task, file[i].oflags);
		if (!attach(fd, pid, r))
			return true;
	}
	mine = proc_open(getpid(), "mem", O_RDWR);
	if (!attach(fd, pid, mine) || !attach(fd, pid, fd) ||
	    !attach(fd, pid, 0) || !attach(fd, pid, -1))
		return true;
	return mem_read(fd, mark, buf, sizeof(buf), 0, NULL) != -ENOTCONN;
}
