// SPDX-License-Identifier: GPL-2.0
/* dbgmem dump: save a process as an ELF core without stopping it. */
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

#include "cmd/cmd.h"
#include "core/contents.h"
#include "core/core.h"
#include "core/note.h"
#include "core/segments.h"
#include "core/threads.h"
#include "run/bar.h"
#include "run/interrupt.h"
#include "run/outfile.h"
#include "target/target.h"
#include "target/tracee.h"
#include "text/message.h"
#include "text/num.h"

/* It has no letter. */
enum { OPT_REPLACE = 256 };

static const struct option options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "registers", no_argument, NULL, 'r' },
	{ "replace", no_argument, NULL, OPT_REPLACE },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem dump [OPTION...] PID FILE\n\n"
	     "Examples:\n"
	     "  dbgmem dump 1234 core.1234\n"
	     "  dbgmem dump --registers --replace 1234 core.1234\n\n"
	     "Save process PID to FILE as an ELF core, for gdb and the like, without stopping\n"
	     "it: the memory that the kernel would dump (coredump_filter, MADV_DONTDUMP), and\n"
	     "stack pointer, program counter and arguments of each thread in a system call.\n\n"
	     "  -a, --all        save all readable memory, also mapped files\n"
	     "  -r, --registers  save all registers of all threads; this stops the threads,\n"
	     "                   one after the other, as briefly as possible\n"
	     "      --replace    replace FILE if it exists\n"
	     "  -h, --help       show this text\n\n"
	     "FILE appears when it is complete; - is standard output. Zeros are holes in it.\n"
	     "Exit status: 0 all, 1 failed: no FILE, 2 usage, 3 a part: some memory could not\n"
	     "be read, or some threads could not be stopped.");
	return finish(STATUS_OK);
}

struct dump {
	pid_t pid;
	const char *path;	/* NULL: standard output */
	bool all, stop, replace;
	struct dbgmem *m;
	int dir;		/* see ps_open() */
	uint64_t page_size;
	struct core_kind kind;
	char *auxv;
	size_t auxv_len;
	struct outfile out;
	int frame;		/* for headers and notes */
	struct stream stream;	/* for the memory */
	struct segments segments;
	struct dbgmem__present present;
	struct threads threads;
	uint64_t notes_start, notes_end;
	struct contents contents;
	struct bar bar;
	struct dbgmem_progress progress;
};

static const char *name_of(const struct dump *d)
{
	return d->path ? d->path : "standard output";
}

/* What a failed dump leaves. */
static const char *rest_of(const struct dump *d)
{
	return d->path ? "nothing is saved" :
			 "standard output has no complete core";
}

static int cannot(const struct dump *d, const char *what, int code)
{
	if (code == -ENOENT || code == -ESRCH)
		msg("process %d has exited", (int)d->pid);
	else if (code == -EINTR)
		msg("%s: %s", strsignal(interrupt_seen()), rest_of(d));
	else
		msg("cannot %s process %d: %s", what, (int)d->pid,
		    strerror(-code));
	return STATUS_FAILED;
}

/* Find the architecture of the program. */
static int kind_find(struct dump *d)
{
	const struct segments *s = &d->segments;

	d->auxv = ps_read(d->dir, "auxv", &d->auxv_len);
	if (!d->auxv)
		return cannot(d, "read the auxiliary vector of", -errno);
	core_kind_find(&d->kind, s->nr ? s->segment[s->nr - 1].region.end : 0,
		       d->auxv, d->auxv_len);
	if (!threads_known(&d->kind)) {
		msg("process %d runs a program of an unsupported architecture",
		    (int)d->pid);
		return STATUS_FAILED;
	}
	return STATUS_OK;
}

/* Check that the information of /proc is of the session's program. */
static int same_program(struct dump *d)
{
	struct dbgmem_session_info info = { .size = sizeof(info) };

	if (dbgmem_get_session_info(d->m, &info)) {
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
	char args[NOTE_ARGS_MAX];
	struct psinfo info;
	ssize_t len;
	int ret;

	ret = psinfo_read(d->dir, 0, &info);
	if (ret)
		return ret;
	len = ps_read_begin(d->dir, "cmdline", args, sizeof(args));
	if (len < 0)
		return (int)len;
	ret = note_prpsinfo(n, &info, args, (size_t)len);
	if (!ret)
		ret = notes_add(n, "CORE", NT_AUXV, d->auxv, d->auxv_len);
	return ret ? ret : note_file(n, &d->segments, d->page_size);
}

static int notes_write(struct dump *d)
{
	/* one program header for the notes */
	const size_t nr = d->contents.nr + 1;
	struct notes n = {
		.fd = d->frame,
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

/* Convert a result of contents.c. */
static int contents_status(const struct dump *d, int ret)
{
	if (!ret)
		return STATUS_OK;
	if (!*d->contents.err)
		return cannot(d, "dump", -EINTR);
	if (d->path)
		msg("%s; %s is not made", d->contents.err, d->path);
	else
		msg("%s; %s", d->contents.err, rest_of(d));
	return STATUS_FAILED;
}

static int plan(struct dump *d)
{
	d->progress = (struct dbgmem_progress){
		.fn = bar_step,
		.arg = &d->bar,
	};
	d->contents = (struct contents){
		.m = d->m,
		.dir = d->dir,
		.all = d->all,
		.present = &d->present,
		.progress = &d->progress,
		.out = &d->stream,
		.page_size = d->page_size,
	};
	return contents_status(d, contents_plan(&d->contents, &d->segments));
}

static int contents_copy(struct dump *d)
{
	int ret;

	bar_begin(&d->bar);
	ret = contents_write(&d->contents, &d->segments);
	bar_end(&d->bar);
	return contents_status(d, ret);
}

static GElf_Word protection(const struct dbgmem_region *r)
{
	return (r->flags & DBGMEM_REGION_READ ? PF_R : 0) |
	       (r->flags & DBGMEM_REGION_WRITE ? PF_W : 0) |
	       (r->flags & DBGMEM_REGION_EXEC ? PF_X : 0);
}

static GElf_Phdr header_of(const struct dump *d, const struct segment *seg,
			   const struct load *l)
{
	return (GElf_Phdr){
		.p_type = PT_LOAD,
		.p_offset = l->pos,
		.p_vaddr = l->start,
		.p_filesz = l->size,
		.p_memsz = l->end - l->start,
		.p_flags = protection(&seg->region),
		.p_align = d->page_size,
	};
}

static int headers_write(struct dump *d)
{
	const struct segments *s = &d->segments;
	const size_t nr = d->contents.nr + 1;
	const struct segment *seg;
	GElf_Phdr *phdrs, *p;
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
	p = &phdrs[1];
	for (seg = s->segment; seg < s->segment + s->nr; seg++)
		for (i = 0; i < seg->nr; i++)
			*p++ = header_of(d, seg, &d->contents.load[seg->first + i]);
	ret = core_headers_write(d->frame, &d->kind, phdrs, nr);
	free(phdrs);
	return ret ? cannot(d, "write the headers of", ret) : STATUS_OK;
}

/* Copy headers and notes to the stream. */
static int frame_send(struct dump *d)
{
	uint64_t pos = 0;
	char buf[1 << 16];
	ssize_t n;
	int ret = 0;

	for (; pos < d->notes_end && !ret; pos += (uint64_t)n) {
		n = pread(d->frame, buf, d->notes_end - pos < sizeof(buf) ?
			  (size_t)(d->notes_end - pos) : sizeof(buf),
			  (off_t)pos);
		if (n <= 0)
			return cannot(d, "save", n ? -errno : -EIO);
		ret = stream_write(&d->stream, buf, (size_t)n, pos);
	}
	return ret ? cannot(d, "save", ret) : STATUS_OK;
}

/* Report what a complete core lacks. Returns the exit status. */
static int report_threads(const struct dump *d)
{
	const struct threads *t = &d->threads;

	if (t->refused)
		msg("process %d: %u of %u threads could not be stopped, such as thread %d: %s",
		    (int)d->pid, t->refused, t->nr, (int)t->refused_tid,
		    tracee_strerror(t->refused_code));
	if (t->running)
		msg("process %d: %u of %u threads did not sleep: their registers are not known%s",
		    (int)d->pid, t->running, t->nr,
		    d->stop ? "" : "; --registers stops each for a moment and reads them");
	return t->refused ? STATUS_PARTIAL : STATUS_OK;
}

static int report_memory(const struct dump *d)
{
	const struct contents *c = &d->contents;
	uint64_t first = 0;
	size_t nr;

	nr = segments_write_only(&d->segments, &first);
	if (nr)
		msg("process %d: %zu of %zu mappings are left out, first at 0x%llx: the process may write that memory, but not read it",
		    (int)d->pid, nr, d->segments.nr, (unsigned long long)first);
	if (c->nr_opaque)
		msg("process %d: %zu of %zu mappings, first at 0x%llx, are shared, and opening their files may block: pages that only other processes use are missing; --all reads them",
		    (int)d->pid, c->nr_opaque, d->segments.nr,
		    (unsigned long long)c->opaque);
	if (c->missing)
		msg("process %d: %llu bytes in %zu of %zu mappings could not be read, first at 0x%llx: %s; they are zeros, or missing, in %s",
		    (int)d->pid, (unsigned long long)c->missing, c->nr_missing,
		    d->segments.nr, (unsigned long long)c->fault_addr,
		    dbgmem_reason_str(c->reason), name_of(d));
	return nr || c->nr_opaque || c->missing ? STATUS_PARTIAL : STATUS_OK;
}

static int report(const struct dump *d)
{
	const int threads = report_threads(d), memory = report_memory(d);

	return threads ? threads : memory;
}

static int write_all(struct dump *d)
{
	const bool first = d->stream.ordered;
	int status;

	status = notes_write(d);
	if (!status)
		status = same_program(d);
	contents_place(&d->contents, d->notes_end);
	/* On a pipe the headers come first and describe the plan. */
	if (!status && first)
		status = headers_write(d);
	if (!status && first)
		status = frame_send(d);
	if (!status)
		status = contents_copy(d);
	if (!status && !first)
		status = headers_write(d);
	return status;
}

static int fill(struct dump *d)
{
	int status, ret;

	ret = dbgmem__present_open(&d->present, dbgmem_fd(d->m), d->dir,
				   d->page_size, DBGMEM__PRESENT_NONZERO);
	if (ret)
		return cannot(d, "read the pagemap of", ret);
	ret = segments_find(&d->segments, d->m, d->dir, d->all);
	if (ret == -EINTR)
		status = cannot(d, "dump", ret);
	else
		status = ret ? STATUS_FAILED : kind_find(d);
	if (!status)
		status = plan(d);
	if (!status)
		status = write_all(d);
	dbgmem__present_close(&d->present);
	return status;
}

static int output_open(struct dump *d)
{
	FILE *f;

	if (d->path) {
		if (outfile_open(&d->out, d->path, d->replace))
			return STATUS_FAILED;
		d->frame = d->out.fd;
		d->stream = (struct stream){ .fd = d->out.fd };
		return STATUS_OK;
	}
	if (isatty(STDOUT_FILENO)) {
		msg("cannot write a core to a terminal: redirect standard output, or name a FILE");
		return STATUS_FAILED;
	}
	f = tmpfile();
	d->frame = f ? fcntl(fileno(f), F_DUPFD_CLOEXEC, 0) : -1;
	if (d->frame < 0)
		msg("cannot make a temporary file: %s", strerror(errno));
	if (f)
		fclose(f);
	stream_ordered(&d->stream, STDOUT_FILENO);
	return d->frame < 0 ? STATUS_FAILED : STATUS_OK;
}

static int output_close(struct dump *d, int status)
{
	if (!d->path) {
		close(d->frame);
		return status;
	}
	if (!status)
		return outfile_commit(&d->out);
	outfile_discard(&d->out);
	return status;
}

/* Save the process, with the session open. */
static int dump(struct dump *d)
{
	struct dbgmem_info info = { .size = sizeof(info) };
	int status;

	if (dbgmem_get_info(d->m, &info)) {
		msg("%s", dbgmem_errstr());
		return STATUS_FAILED;
	}
	d->page_size = info.page_size;
	status = output_open(d);
	if (status)
		return status;
	interrupt_catch();
	status = output_close(d, fill(d));
	if (!status)
		status = report(d);
	contents_free(&d->contents);
	segments_free(&d->segments);
	free(d->auxv);
	return status;
}

static int run(struct dump *d)
{
	int status;

	/* Opened before the session, so that both are of the same process. */
	d->dir = ps_open(d->pid);
	status = target_open(d->pid, DBGMEM_OPEN_RDONLY, &d->m);
	if (!status) {
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

	while ((c = getopt_long(argc, argv, "arh", options, NULL)) != -1) {
		switch (c) {
		case 'a':
			d.all = true;
			break;
		case 'r':
			d.stop = true;
			break;
		case OPT_REPLACE:
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
		return msg_usage("dump", "PID and FILE are needed, and nothing else; - is standard output");
	if (strcmp(argv[optind + 1], "-"))
		d.path = argv[optind + 1];
	return run(&d);
}
