// SPDX-License-Identifier: GPL-2.0
/* Information that only /proc/PID/smaps has about a mapping. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/smaps.h"
#include "run/interrupt.h"

int smaps_open(struct smaps *s, int dir)
{
	int fd, err;

	*s = (struct smaps){ 0 };
	fd = openat(dir, "smaps", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	s->f = fdopen(fd, "r");
	if (s->f)
		return 0;
	err = errno;
	close(fd);
	return -err;
}

void smaps_close(struct smaps *s)
{
	free(s->line);
	if (s->f)
		fclose(s->f);
	*s = (struct smaps){ 0 };
}

/* Returns 1, 0 at the end, or a negative errno. */
static int line_read(struct smaps *s)
{
	errno = 0;
	if (getline(&s->line, &s->room, s->f) > 0)
		return 1;
	if (ferror(s->f) || !feof(s->f))
		return errno ? -errno : -EIO;
	return 0;
}

/* "55c0e6a3a000-55c0e6a5b000 rw-p ..." begins a mapping: digits are lower case. */
static bool parse_first(const char *line, struct smaps_entry *e)
{
	char *end;

	if (!strchr("0123456789abcdef", *line))
		return false;
	e->start = strtoull(line, &end, 16);
	if (*end != '-')
		return false;
	e->end = strtoull(end + 1, &end, 16);
	return *end == ' ';
}

static bool begins(const char *line, const char *key)
{
	return !strncmp(line, key, strlen(key));
}

/* Is the number after @key not "0 kB"? */
static bool is_some(const char *line, const char *key)
{
	return begins(line, key) && strtoull(line + strlen(key), NULL, 10);
}

int smaps_next(struct smaps *s, struct smaps_entry *e)
{
	bool told = false;
	int ret = 1;

	if (interrupt_seen())
		return -EINTR;
	memset(e, 0, sizeof(*e));
	if (!s->again)
		ret = line_read(s);
	if (ret <= 0)
		return ret;
	if (!parse_first(s->line, e))
		return -ENODATA;
	s->again = false;
	while ((ret = line_read(s)) > 0) {
		struct smaps_entry next;

		if (parse_first(s->line, &next)) {
			s->again = true;
			break;
		}
		e->own |= is_some(s->line, "Anonymous:") ||
			  is_some(s->line, "Swap:");
		if (!begins(s->line, "VmFlags:"))
			continue;
		told = true;
		e->excluded = strstr(s->line, " dd");
	}
	if (ret < 0)
		return ret;
	return told ? 1 : -ENODATA;
}
