// SPDX-License-Identifier: GPL-2.0
#include "sizes.h"
#include "splat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int log_fd = -1;

int splat_init(void)
{
	log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log_fd < 0)
		return -errno;
	lseek(log_fd, 0, SEEK_END);
	return 0;
}

/* The runner knows more of them, and has the last word. */
static bool is_splat(const char *line)
{
	static const char *const words[] = {
		"BUG:", "WARNING:", "KASAN:", "UBSAN:", "INFO: ", "Oops",
		"possible ", "suspicious RCU", "refcount_t:", "Call Trace",
		"corruption", "stall",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

const char *splat_look(void)
{
	static char line[1024], first[256];
	const char *text;
	ssize_t n;

	first[0] = 0;
	/* EPIPE: some were overwritten before they were read */
	while ((n = read(log_fd, line, sizeof(line) - 1)) > 0 ||
	       (n < 0 && errno == EPIPE)) {
		line[n > 0 ? n : 0] = 0;
		if (first[0] || !is_splat(line))
			continue;
		/* without the record's head */
		text = strchr(line, ';');
		snprintf(first, sizeof(first), "%.200s",
			 text ? text + 1 : line);
		first[strcspn(first, "\n")] = 0;
	}
	return first[0] ? first : NULL;
}
