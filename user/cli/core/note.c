// SPDX-License-Identifier: GPL-2.0
/*
 * The notes of a core in the kernel's layout: struct elf_prstatus and elf_prpsinfo,
 * with longs of the target's size.
 */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/note.h"

#define OWNER		"CORE"
/* siginfo_t */
#define SIGINFO_SIZE	128
/* pr_cursig and the padding before the next long */
#define SIGNAL_PAD	4

/* The descriptor of a note, while it is built. */
struct desc {
	FILE *f;
	char *text;
	size_t len;
	size_t word;		/* size of a long */
};

static int desc_begin(struct desc *d, const struct notes *n)
{
	d->word = n->wide ? 8 : 4;
	d->text = NULL;
	d->f = open_memstream(&d->text, &d->len);
	return d->f ? 0 : -ENOMEM;
}

static void put(struct desc *d, uint64_t value, size_t size)
{
	const uint8_t byte = (uint8_t)value;
	const uint16_t half = (uint16_t)value;
	const uint32_t word = (uint32_t)value;
	const void *p = size == 1 ? (const void *)&byte :
			size == 2 ? (const void *)&half :
			size == 4 ? (const void *)&word : (const void *)&value;

	fwrite(p, size, 1, d->f);
}

static void put_long(struct desc *d, uint64_t value)
{
	put(d, value, d->word);
}

/* A struct timeval. */
static void put_time(struct desc *d, uint64_t ticks)
{
	const uint64_t hz = (uint64_t)sysconf(_SC_CLK_TCK);

	put_long(d, ticks / hz);
	put_long(d, ticks % hz * 1000000 / hz);
}

static void put_ids(struct desc *d, pid_t id, const struct psinfo *info)
{
	put(d, (uint64_t)id, 4);
	put(d, (uint64_t)info->ppid, 4);
	put(d, (uint64_t)info->pgrp, 4);
	put(d, (uint64_t)info->sid, 4);
}

static int desc_add(struct desc *d, struct notes *n, uint32_t type)
{
	bool bad = ferror(d->f);
	int ret = -ENOMEM;

	if (!fclose(d->f) && !bad)
		ret = notes_add(n, OWNER, type, d->text, d->len);
	free(d->text);
	return ret;
}

int note_prstatus(struct notes *n, const struct psinfo *info, const void *regs,
		  size_t len)
{
	static const char siginfo[SIGINFO_SIZE];
	struct desc d;
	size_t i;
	int ret;

	if (desc_begin(&d, n))
		return -ENOMEM;
	/* pr_info: no signal ended the process */
	for (i = 0; i < 3; i++)
		put(&d, 0, 4);
	put(&d, 0, SIGNAL_PAD);
	put_long(&d, info->sigpend);
	put_long(&d, info->sighold);
	put_ids(&d, info->pid, info);
	for (i = 0; i < 4; i++)
		put_time(&d, info->time[i]);
	fwrite(regs, 1, len, d.f);
	/* pr_fpvalid, and padding to the size of a long */
	put(&d, 0, 4);
	if ((size_t)ftell(d.f) % d.word)
		put(&d, 0, 4);
	ret = desc_add(&d, n, NT_PRSTATUS);
	return ret ? ret : notes_add(n, OWNER, NT_SIGINFO, siginfo,
				     sizeof(siginfo));
}

int note_prpsinfo(struct notes *n, const struct psinfo *info, const char *args,
		  size_t len)
{
	static const char states[] = "RSDTZW";
	const char *state = strchr(states, info->state);
	char text[NOTE_ARGS_MAX] = "", name[16] = "";
	struct desc d;
	size_t i;

	if (len > sizeof(text) - 1)
		len = sizeof(text) - 1;
	for (i = 0; i < len; i++)
		text[i] = (char)(args[i] ? args[i] : ' ');
	memcpy(name, info->name, sizeof(name));

	if (desc_begin(&d, n))
		return -ENOMEM;
	put(&d, state ? (uint64_t)(state - states) : 0, 1);
	put(&d, state ? (uint64_t)*state : '.', 1);
	put(&d, info->state == 'Z', 1);
	put(&d, (uint64_t)info->nice, 1);
	if (n->wide)
		put(&d, 0, 4);
	put_long(&d, info->flags);
	/* uid_t and gid_t, which have 16 bits in the 32-bit layout */
	put(&d, info->uid, n->wide ? 4 : 2);
	put(&d, info->gid, n->wide ? 4 : 2);
	put_ids(&d, info->tgid, info);
	fwrite(name, sizeof(name), 1, d.f);
	fwrite(text, sizeof(text), 1, d.f);
	return desc_add(&d, n, NT_PRPSINFO);
}

int note_file(struct notes *n, const struct segments *s, uint64_t page_size)
{
	const struct segment *seg, *end = s->segment + s->nr;
	uint64_t nr = 0;
	struct desc d;

	for (seg = s->segment; seg < end; seg++)
		nr += seg->file ? 1 : 0;
	if (desc_begin(&d, n))
		return -ENOMEM;
	put_long(&d, nr);
	put_long(&d, page_size);
	for (seg = s->segment; seg < end; seg++) {
		if (!seg->file)
			continue;
		put_long(&d, seg->region.start);
		put_long(&d, seg->region.end);
		put_long(&d, seg->region.offset / page_size);
	}
	for (seg = s->segment; seg < end; seg++)
		if (seg->file)
			fwrite(seg->file, strlen(seg->file) + 1, 1, d.f);
	return desc_add(&d, n, NT_FILE);
}
