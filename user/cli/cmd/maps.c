// SPDX-License-Identifier: GPL-2.0
/* dbgmem maps: list the mappings of a process. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <dbgmem.h>

#include "cmd/cmd.h"
#include "target/target.h"
#include "text/json.h"
#include "text/message.h"
#include "text/text.h"

static const struct option options[] = {
	{ "readable", no_argument, NULL, 'r' },
	{ "writable", no_argument, NULL, 'w' },
	{ "executable", no_argument, NULL, 'x' },
	{ "file", no_argument, NULL, 'f' },
	{ "anonymous", no_argument, NULL, 'a' },
	{ "private", no_argument, NULL, 'p' },
	{ "shared", no_argument, NULL, 's' },
	{ "long", no_argument, NULL, 'l' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem maps [OPTION...] PID [ADDR [LEN]]\n\n"
	     "Examples:\n"
	     "  dbgmem maps --executable 1234\n"
	     "  dbgmem maps 1234 0x7f31c0a5e1d0\n\n"
	     "List the mappings of process PID: all of them, the one at ADDR, or those that\n"
	     "overlap the LEN bytes at ADDR. A line has addresses, size, protection as in\n"
	     "/proc/PID/maps, offset in the file, and name.\n\n"
	     "Only mappings that are:\n"
	     "  -r, --readable    -w, --writable   -x, --executable\n"
	     "  -f, --file        of a file, also of one in memory\n"
	     "  -a, --anonymous   of no file\n"
	     "  -p, --private     -s, --shared\n\n"
	     "  -l, --long        print also page size, device and inode\n"
	     "  -j, --json        print JSON\n"
	     "  -h, --help        show this text\n\n"
	     "ADDR and LEN are as for 'dbgmem read'.\n"
	     "Exit status: 0 all were shown, 1 none, 2 usage, 3 a part: the process ended.");
	return finish(STATUS_OK);
}

/* The command line. */
struct query {
	pid_t pid;
	struct target_range at;
	uint64_t addr, end;	/* an @end of 0 is the top of the address space */
	bool whole;		/* all regions: no ADDR was given */
	bool details, json;
	uint64_t filter;
};

static const struct flag {
	uint32_t bit;
	const char *name;
} flags[] = {
	{ DBGMEM_REGION_FILE, "file" },
	{ DBGMEM_REGION_HEAP, "heap" },
	{ DBGMEM_REGION_STACK, "stack" },
	{ DBGMEM_REGION_KERNEL, "kernel" },
	{ DBGMEM_REGION_SPECIAL, "special" },
	{ DBGMEM_REGION_HUGETLB, "hugetlb" },
	{ DBGMEM_REGION_DELETED, "deleted" },
	{ DBGMEM_REGION_CLIPPED, "clipped" },
	{ DBGMEM_REGION_LONG_NAME, "long-name" },
};

#define NR_FLAGS	(sizeof(flags) / sizeof(flags[0]))

static const char *protection(const struct dbgmem_region *r, char text[5])
{
	text[0] = r->flags & DBGMEM_REGION_READ ? 'r' : '-';
	text[1] = r->flags & DBGMEM_REGION_WRITE ? 'w' : '-';
	text[2] = r->flags & DBGMEM_REGION_EXEC ? 'x' : '-';
	text[3] = r->flags & DBGMEM_REGION_SHARED ? 's' : 'p';
	text[4] = '\0';
	return text;
}

/* Format the exact size as LEN accepts it. */
static const char *size_text(uint64_t size, char text[24])
{
	static const char units[] = "KMG";
	int unit = -1;

	while (unit < 2 && size % 1024 == 0) {
		size /= 1024;
		unit++;
	}
	snprintf(text, 24, "%llu%.*s", (unsigned long long)size, unit >= 0,
		 units + (unit < 0 ? 0 : unit));
	return text;
}

static void print_head(const struct query *q)
{
	printf("%-18s %-18s %8s %-4s ", "START", "END", "SIZE", "PROT");
	if (q->details)
		printf("%5s %-7s %10s ", "PAGE", "DEVICE", "INODE");
	printf("%10s %s\n", "OFFSET", "NAME");
}

static void print_row(const struct query *q, const struct dbgmem_region *r,
		      const char *name)
{
	char size[24], page[24], prot[5], offset[24];

	printf("0x%016llx 0x%016llx %8s %s ", (unsigned long long)r->start,
	       (unsigned long long)r->end, size_text(r->end - r->start, size),
	       protection(r, prot));
	if (q->details)
		printf("%5s %02x:%02x   %10llu ", size_text(r->page_size, page),
		       r->dev_major, r->dev_minor,
		       (unsigned long long)r->inode);
	snprintf(offset, sizeof(offset), "0x%llx",
		 (unsigned long long)r->offset);
	printf("%10s", r->flags & DBGMEM_REGION_FILE ? offset : "-");
	if (r->flags & DBGMEM_REGION_LONG_NAME)
		name = "(too long)";
	if (*name)
		putchar(' ');
	text_print(stdout, name, strlen(name));
	putchar('\n');
}

static struct json_object *json_flags(uint32_t bits)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < NR_FLAGS; i++)
		if (bits & flags[i].bit &&
		    json_append(array, json_object_new_string(flags[i].name))) {
			json_object_put(array);
			return NULL;
		}
	return array;
}

static int json_region(struct json_list *l, const struct dbgmem_region *r,
		       const char *name)
{
	struct json_object *o = json_object_new_object();
	char prot[5], device[24], inode[24];
	int bad = 0;

	bad |= json_put(o, "start", json_hex(r->start));
	bad |= json_put(o, "end", json_hex(r->end));
	bad |= json_put(o, "size",
			json_object_new_int64((int64_t)(r->end - r->start)));
	bad |= json_put(o, "protection",
			json_object_new_string(protection(r, prot)));
	bad |= json_put(o, "page_size",
			json_object_new_int64((int64_t)r->page_size));
	bad |= json_put(o, "flags", json_flags(r->flags));
	if (r->flags & DBGMEM_REGION_FILE) {
		snprintf(device, sizeof(device), "%02x:%02x", r->dev_major,
			 r->dev_minor);
		bad |= json_put(o, "offset", json_hex(r->offset));
		bad |= json_put(o, "device", json_object_new_string(device));
		snprintf(inode, sizeof(inode), "%llu",
			 (unsigned long long)r->inode);
		bad |= json_put(o, "inode", json_object_new_string(inode));
	}
	if (*name)
		bad |= json_put(o, "name", json_text(name, strlen(name)));
	if (dbgmem_utf8_valid(name, strlen(name)) < strlen(name))
		bad |= json_put(o, "name_bytes",
				json_bytes((const uint8_t *)name, strlen(name)));
	if (bad) {
		json_object_put(o);
		o = NULL;
	}
	return json_list_add(l, o);
}

/* Nothing was found. Print what is near. */
static int nothing(struct dbgmem *m, const struct query *q)
{
	const char *what = q->filter ? "nothing like that" : "nothing";
	struct dbgmem_region next;

	if (q->whole)
		msg("%s is mapped in process %d", what, (int)q->pid);
	else if (dbgmem_region_next(m, q->addr, q->filter, &next, NULL, 0) > 0)
		msg("%s is mapped at 0x%llx in process %d; the next begins at 0x%llx",
		    what, (unsigned long long)q->addr, (int)q->pid,
		    (unsigned long long)next.start);
	else
		msg("%s is mapped in process %d at 0x%llx or above",
		    what, (int)q->pid, (unsigned long long)q->addr);
	return STATUS_FAILED;
}

/*
 * Print the regions, as JSON into @l. Returns 0 or a negative errno; *@nr were printed.
 */
static int list(struct dbgmem *m, const struct query *q, struct json_list *l,
		size_t *nr)
{
	struct dbgmem_region region;
	struct dbgmem_regions *r;
	const char *name;
	int ret;

	*nr = 0;
	ret = dbgmem_regions_new(m, q->addr, q->end, q->filter,
				 DBGMEM_REGIONS_NAMES, &r);
	if (ret) {
		msg("%s", dbgmem_errstr());
		return ret;
	}
	while ((ret = dbgmem_regions_next(r, &region, &name)) > 0) {
		if (q->json && json_region(l, &region, name)) {
			dbgmem_regions_free(r);
			msg("out of memory");
			return -1;
		}
		if (!q->json && !*nr)
			print_head(q);
		if (!q->json)
			print_row(q, &region, name);
		(*nr)++;
	}
	if (ret < 0)
		msg("%s", dbgmem_errstr());
	dbgmem_regions_free(r);
	return ret < 0 ? ret : 0;
}

static int show(struct dbgmem *m, const struct query *q)
{
	struct json_list l = { 0 };
	size_t nr;
	int ret;

	ret = list(m, q, &l, &nr);
	if (!nr)
		return ret ? STATUS_FAILED : nothing(m, q);
	ret = ret ? STATUS_PARTIAL : STATUS_OK;
	return q->json ? json_list_end(&l, ret) : finish(ret);
}

/* Parse ADDR and LEN. Returns STATUS_OK, or another status after a message. */
static int query_parse(struct query *q, char **args, int nr)
{
	int status;

	q->whole = nr == 1;
	if (q->whole)
		return STATUS_OK;
	status = target_parse("maps", args[1], nr == 3 ? args[2] : "1", &q->at);
	if (!status && !q->at.len)
		return msg_usage("maps", "LEN must not be 0");
	return status;
}

int cmd_maps(int argc, char **argv)
{
	static const struct {
		int option;
		uint64_t filter;
	} filters[] = {
		{ 'r', DBGMEM_REGION_READ },
		{ 'w', DBGMEM_REGION_WRITE },
		{ 'x', DBGMEM_REGION_EXEC },
		{ 'f', DBGMEM_REGION_FILE },
		{ 'a', DBGMEM_REGION_NOT(DBGMEM_REGION_FILE) },
		{ 'p', DBGMEM_REGION_NOT(DBGMEM_REGION_SHARED) },
		{ 's', DBGMEM_REGION_SHARED },
	};
	struct query q = { .pid = 0 };
	struct dbgmem *m;
	int c, status;
	size_t i;

	while ((c = getopt_long(argc, argv, "rwxfapsljh", options,
				NULL)) != -1) {
		for (i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
			if (filters[i].option == c)
				break;
		if (i < sizeof(filters) / sizeof(filters[0]))
			q.filter |= filters[i].filter;
		else if (c == 'l')
			q.details = true;
		else if (c == 'j')
			q.json = true;
		else if (c == 'h')
			return help();
		else
			return msg_hint("maps");
	}
	status = target_pid("maps", argv + optind, argc - optind, &q.pid);
	if (status)
		return status;
	if (argc - optind > 3)
		return msg_usage("maps", "PID is needed, and at most ADDR and LEN");
	if ((uint32_t)q.filter & (q.filter >> 32))
		return msg_usage("maps", "--file and --anonymous, --private and --shared exclude each other");
	status = query_parse(&q, argv + optind, argc - optind);
	if (status)
		return status;
	status = target_attach(q.pid, DBGMEM_OPEN_RDONLY, &q.at, !q.whole, &m);
	if (status)
		return status;
	q.addr = q.at.addr;
	/* A sum of 2^64 becomes 0, which means the top, as without a LEN. */
	q.end = q.at.addr + q.at.len;
	status = show(m, &q);
	dbgmem_close(m);
	return status;
}
