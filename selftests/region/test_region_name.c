// SPDX-License-Identifier: GPL-2.0
/*
 * Names of DBGMEM_IOC_REGION_LIST: their buffer, names that do not fit, names of
 * deleted files, and files seen from another root.
 */
#include "region_fixture.h"

/* The first region whose name contains @part; -1 if none. */
static int find(const struct regions *all, const char *part)
{
	uint32_t i;

	for (i = 0; i < all->nr; i++)
		if (strstr(region_name(all, i), part))
			return i;
	return -1;
}

TEST_F(region, name_is_the_path_newline_and_all)
{
	struct dbgmem_region r;
	int i;

	ASSERT_EQ(0, regions_get(self->fd, self->all));
	i = find(self->all, "file");
	ASSERT_LE(0, i);
	EXPECT_STREQ(RICH_DIR "/a\nfile", region_name(self->all, i));
	EXPECT_EQ((uintptr_t)self->rich.addr[RICH_SHARED_FILE_READ] ==
		  self->all->r[i].start ||
		  (uintptr_t)self->rich.addr[RICH_PRIVATE_FILE] ==
		  self->all->r[i].start, true);
	/* gone, or only called so */
	i = find(self->all, "gone");
	ASSERT_LE(0, i);
	EXPECT_STREQ(RICH_DIR "/gone (deleted)", region_name(self->all, i));
	EXPECT_TRUE(self->all->r[i].flags & DBGMEM_REGION_DELETED);
	i = find(self->all, "here");
	ASSERT_LE(0, i);
	EXPECT_STREQ(RICH_DIR "/here (deleted)", region_name(self->all, i));
	EXPECT_FALSE(self->all->r[i].flags & DBGMEM_REGION_DELETED);
	rich_unlink("here (deleted)");
	ASSERT_TRUE(region_at(self->fd, self->rich.addr[RICH_ODD_NAME], &r));
	EXPECT_TRUE(r.flags & DBGMEM_REGION_DELETED);
}

TEST_F(region, name_of_two_mappings_of_a_file_is_kept_once)
{
	const char *p = self->rich.addr[RICH_PRIVATE_FILE];
	struct dbgmem_region_list l = region_list(self->all);
	struct dbgmem_region *r = self->all->r;

	l.addr = (uintptr_t)p;
	l.end = (uintptr_t)p + 2 * PAGE;
	/* room for it once */
	l.names_size = strlen(RICH_DIR "/a\nfile") + 1;
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	ASSERT_EQ(2, l.nr);
	EXPECT_EQ(0, l.more);
	EXPECT_EQ(r[0].name, r[1].name);
	EXPECT_EQ(r[0].name_len, r[1].name_len);
	EXPECT_STREQ(RICH_DIR "/a\nfile", self->all->names + r[1].name);
}

TEST_F(region, name_that_does_not_fit_ends_the_call_before_it)
{
	struct dbgmem_region_list l = region_list(self->all);
	const char *want = RICH_DIR "/shared";
	char *names = self->all->names;
	struct dbgmem_region *r = self->all->r;
	size_t size;

	/* the file's two pages, and the next named one, whatever that is */
	l.addr = (uintptr_t)self->rich.addr[RICH_SHARED_FILE];
	l.nr_entries = 1;
	for (size = 1; size < strlen(want) + 4; size++) {
		memset(names, 0x5a, size + 1);
		l.names_size = size;
		ASSERT_EQ(0, region_ioctl(self->fd, &l));
		ASSERT_EQ(1, l.nr);
		EXPECT_EQ(strlen(want), r->name_len);
		EXPECT_EQ(size <= strlen(want),
			  !!(r->flags & DBGMEM_REGION_LONG_NAME));
		EXPECT_EQ(0x5a, names[size]);
		if (size > strlen(want)) {
			EXPECT_STREQ(want, names + r->name);
		} else {
			EXPECT_EQ(-1, byte_differs(names, 0x5a, size + 1));
		}
	}
	/* room for the first name and no other */
	l.nr_entries = MAX_REGIONS;
	l.names_size = strlen(want) + 3;
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	ASSERT_LE(1, l.nr);
	ASSERT_GT(MAX_REGIONS, l.nr);
	EXPECT_EQ(1, l.more);
	EXPECT_EQ(r[l.nr - 1].end, l.next);
	/* the one that it ended before comes first then, whole or not */
	l.addr = l.next;
	l.flags = DBGMEM_REGION_LIST_CLIP;
	l.nr_entries = 1;
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	ASSERT_EQ(1, l.nr);
	EXPECT_LT(0, r->name_len);
}

/* Map a file whose path has @len bytes or a few less; NULL if it cannot be. */
static char *map_deep(size_t len, size_t *path_len)
{
	char name[201], *p = NULL;
	size_t have = strlen("/tmp");
	int dir = open("/tmp", O_PATH | O_DIRECTORY | O_CLOEXEC), fd, next;

	memset(name, 'd', 200);
	name[200] = 0;
	while (dir >= 0 && have + 201 + 2 <= len) {
		mkdirat(dir, name, 0700);
		next = openat(dir, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(dir);
		dir = next;
		have += 201;
	}
	fd = openat(dir, "f", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0 && !ftruncate(fd, PAGE))
		p = rich_place(PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	close(dir);
	*path_len = have + 2;
	return p;
}

TEST_F(region, path_of_up_to_16_kib_is_told_whole)
{
	struct dbgmem_region_list l = region_list(self->all);
	struct dbgmem_region *r = self->all->r;
	size_t len, longest;
	struct target t;
	char *p, *q;
	int fd;

	p = map_deep(9000, &len);
	ASSERT_NE(NULL, p);
	q = map_deep(17000, &longest);
	ASSERT_NE(NULL, q);
	ASSERT_LT(16384, longest);
	ASSERT_EQ(0, target_start(&t));
	fd = session_open(t.pid, O_RDONLY);
	ASSERT_LE(0, fd);

	l.addr = (uintptr_t)p;
	l.nr_entries = 1;
	ASSERT_EQ(0, region_ioctl(fd, &l));
	ASSERT_EQ(1, l.nr);
	EXPECT_EQ(len, r->name_len);
	EXPECT_EQ(len, strlen(self->all->names));
	EXPECT_EQ(0, memcmp("/tmp/ddd", self->all->names, 8));
	EXPECT_STREQ("d/f", self->all->names + len - 3);
	/* its length is known where it does not fit */
	l.names_size = 4096;
	ASSERT_EQ(0, region_ioctl(fd, &l));
	ASSERT_EQ(1, l.nr);
	EXPECT_TRUE(r->flags & DBGMEM_REGION_LONG_NAME);
	EXPECT_EQ(len, r->name_len);
	/* beyond that the region comes without */
	l.addr = (uintptr_t)q;
	l.names_size = NAMES_SIZE;
	ASSERT_EQ(0, region_ioctl(fd, &l));
	ASSERT_EQ(1, l.nr);
	EXPECT_EQ((uintptr_t)q, r->start);
	EXPECT_TRUE(r->flags & DBGMEM_REGION_LONG_NAME);
	EXPECT_EQ(0, r->name_len);

	/* and stops nothing, whoever comes before or behind */
	ASSERT_EQ(0, maps_of(t.pid, self->maps));
	ASSERT_EQ(0, regions_get(fd, self->all));
	EXPECT_EQ(self->maps->nr, self->all->nr);
	EXPECT_LE(0, find(self->all, "[stack]"));
	ASSERT_EQ(0, regions_get_by(fd, self->all, 5, 100));
	EXPECT_EQ(self->maps->nr, self->all->nr);
	close(fd);
	target_stop(&t);
}

/* Many names, so that the kernel's 16 KiB are filled several times. */
#define FILES	300

TEST_F(region, hundreds_of_files_have_all_their_names)
{
	char name[200];
	struct target t;
	int fd, i;

	for (i = 0; i < FILES; i++) {
		memset(name, 'n', 150);
		sprintf(name + 150, "%d", i);
		fd = rich_file(name, O_RDWR);
		ASSERT_LE(0, fd);
		ASSERT_NE(MAP_FAILED, mmap(NULL, PAGE, PROT_READ, MAP_SHARED,
					   fd, 0));
		close(fd);
		rich_unlink(name);
	}
	ASSERT_EQ(0, target_start(&t));
	fd = session_open(t.pid, O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, maps_of(t.pid, self->maps));
	ASSERT_LT(FILES, self->maps->nr);
	ASSERT_EQ(0, regions_get(fd, self->all));
	EXPECT_MAPS(self->all, self->maps, true);
	/* 20,000 bytes: more than the kernel's, and not enough for all */
	ASSERT_EQ(0, regions_get_by(fd, self->all, MAX_REGIONS, 20000));
	EXPECT_MAPS(self->all, self->maps, true);
	close(fd);
	target_stop(&t);
}

/* --- the caller's root --- */

struct other_root {
	int session, maps_fd;
	struct regions *all;
	struct maps *maps;
	int result;
};

static long look_from_other_root(void *arg)
{
	struct other_root *o = arg;

	/* what is below is named from there, what is not is unreachable */
	if (chroot(RICH_DIR) || chdir("/"))
		return -errno;
	o->result = regions_get(o->session, o->all);
	if (!o->result)
		o->result = maps_get(o->maps_fd, o->maps);
	return 0;
}

TEST_F(region, names_are_as_seen_from_the_callers_root)
{
	struct other_root *o = shared_alloc(PAGE);
	struct target agent;

	ASSERT_NE(NULL, o);
	*o = (struct other_root){
		.session = self->fd,
		.maps_fd = proc_open(self->pid, "maps", O_RDONLY),
		.all = self->all,
		.maps = self->maps,
	};
	ASSERT_EQ(0, target_start(&agent));
	ASSERT_EQ(0, target_call(&agent, look_from_other_root, o));
	ASSERT_EQ(0, o->result);
	EXPECT_MAPS(self->all, self->maps, true);
	EXPECT_LE(0, find(self->all, "/shared"));
	EXPECT_STREQ("/shared",
		     region_name(self->all, find(self->all, "/shared")));
	target_stop(&agent);
	close(o->maps_fd);
}

TEST_HARNESS_MAIN
