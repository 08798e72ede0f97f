// SPDX-License-Identifier: GPL-2.0
/* PID, ADDR and LEN of a command line, and a session on the process. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "target/addr.h"
#include "target/comm.h"
#include "target/symbolize.h"
#include "target/sample.h"
#include "target/target.h"
#include "text/message.h"
#include "text/num.h"
#include "text/text.h"

/* The kernel keeps this many characters of a process's name. */
#define COMM_CHARS	15

/* Shorter parts match too many names. */
#define PART_MIN	3

#define SPACES		" \t\n"

/* Most processes in an error message. */
#define CANDIDATES	8

static bool comm_fits(const char *comm, const char *want, bool exact)
{
	if (!exact)
		return strcasestr(comm, want);
	return !strncmp(comm, want, COMM_CHARS) &&
	       (strlen(want) > COMM_CHARS || strlen(comm) == strlen(want));
}

/* List processes named @want to @out. Returns how many. */
static unsigned int list_named(const char *want, bool exact, FILE *out)
{
	DIR *dir = opendir("/proc");
	char comm[COMM_SIZE];
	unsigned int nr = 0;
	struct dirent *d;
	pid_t pid;

	while (dir && (d = readdir(dir))) {
		if (num_parse_pid(d->d_name, &pid) || pid == getpid() ||
		    !comm_get(pid, comm) || !comm_fits(comm, want, exact))
			continue;
		if (nr++ == CANDIDATES) {
			fputs(", ...", out);
			break;
		}
		fprintf(out, "%s%d (", nr > 1 ? ", " : "", (int)pid);
		text_print(out, comm, strlen(comm));
		fputc(')', out);
	}
	if (dir)
		closedir(dir);
	return nr;
}

/* @text is not a process id. Suggest processes of that name. */
static int no_pid(const char *verb, const char *text)
{
	const char *base = strrchr(text, '/');
	char *list = NULL;
	unsigned int nr = 0;
	size_t size;
	FILE *f;

	base = base ? base + 1 : text;
	f = *base ? open_memstream(&list, &size) : NULL;
	if (f) {
		nr = list_named(base, true, f);
		if (!nr && strlen(base) >= PART_MIN)
			nr = list_named(base, false, f);
		if (fclose(f))
			nr = 0;
	}
	if (strpbrk(text, SPACES) &&
	    strspn(text, "0123456789" SPACES) == strlen(text))
		msg_usage(verb, "'%s' is more than one process id: give one of them",
			  text);
	else if (nr)
		msg_usage(verb, "'%s' is not a process id: did you mean %s?",
			  text, list);
	else
		msg_usage(verb, "'%s' is not a process id, and no process has that name",
			  text);
	free(list);
	return STATUS_USAGE;
}

/* Is @text the pid of another process of the same name? No address is that low. */
static bool is_other(pid_t pid, const char *text)
{
	char comm[COMM_SIZE], other_comm[COMM_SIZE];
	pid_t other;

	return !num_parse_pid(text, &other) && other != pid &&
	       comm_get(pid, comm) && comm_get(other, other_comm) &&
	       !strcmp(comm, other_comm);
}

int target_pid(const char *verb, char *const *args, int nr, pid_t *pid)
{
	if (nr < 1)
		return msg_usage(verb, "PID is needed");
	if (num_parse_pid(args[0], pid))
		return no_pid(verb, args[0]);
	if (nr > 1 && is_other(*pid, args[1]))
		return msg_usage(verb, "%s and %s are both process ids, of the same name: give one of them",
				 args[0], args[1]);
	return STATUS_OK;
}

static int range_check(const char *verb, const struct target_range *r)
{
	if (!r->len || r->addr + (r->len - 1) >= r->addr)
		return STATUS_OK;
	return msg_usage(verb, "%llu bytes at 0x%llx end outside the 64-bit address space",
			 (unsigned long long)r->len,
			 (unsigned long long)r->addr);
}

static int len_refused(const char *verb, const char *len, int error)
{
	struct sample_type type;

	if (error == -ERANGE)
		return msg_usage(verb, "length '%s' does not fit in 64 bits",
				 len);
	if (!strcmp(verb, "read") && !sample_type_parse(len, &type))
		return msg_usage(verb, "'%s' is a type and not a length: 'dbgmem watch -c 1 PID ADDR %s' prints the value",
				 len, len);
	return msg_usage(verb, "'%s' is not a length: a number of bytes is needed, K, M, G or T may follow it",
			 len);
}

int target_parse(const char *verb, const char *addr, const char *len,
		 struct target_range *r)
{
	char err[256];
	int ret;

	*r = (struct target_range){ .text = addr, .has_len = len };
	ret = len ? num_parse_len(len, &r->len) : 0;
	if (ret)
		return len_refused(verb, len, ret);
	ret = addr_parse(addr, NULL, &r->addr, err, sizeof(err));
	r->named = ret == -EAGAIN;
	if (ret && !r->named)
		return msg_usage(verb, "%s", err);
	return r->named ? STATUS_OK : range_check(verb, r);
}

static bool is_len(enum target_lens lens, const char *word)
{
	return lens == TARGET_LEN_EACH ||
	       (lens == TARGET_LEN_SOME && *word >= '0' && *word <= '9');
}

int target_parse_all(const char *verb, char *const *args, int nr,
		     enum target_lens lens, struct target_range **r,
		     size_t *nr_ranges)
{
	int status = STATUS_OK, i;
	bool len;

	*nr_ranges = 0;
	*r = calloc((size_t)nr, sizeof(**r));
	if (!*r) {
		msg("out of memory");
		return STATUS_FAILED;
	}
	if (lens == TARGET_LEN_EACH && nr % 2)
		return msg_usage(verb, "each of several ADDRs needs a LEN: '%s' has none",
				 args[nr - 1]);
	for (i = 0; i < nr && !status; i += 1 + len) {
		len = i + 1 < nr && is_len(lens, args[i + 1]);
		status = target_parse(verb, args[i], len ? args[i + 1] : NULL,
				      &(*r)[(*nr_ranges)++]);
	}
	return status;
}

/*
 * /proc/PID/mem is bound to the program that runs when it is opened: if an execve
 * follows, the module refuses it, and the new program is not touched. Returns -ESRCH
 * also if only the first thread has ended, which dbgmem_open() can handle.
 */
static int open_mem_fd(pid_t pid, unsigned int flags, struct dbgmem **m)
{
	char path[64];
	int fd, ret;

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	fd = open(path, O_CLOEXEC | (flags & DBGMEM_OPEN_WRITE ? O_RDWR :
								 O_RDONLY));
	if (fd < 0)
		return -ESRCH;
	ret = dbgmem_open_mem_fd(pid, fd, flags, m);
	close(fd);
	return ret;
}

int target_open(pid_t pid, unsigned int flags, struct dbgmem **m)
{
	int ret;

	ret = open_mem_fd(pid, flags, m);
	if (ret == -ESRCH)
		ret = dbgmem_open(pid, flags, m);
	if (!ret)
		return STATUS_OK;
	if (ret == -ESTALE)
		msg("process %d has just executed another program: nothing was done; run the command again for the new program",
		    (int)pid);
	else
		msg("%s", dbgmem_errstr());
	return STATUS_FAILED;
}

/* Could it be the name of a variable or a function? */
static bool is_identifier(const char *s)
{
	if (!isalpha((unsigned char)*s) && *s != '_')
		return false;
	while (isalnum((unsigned char)*s) || *s == '_' || *s == ':')
		s++;
	return !*s;
}

static int resolve_name(struct dbgmem *m, const struct symbolizer *p,
			struct target_range *r)
{
	const int pid = dbgmem_pid(m);
	char err[1024];
	int ret;

	ret = addr_parse(r->text, p, &r->addr, err, sizeof(err));
	if (!ret) {
		r->named = false;
		return range_check("", r);
	}
	msg("process %d: %s", pid, err);
	if (ret == -ENOENT && is_identifier(r->text))
		msg("is %s a variable? 'gdb -p %d -batch -ex \"print &%s\"' prints its address; or 'nm /proc/%d/exe' does: add the program's mapping if it is position-independent",
		    r->text, pid, r->text, pid);
	return STATUS_FAILED;
}

/* 555555554000 is a decimal number, but may be meant to be hexadecimal. */
static int decimal_check(struct dbgmem *m, const struct target_range *r)
{
	struct dbgmem_region region;
	char hex[32];
	uint64_t v;

	if (strspn(r->text, "0123456789") != strlen(r->text) ||
	    dbgmem_region_query(m, r->addr, 0, &region, NULL, 0))
		return STATUS_OK;
	snprintf(hex, sizeof(hex), "0x%.16s", r->text);
	if (num_parse(hex, &v) ||
	    dbgmem_region_query(m, v, 0, &region, NULL, 0) <= 0)
		return STATUS_OK;
	msg("nothing is mapped in process %d at %s, which is decimal: write %s?",
	    (int)dbgmem_pid(m), r->text, hex);
	return STATUS_FAILED;
}

int target_resolve(struct dbgmem *m, struct target_range *r, size_t nr)
{
	struct symbolizer p = { 0 };
	bool looked = false;
	int status = STATUS_OK;
	size_t i;

	for (i = 0; i < nr && !status; i++) {
		if (!r[i].named) {
			status = decimal_check(m, &r[i]);
			continue;
		}
		if (!looked)
			status = symbolizer_load(&p, m);
		looked = true;
		if (!status)
			status = resolve_name(m, &p, &r[i]);
	}
	symbolizer_free(&p);
	return status;
}

int target_attach(pid_t pid, unsigned int flags, struct target_range *r,
		  size_t nr, struct dbgmem **m)
{
	int status;

	status = target_open(pid, flags, m);
	if (status)
		return status;
	status = target_resolve(*m, r, nr);
	if (status) {
		dbgmem_close(*m);
		*m = NULL;
	}
	return status;
}

int target_extent(struct dbgmem *m, struct target_range *r)
{
	struct dbgmem_regions *regions;
	struct dbgmem_region region;
	uint64_t end = 0;
	char *first = NULL;
	const char *name;
	int ret;

	ret = dbgmem_regions_new(m, r->addr, 0, 0, DBGMEM_REGIONS_NAMES,
				 &regions);
	while (!ret && (ret = dbgmem_regions_next(regions, &region, &name)) > 0) {
		ret = 0;
		if (end && (region.start != end || !*name ||
			    strcmp(first, name) != 0))
			break;
		if (!end && region.start > r->addr)
			break;
		if (!first)
			first = strdup(name);
		if (!first)
			ret = -ENOMEM;
		end = region.end;
	}
	dbgmem_regions_free(regions);
	free(first);
	r->len = end - r->addr;
	if (ret)
		msg("%s", ret == -ENOMEM ? "out of memory" : dbgmem_errstr());
	else if (!end)
		msg("nothing is mapped in process %d at 0x%llx",
		    (int)dbgmem_pid(m), (unsigned long long)r->addr);
	return ret || !end ? STATUS_FAILED : STATUS_OK;
}
