// SPDX-License-Identifier: GPL-2.0
/* PID, ADDR and LEN: strings to numbers, with the target's maps at hand. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "cli.h"
#include "num.h"

/* The whole of a file whose size is not known before; NULL and errno. */
static char *file_text(const char *path)
{
	size_t len = 0, room = 0, n;
	char *text = NULL, *more;
	FILE *f;
	int err;

	f = fopen(path, "re");
	if (!f)
		return NULL;
	do {
		if (room - len < 2) {
			room = room ? 2 * room : 16384;
			more = realloc(text, room);
			if (!more)
				goto err;
			text = more;
		}
		n = fread(text + len, 1, room - len - 1, f);
		len += n;
	} while (n);
	if (ferror(f))
		goto err;
	text[len] = '\0';
	fclose(f);
	return text;
err:
	err = errno;
	free(text);
	fclose(f);
	errno = err;
	return NULL;
}

static int addr_with_maps(pid_t pid, const char *expr, uint64_t *addr)
{
	char path[64], err[1024] = "";
	struct maps maps;
	char *text;
	int ret;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	text = file_text(path);
	if (!text) {
		if (errno == ENOENT || errno == ESRCH)
			msg("cannot look up '%s': there is no process %d",
			    expr, (int)pid);
		else
			msg("cannot look up '%s': cannot read %s: %s: give a number, or run as root",
			    expr, path, strerror(errno));
		return STATUS_FAILED;
	}
	ret = maps_parse(text, &maps);
	if (ret) {
		msg("cannot look up '%s': cannot understand %s: %s", expr, path,
		    strerror(-ret));
		goto out;
	}
	ret = addr_parse(expr, &maps, addr, err, sizeof(err));
	if (ret)
		msg("process %d: %s", (int)pid, err);
	maps_free(&maps);
out:
	free(text);
	return ret ? STATUS_FAILED : STATUS_OK;
}

int target_parse(const char *verb, const struct target_args *args, pid_t *pid,
		 uint64_t *addr, uint64_t *len)
{
	char err[256] = "";
	int ret;

	if (num_parse_pid(args->pid, pid))
		return msg_usage(verb, "'%s' is not a process id", args->pid);
	if (len) {
		ret = num_parse_len(args->len, len);
		if (ret)
			return msg_usage(verb, ret == -ERANGE ?
				"length '%s' does not fit in 64 bits" :
				"'%s' is not a length: a number, with K, M or G if you like, is needed",
				args->len);
	}
	ret = addr_parse(args->addr, NULL, addr, err, sizeof(err));
	if (ret == -EAGAIN) {
		ret = addr_with_maps(*pid, args->addr, addr);
		if (ret)
			return ret;
	} else if (ret) {
		return msg_usage(verb, "%s", err);
	}
	if (len && *len && *addr + (*len - 1) < *addr)
		return msg_usage(verb, "%llu bytes at 0x%llx end outside the 64-bit address space",
				 (unsigned long long)*len,
				 (unsigned long long)*addr);
	return STATUS_OK;
}
