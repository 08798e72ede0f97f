// SPDX-License-Identifier: GPL-2.0
/* The header of the program that a core is of: the target chose it. */
/* sources: user/cli/core.c */
#define _GNU_SOURCE
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "core.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static int fd = -1;
	struct core_kind kind;
	uint64_t size;

	if (fd < 0)
		fd = memfd_create("program", MFD_CLOEXEC);
	MUST(fd >= 0);
	MUST(!ftruncate(fd, 0) && pwrite(fd, data, len, 0) == (ssize_t)len);
	MUST(!lseek(fd, 0, SEEK_SET));
	if (!core_kind_of(fd, &kind)) {
		MUST(len >= 4 && !memcmp(data, ELFMAG, 4));
		size = core_headers_size(&kind, 1);
		MUST(size == (kind.wide ? 64 + 56 : 52 + 32));
	}
	return 0;
}
