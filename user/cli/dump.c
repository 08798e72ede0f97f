// SPDX-License-Identifier: GPL-2.0
/* dbgmem dump: a process as an ELF core, without stopping it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dbgmem.h>

#include "bar.h"
#include "cli.h"
#include "contents.h"
#include "core.h"
#include "interrupt.h"
#include "note.h"
#include "num.h"
#include "outfile.h"
#include "segments.h"
#include "threads.h"
#include "tracee.h"

static const struct option options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "registers", no_argument, NULL, 'r' },
	{ "force", no_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem dump [OPTION...] PID FILE\n"
	     "Save process PID to FILE as an ELF core, for gdb and the like, without stopping it:\n"
	     "the memory that the kernel would dump (coredump_filter, MADV_DONTDUMP), and of each\n"
	     "thread that sleeps in a system call its stack pointer, program counter and arguments.\n\n"
	     "  -a, --all        all memory that can be read, files that are mapped too\n"
	     "  -r, --registers  all registers of all threads: stops one after the other, as\n"
	     "                   briefly as possible\n"
	     "  -f, --force      replace FILE\n"
	     "  -h, --help       show this text\n\n"
	     "FILE is there when it is complete. Pages of zeros are holes in it.\n\n"
	     "Exit status: 0 all, 1 failed or ended, no FILE, 2 usage, 3 a part: memory\n"
	     "that could not be read, threads that could not be stopped.");
	return finish(STATUS_OK);
}

struct dump {
	pid_t pid;
	const char *path;
	bool all, stop, replace;
	struct dbgmem *m;
	int dir;		/* see ps_open() */
	uint64_t page_size;
	struct core_kind kind;
	struct outfile out;
	struct segments segments;
	struct pagemap pagemap;
	struct threads threads;
	uint64_t notes_start, notes_end;
	struct contents contents;
	struct bar bar;
};

static int cannot(const struct dump *d, const char *what, int code)
{
	if (code == -ENOENT || code == -ESRCH)
		msg("process %d has exited", (int)d->pid);
	else if (code == -EINTR)
		msg("%s: nothing is saved", strsignal(interrupt_seen()));
	else
		msg("cannot %s process %d: %s", what, (int)d->pid,
		    strerror(-code));
	return STATUS_FAILED;
}

/* Which kind of program it runs. */
static int kind_find(struct dump *d)
{
	int fd, ret;

	fd = openat(d->dir, "exe", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cannot(d, "open the program of", -errno);
	ret = core_kind_of(fd, &d->kind);
	close(fd);
	if (ret || !threads_known(&d->kind)) {
		msg("process %d runs a program of an architecture that is not known here",
		    (int)d->pid);
		return STATUS_FAILED;
	}
	return STATUS_OK;
}

/* Whether what /proc said is of the program that the session is on. */
static int same_program(struct dump *d)
{
	struct dbgmem_info info;

	if (dbgmem_get_info(d->m, &info)) {
		msg("%s", dbgmem_errstr());
		return STATUS_FAILED;
	}
	if (info.state == DBGMEM_STATE_ATTACHED)
		return STATUS_OK;
	msg("process %d has %s", (int)d->pid,
	    info.state == DBGMEM_STATE_EXECED ? "executed another program" :
						"exited");
	return STATUS_FAILED;
}

static int process_notes(struct dump *d, struct notes *n)
{
	struct psinfo info;
	char *text;
	size_t len;
	int ret;

	ret = psinfo_read(d->dir, 0, &info);
	if (ret)
		return ret;
	text = ps_read(d->dir, "cmdline", &len);
	if (!text)
		return -errno;
	ret = note_prpsinfo(n, d->pid, &info, text, len);
	free(text);
	if (ret)
		return ret;
	text = ps_read(d->dir, "auxv", &len);
	if (!text)
		return -errno;
	ret = notes_add(n, "CORE", NT_AUXV, text, len);
	free(text);
	return ret ? ret : note_file(n, &d->segments, d->page_size);
}

static int notes_write(struct dump *d)
{
	/* One for the notes themselves */
	const size_t nr = d->segments.nr + 1;
	struct notes n = {
		.fd = d->out.fd,
		.wide = d->kind.wide,
	};
	int ret;

	n.pos = (core_headers_size(&d->kind, nr) + 3) & ~3ULL;
	d->notes_start = n.pos;
	ret = process_notes(d, &n);
	if (!ret)
		ret = threads_write(&n, &d->kind, d->dir, d->pid, d->stop,
				    &d->threads);
	d->notes_end = n.pos;
	return ret ? cannot(d, "write the notes of", ret) : STATUS_OK;
}

static int contents_copy(struct dump *d)
{
	const struct dbgmem_progress progress = {
		.fn = bar_step,
		.arg = &d->bar,
	};
	struct contents *c = &d->contents;
	int ret;

	*c = (struct contents){
		.m = d->m,
		.dir = d->dir,
		.pagemap = &d->pagemap,
		.progress = &progress,
		.fd = d->out.fd,
		.page_size = d->page_size,
		.pos = d->notes_end,
	};
	bar_begin(&d->bar);
	ret = contents_write(c, &d->segments);
	bar_end(&d->bar);
	if (!ret)
		return STATUS_OK;
	if (!*c->err)
		return cannot(d, "dump", -EINTR);
	msg("%s; %s is not made", c->err, d->path);
	return STATUS_FAILED;
}

static GElf_Word protection(const struct dbgmem_region *r)
{
	return (r->flags & DBGMEM_REGION_READ ? PF_R : 0) |
	       (r->flags & DBGMEM_REGION_WRITE ? PF_W : 0) |
	       (r->flags & DBGMEM_REGION_EXEC ? PF_X : 0);
}

static int headers_write(struct dump *d)
{
	const struct segment *seg = d->segments.segment;
	const size_t nr = d->segments.nr + 1;
	GElf_Phdr *phdrs;
	size_t i;
	int ret;

	phdrs = calloc(nr, sizeof(*phdrs));
	if (!phdrs)
		return cannot(d, "write the headers of", -ENOMEM);
	phdrs[0] = (GElf_Phdr){
		.p_type = PT_NOTE,
		.p_offset = d->notes_start,
		.p_filesz = d->notes_end - d->notes_start,
		.p_align = 4,
	};
	for (i = 1; i < nr; i++, seg++)
		phdrs[i] = (GElf_Phdr){
			.p_type = PT_LOAD,
			.p_offset = seg->pos,
			.p_vaddr = seg->region.start,
			.p_filesz = seg->size,
			.p_memsz = seg->region.end - seg->region.start,
			.p_flags = protection(&seg->region),
			.p_align = d->page_size,
		};
	ret = core_headers_write(d->out.fd, &d->kind, phdrs, nr);
	free(phdrs);
	return ret ? cannot(d, "write the headers of", ret) : STATUS_OK;
}

/* What is to be known of a core that is there. The exit status. */
static int report(const struct dump *d)
{
	const struct threads *t = &d->threads;
	const struct contents *c = &d->contents;

	if (t->refused)
		msg("process %d: %u of %u threads could not be stopped, as thread %d: %s",
		    (int)d->pid, t->refused, t->nr, (int)t->refused_tid,
		    tracee_strerror(t->refused_code));
	if (t->running)
		msg("process %d: %u of %u threads did not sleep: their registers are not known%s",
		    (int)d->pid, t->running, t->nr,
		    d->stop ? "" : "; --registers stops each for a moment and reads them");
	if (!c->missing)
		return t->refused ? STATUS_PARTIAL : STATUS_OK;
	msg("process %d: %llu bytes in %zu of %zu mappings could not be read, first at 0x%llx: %s; they are zeros, or missing, in %s",
	    (int)d->pid, (unsigned long long)c->missing, c->nr_missing,
	    d->segments.nr, (unsigned long long)c->fault_addr,
	    dbgmem_reason_str(c->reason), d->path);
	return STATUS_PARTIAL;
}

static int fill(struct dump *d)
{
	int ret;

	ret = pagemap_open(&d->pagemap, d->dir, d->page_size);
	if (ret)
		return cannot(d, "read the pagemap of", ret);
	ret = segments_find(&d->segments, d->m, d->dir, &d->pagemap, d->all) ?
		STATUS_FAILED : STATUS_OK;
	if (!ret)
		ret = notes_write(d);
	if (!ret)
		ret = same_program(d);
	if (!ret)
		ret = contents_copy(d);
	if (!ret)
		ret = headers_write(d);
	segments_free(&d->segments);
	pagemap_close(&d->pagemap);
	return ret;
}

/* With the process and the session open. */
static int dump(struct dump *d)
{
	struct dbgmem_info info;
	int status;

	if (dbgmem_get_info(d->m, &info)) {
		msg("%s", dbgmem_errstr());
		return STATUS_FAILED;
	}
	d->page_size = info.page_size;
	status = kind_find(d);
	if (!status)
		status = outfile_open(&d->out, d->path, d->replace,
				      "--force");
	if (status)
		return status;
	interrupt_catch();
	status = fill(d);
	if (status) {
		outfile_discard(&d->out);
		return status;
	}
	status = outfile_commit(&d->out);
	return status ? status : report(d);
}

static int run(struct dump *d)
{
	int status;

	/* Opened first, it cannot be that of another process than the session's. */
	d->dir = ps_open(d->pid);
	if (dbgmem_open(d->pid, DBGMEM_OPEN_RDONLY, &d->m)) {
		msg("%s", dbgmem_errstr());
		status = STATUS_FAILED;
	} else {
		status = d->dir < 0 ? cannot(d, "dump", d->dir) : dump(d);
		dbgmem_close(d->m);
	}
	if (d->dir >= 0)
		close(d->dir);
	return status;
}

int cmd_dump(int argc, char **argv)
{
	struct dump d = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "arfh", options, NULL)) != -1) {
		switch (c) {
		case 'a':
			d.all = true;
			break;
		case 'r':
			d.stop = true;
			break;
		case 'f':
			d.replace = true;
			break;
		case 'h':
			return help();
		default:
			return msg_hint("dump");
		}
	}
	if (target_pid("dump", argv + optind, argc - optind, &d.pid))
		return STATUS_USAGE;
	if (argc - optind != 2)
		return msg_usage("dump", "PID and FILE are needed, and nothing else");
	d.path = argv[optind + 1];
	return run(&d);
}
