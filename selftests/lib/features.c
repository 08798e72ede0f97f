// SPDX-License-Identifier: GPL-2.0
#include "features.h"

bool module_takes(uint64_t flags)
{
	static uint64_t taken;
	struct dbgmem_info info;
	int fd;

	if (!taken) {
		fd = dev_open(O_RDONLY);
		/* A test without the device is to fail at what it tests. */
		taken = fd < 0 || module_info(fd, &info) ?
			~0ULL : info.transfer_flags;
		if (fd >= 0)
			close(fd);
	}
	return !(flags & ~taken);
}

bool takes_flags(uint64_t flags)
{
	static bool said;

	if (module_takes(flags))
		return true;
	if (!said)
		fprintf(stderr, "# scaled down: without NOFAULT, which this kernel cannot do\n");
	said = true;
	return false;
}
