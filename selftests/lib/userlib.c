// SPDX-License-Identifier: GPL-2.0
#include "userlib.h"

const char *missing_words(const char *const *words, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strstr(dbgmem_errstr(), words[i]))
			return words[i];
	return "";
}

struct dbgmem_segment user_segment(uint64_t addr, void *buf, uint64_t len)
{
	return (struct dbgmem_segment){
		.addr = addr,
		.buf = (uintptr_t)buf,
		.len = len,
		.done = 77,
		.reason = 77,
	};
}

long bytes_changed(void *hole)
{
	long n = 0;
	size_t i;

	for (i = 0; i < PAGES * PAGE; i++) {
		if (hole && mem + i >= (char *)hole &&
		    mem + i < (char *)hole + PAGE)
			continue;
		n += (uint8_t)mem[i] != pattern(i);
	}
	return n;
}

long other_program(void *unused)
{
	execl("/proc/self/exe", "test_lib", "sleep", NULL);
	return -errno;
}

/* other_program() runs the test with an argument: only wait. */
__attribute__((constructor)) static void sleeper(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "sleep")) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
}
