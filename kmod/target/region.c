// SPDX-License-Identifier: GPL-2.0
/*
 * Regions: the target's mappings, as /proc/PID/maps shows them.
 *
 * A batch of mappings is written to kernel memory under the target's mmap_lock,
 * and copied to the caller after the lock was dropped. The target may change
 * everything between two batches: the walk only goes up, and an address that was
 * reported is not reported again.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/kdev_t.h>
#include <linux/mm.h>
#include <linux/path.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "request.h"
#include "target.h"
#include "vma.h"

/*
 * Mappings looked at, and bytes of names put down, in one hold of the lock: what
 * fits into 32 KiB, with struct region_walk.
 */
#define BATCH_REGIONS	240
#define BATCH_NAMES	SZ_16K

/* Entries of page tables that are looked at in one call. */
#define TABLES_LOOKS	4096

#define LIST_BITS	(DBGMEM_REGION_LIST_AT | DBGMEM_REGION_LIST_CLIP | \
			 DBGMEM_REGION_LIST_TABLES)

/* Bits that a filter may have; the others occur in answers only. */
#define FILTER_BITS	(DBGMEM_REGION_READ | DBGMEM_REGION_WRITE | \
			 DBGMEM_REGION_EXEC | DBGMEM_REGION_SHARED | \
			 DBGMEM_REGION_FILE | DBGMEM_REGION_HEAP | \
			 DBGMEM_REGION_STACK | DBGMEM_REGION_KERNEL | \
			 DBGMEM_REGION_SPECIAL | DBGMEM_REGION_HUGETLB | \
			 DBGMEM_REGION_DELETED)

/**
 * struct region_walk - a walk under way
 * @list: the request
 * @mm: the target's
 * @addr: lower addresses were reported, or are not to be
 * @last: nor is what begins above
 * @clip: cut what begins below @addr
 * @cut: cut what reaches above
 * @looks: how many entries of page tables may still be looked at
 * @nr: regions in the batch
 * @max: room for them
 * @path: whose name the last one in the batch is, or NULL
 * @path_name: where that is
 * @path_len: how long it is
 * @names: room for the names of a batch, BATCH_NAMES bytes, or NULL
 * @names_used: bytes of it
 * @names_done: bytes of the caller's that hold those of the batches before
 * @region: the batch
 */
struct region_walk {
	struct dbgmem_region_list *list;
	struct mm_struct	*mm;
	unsigned long		addr;
	unsigned long		last;
	bool			clip;
	unsigned long		cut;
	unsigned int		looks;
	u32			nr;
	u32			max;
	const struct path	*path;
	u32			path_name;
	u32			path_len;
	char			*names;
	u32			names_used;
	u32			names_done;
	struct dbgmem_region	region[];
};

/* How a batch ended. */
enum batch_end {
	BATCH_NEXT,		/* there is more to look at */
	BATCH_FULL,		/* the same, but no room for it */
	BATCH_LAST,
};

static const char *region_kernel_name(struct vm_area_struct *vma)
{
	if (vma->vm_file || !vma->vm_ops || !vma->vm_ops->name)
		return NULL;
	return vma->vm_ops->name(vma);
}

/* As show_map_vma() in fs/proc/task_mmu.c decides, and in its order. */
static u32 region_kind_flags(struct vm_area_struct *vma)
{
	const struct path *path = dbgmem_vma_path(vma);

	if (path) {
		if (d_unlinked(path->dentry) || !dbgmem_vma_inode(vma)->i_nlink)
			return DBGMEM_REGION_FILE | DBGMEM_REGION_DELETED;
		return DBGMEM_REGION_FILE;
	}
	if (region_kernel_name(vma))
		return DBGMEM_REGION_KERNEL;
	if (vma_is_initial_heap(vma))
		return DBGMEM_REGION_HEAP;
	if (vma_is_initial_stack(vma))
		return DBGMEM_REGION_STACK;
	return 0;
}

static u32 region_flags(struct vm_area_struct *vma)
{
	unsigned long vm_flags = vma->vm_flags;
	u32 flags = region_kind_flags(vma);

	if (vm_flags & VM_READ)
		flags |= DBGMEM_REGION_READ;
	if (vm_flags & VM_WRITE)
		flags |= DBGMEM_REGION_WRITE;
	if (vm_flags & VM_EXEC)
		flags |= DBGMEM_REGION_EXEC;
	if (vm_flags & VM_MAYSHARE)
		flags |= DBGMEM_REGION_SHARED;
	if (vm_flags & VM_HUGETLB)
		flags |= DBGMEM_REGION_HUGETLB;
	if (dbgmem_vma_special(vma))
		flags |= DBGMEM_REGION_SPECIAL;
	return flags;
}

/* Names in brackets. */
static int region_name_word(struct vm_area_struct *vma, u32 flags, char *buf,
			    size_t size)
{
	const char *name = NULL;

	if (flags & DBGMEM_REGION_KERNEL)
		name = region_kernel_name(vma);
	else if (flags & DBGMEM_REGION_HEAP)
		name = "[heap]";
	else if (flags & DBGMEM_REGION_STACK)
		name = "[stack]";
	if (name)
		return snprintf(buf, size, "%s", name);
	name = dbgmem_vma_anon_name(vma);
	return name ? snprintf(buf, size, "[anon:%s]", name) : 0;
}

/*
 * The name of @vma to @buf, with a NUL. Its length, which is at least @size if it
 * does not fit.
 */
static u32 region_name_get(struct vm_area_struct *vma, u32 flags, char *buf,
			   u32 size)
{
	u32 len;
	char *p;

	if (!size || !(flags & DBGMEM_REGION_FILE))
		return region_name_word(vma, flags, buf, size);
	/* d_path() puts the name at the end of the buffer. */
	p = d_path(dbgmem_vma_path(vma), buf, size);
	if (IS_ERR(p))
		return size;
	len = strlen(p);
	memmove(buf, p, len + 1);
	return len;
}

/*
 * The name of @vma behind those that are there, or the same place once more for
 * another mapping of the same file. BATCH_LAST if that is done; if not, the batch
 * is over before @vma.
 */
static enum batch_end region_name_add(struct region_walk *w,
				      struct vm_area_struct *vma,
				      struct dbgmem_region *r)
{
	const struct path *path = dbgmem_vma_path(vma);
	u32 room = BATCH_NAMES - w->names_used, len;

	if (path && w->path && path_equal(path, w->path)) {
		r->name = w->path_name;
		r->name_len = w->path_len;
		return BATCH_LAST;
	}
	len = region_name_get(vma, r->flags, w->names + w->names_used, room);
	if (!len)
		return BATCH_LAST;
	if (len >= room) {
		if (w->names_used)
			return BATCH_NEXT;
		r->flags |= DBGMEM_REGION_LONG_NAME;
		return BATCH_LAST;
	}
	r->name_len = len;
	if (len >= w->list->names_size - w->names_done - w->names_used) {
		if (w->names_done + w->names_used)
			return BATCH_FULL;
		r->flags |= DBGMEM_REGION_LONG_NAME;
		return BATCH_LAST;
	}
	r->name = w->names_done + w->names_used;
	w->names_used += len + 1;
	if (path) {
		w->path = path;
		w->path_name = r->name;
		w->path_len = len;
	}
	return BATCH_LAST;
}

static void region_clip(const struct region_walk *w, struct dbgmem_region *r)
{
	if (w->clip && r->start < w->addr) {
		if (r->flags & DBGMEM_REGION_FILE)
			r->offset += w->addr - r->start;
		r->start = w->addr;
		r->flags |= DBGMEM_REGION_CLIPPED;
	}
	if (r->end - 1 > w->cut) {
		r->end = (u64)w->cut + 1;
		r->flags |= DBGMEM_REGION_CLIPPED;
	}
}

static bool region_wanted(const struct region_walk *w, u32 flags)
{
	u32 with = w->list->filter, without = w->list->filter >> 32;

	return (flags & with) == with && !(flags & without);
}

/* BATCH_LAST if @vma is in the batch now; else as region_name_add(). */
static enum batch_end region_add(struct region_walk *w,
				 struct vm_area_struct *vma, u32 flags)
{
	struct dbgmem_region *r = &w->region[w->nr];
	enum batch_end end;

	*r = (struct dbgmem_region) {
		.start = vma->vm_start,
		.end = vma->vm_end,
		.page_size = vma_kernel_pagesize(vma),
		.flags = flags,
	};
	if (flags & DBGMEM_REGION_FILE) {
		const struct inode *inode = dbgmem_vma_inode(vma);

		r->offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
		r->inode = inode->i_ino;
		r->dev_major = MAJOR(inode->i_sb->s_dev);
		r->dev_minor = MINOR(inode->i_sb->s_dev);
	}
	region_clip(w, r);
	if (w->names) {
		end = region_name_add(w, vma, r);
		if (end != BATCH_LAST)
			return end;
	}
	w->nr++;
	return BATCH_LAST;
}

/* There is no room: in the caller's array, or just in this batch. */
static enum batch_end region_batch_full(const struct region_walk *w)
{
	return w->max < BATCH_REGIONS ? BATCH_FULL : BATCH_NEXT;
}

/* The parts of @vma that have page tables: as region_add(), or BATCH_FULL: enough looked. */
static enum batch_end region_add_tables(struct region_walk *w,
					struct vm_area_struct *vma, u32 flags)
{
	unsigned long end = min(vma->vm_end - 1, w->last) + 1, part;
	enum batch_end ret;

	w->addr = max(w->addr, vma->vm_start);
	while (w->addr < end) {
		if (!w->looks)
			return BATCH_FULL;
		if (w->nr == w->max)
			return region_batch_full(w);
		part = end;
		if (!dbgmem_tables_find(vma, &w->addr, &part, &w->looks))
			continue;
		w->cut = part - 1;
		ret = region_add(w, vma, flags);
		if (ret != BATCH_LAST)
			return ret;
		w->addr = part;
	}
	return BATCH_LAST;
}

/* Look at one batch, from w->addr on, which is then where it ended. */
static enum batch_end region_look(struct region_walk *w)
{
	VMA_ITERATOR(vmi, w->mm, w->addr);
	bool tables = w->list->flags & DBGMEM_REGION_LIST_TABLES;
	bool at = w->list->flags & DBGMEM_REGION_LIST_AT;
	struct vm_area_struct *vma;
	enum batch_end end;
	unsigned int i;
	u32 flags;

	/* mmap_assert_locked() wants what DEBUG_VM does not export */
	lockdep_assert_held(&w->mm->mmap_lock);

	w->nr = 0;
	w->names_used = 0;
	w->path = NULL;
	for (i = 0; i < BATCH_REGIONS; i++) {
		if (w->nr == w->max)
			return region_batch_full(w);
		vma = vma_next(&vmi);
		if (!vma || vma->vm_start > (at ? w->addr : w->last))
			return BATCH_LAST;
		flags = region_flags(vma);
		if (!region_wanted(w, flags))
			end = BATCH_LAST;
		else if (tables)
			end = region_add_tables(w, vma, flags);
		else
			end = region_add(w, vma, flags);
		if (end != BATCH_LAST)
			return end;
		w->addr = vma->vm_end;
		w->clip = true;
		if (at)
			return BATCH_LAST;
	}
	return BATCH_NEXT;
}

static int region_put(struct region_walk *w)
{
	struct dbgmem_region_list *l = w->list;
	struct dbgmem_region __user *to = u64_to_user_ptr(l->entries);

	if (w->names_used &&
	    copy_to_user(u64_to_user_ptr(l->names) + w->names_done, w->names,
			 w->names_used))
		return -EFAULT;
	if (copy_to_user(to + l->nr, w->region, w->nr * sizeof(*w->region)))
		return -EFAULT;
	w->names_done += w->names_used;
	l->nr += w->nr;
	return 0;
}

static int region_may_go_on(struct dbgmem_session *s)
{
	if (fatal_signal_pending(current))
		return -EINTR;
	cond_resched();
	return dbgmem_target_errno(s);
}

static int region_walk(struct dbgmem_session *s, struct region_walk *w)
{
	struct dbgmem_region_list *l = w->list;
	enum batch_end end;
	int ret;

	do {
		w->max = min_t(u32, l->nr_entries - l->nr, BATCH_REGIONS);
		if (mmap_read_lock_killable(w->mm))
			return -EINTR;
		end = region_look(w);
		mmap_read_unlock(w->mm);
		ret = region_put(w);
		if (!ret && end == BATCH_NEXT)
			ret = region_may_go_on(s);
	} while (!ret && end == BATCH_NEXT);
	if (end != BATCH_LAST && !ret) {
		l->next = w->addr;
		l->more = 1;
	}
	return ret;
}

static int region_check(const struct dbgmem_region_list *l)
{
	u32 with = l->filter, without = l->filter >> 32;

	if (l->flags & ~LIST_BITS || l->reserved ||
	    (with | without) & ~FILTER_BITS)
		return -EOPNOTSUPP;
	if (with & without || !l->nr_entries ||
	    (l->flags & DBGMEM_REGION_LIST_AT && l->flags & DBGMEM_REGION_LIST_TABLES) ||
	    l->entry_size != sizeof(struct dbgmem_region) ||
	    (l->end && l->end < l->addr))
		return -EINVAL;
	return 0;
}

static_assert(sizeof(struct region_walk) + BATCH_NAMES +
	      BATCH_REGIONS * sizeof(struct dbgmem_region) <= SZ_32K);

static struct region_walk *region_walk_alloc(struct dbgmem_region_list *l)
{
	size_t size = struct_size((struct region_walk *)NULL, region,
				  min_t(u32, l->nr_entries, BATCH_REGIONS));
	struct region_walk *w;

	w = kvmalloc(size + (l->names_size ? BATCH_NAMES : 0),
		     GFP_KERNEL_ACCOUNT);
	if (!w)
		return NULL;
	*w = (struct region_walk) {
		.list = l,
		.addr = l->addr,
		.last = l->end && l->end - 1 < ULONG_MAX ? l->end - 1 :
							    ULONG_MAX,
		.clip = l->flags & (DBGMEM_REGION_LIST_CLIP | DBGMEM_REGION_LIST_TABLES),
		.cut = ULONG_MAX,
		.looks = TABLES_LOOKS,
		.names = l->names_size ? (char *)w + size : NULL,
	};
	if (l->flags & DBGMEM_REGION_LIST_CLIP)
		w->cut = w->last;
	return w;
}

/**
 * dbgmem_ioc_region_list - DBGMEM_IOC_REGION_LIST
 * @ucmd: the request
 */
int dbgmem_ioc_region_list(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_region_list *l = &ucmd->req.region_list;
	struct dbgmem_session *s = ucmd->session;
	struct region_walk *w;
	int ret;

	l->nr = 0;
	l->next = 0;
	l->more = 0;

	ret = region_check(l);
	if (ret)
		return ret;
	ret = dbgmem_target_begin(s, DBGMEM_ACCESS_READ);
	if (ret)
		return ret;
	/* On 32-bit: the target has no such addresses. */
	if (l->addr > ULONG_MAX || (l->end && l->end == l->addr))
		goto out;
	w = region_walk_alloc(l);
	if (!w) {
		ret = -ENOMEM;
		goto out;
	}
	w->mm = s->mm;
	ret = region_walk(s, w);
	kvfree(w);
out:
	dbgmem_target_put(s);
	return ret;
}
