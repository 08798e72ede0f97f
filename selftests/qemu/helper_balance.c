// SPDX-License-Identifier: GPL-2.0
/*
 * helper_balance FILE: what the kernel holds for processes that are no more.
 * Prints a line for each count that is not what it was when FILE was written, and
 * writes FILE anew. For use between test programs, when all that they started is
 * gone, on a kernel booted with slub_debug=F for these caches (else their counts
 * are not exact):
 *
 *	mm_struct, ...	objects that no task in /proc accounts for
 *	LRU pages	that are neither mapped nor in the page cache
 *	pins		taken and not given back, for ever
 *	huge pages	in use
 */
#include "common.h"

#include <dirent.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>

#define SLAB		"/sys/kernel/slab/"
#define WAIT_SECONDS	8	/* for what the kernel puts off */

enum {
	MM_STRUCT,
	VM_AREA_STRUCT,
	TASK_STRUCT,
	PID,
	FILP,
	NR_CACHES,
	LRU_PAGES = NR_CACHES,
	PINS,
	HUGE_PAGES,
	NR_COUNTS
};

static const char *const names[NR_COUNTS] = {
	[MM_STRUCT] = "mm_struct",
	[VM_AREA_STRUCT] = "vm_area_struct",
	[TASK_STRUCT] = "task_struct",
	[PID] = "pid",
	[FILP] = "filp",
	[LRU_PAGES] = "LRU pages that nothing maps",
	[PINS] = "page pins",
	[HUGE_PAGES] = "huge pages",
};

struct balance {
	long n[NR_COUNTS];
};

static void die(const char *what)
{
	printf("cannot take the balance: %s: %s\n", what, strerror(errno));
	exit(2);
}

static int open_or_die(const char *path, int oflags)
{
	int fd = open(path, oflags | O_CLOEXEC);

	if (fd < 0)
		die(path);
	return fd;
}

/* From its beginning. */
static const char *read_or_die(int fd)
{
	static char text[16384];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		die("read");
	text[n] = 0;
	return text;
}

static void write_or_die(int fd)
{
	if (pwrite(fd, "1", 1, 0) != 1)
		die("write");
}

/*
 * Opened once, and for all: a file that is closed counts as one until the kernel
 * has waited for RCU.
 */
static struct {
	int shrink[NR_CACHES], objects[NR_CACHES];
	int vmstat, meminfo, stat_refresh;
} files;

static void open_files(void)
{
	char path[100];
	size_t i;

	for (i = 0; i < NR_CACHES; i++) {
		snprintf(path, sizeof(path), SLAB "%s/shrink", names[i]);
		files.shrink[i] = open_or_die(path, O_WRONLY);
		snprintf(path, sizeof(path), SLAB "%s/objects", names[i]);
		files.objects[i] = open_or_die(path, O_RDONLY);
	}
	files.vmstat = open_or_die("/proc/vmstat", O_RDONLY);
	files.meminfo = open_or_die("/proc/meminfo", O_RDONLY);
	files.stat_refresh = open_or_die("/proc/sys/vm/stat_refresh", O_WRONLY);
}

/* Of what the last look at /proc has closed, and of tasks that are gone. */
static void wait_for_rcu(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0))
			die("membarrier");
		usleep(20000);
	}
}

/*
 * What a processor keeps for itself: an idle one the mm of the task before it,
 * and pages on their way to the LRU lists, which munmap(2) sends on.
 */
static void visit_processors(void)
{
	long cpu, nr = sysconf(_SC_NPROCESSORS_CONF);
	cpu_set_t set;
	void *p;

	for (cpu = 0; cpu < nr; cpu++) {
		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		if (sched_setaffinity(0, sizeof(set), &set))
			die("sched_setaffinity");
		p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		if (p == MAP_FAILED || munmap(p, 4096))
			die("mmap");
	}
}

static long count_lines(const char *path)
{
	FILE *f = fopen(path, "re");
	char line[512];
	long n = 0;

	/* a kernel thread that is gone by now */
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (strchr(line, '\n') && !strstr(line, "[vsyscall]"))
			n++;
	fclose(f);
	return n;
}

static void count_tasks(long *tasks, long *vmas)
{
	char path[300];
	struct dirent *e, *t;
	DIR *proc, *dir;

	*tasks = *vmas = 0;
	proc = opendir("/proc");
	if (!proc)
		die("/proc");
	while ((e = readdir(proc))) {
		if (e->d_name[0] < '1' || e->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/task", e->d_name);
		dir = opendir(path);
		if (!dir)
			continue;
		while ((t = readdir(dir)))
			*tasks += t->d_name[0] != '.';
		closedir(dir);
		snprintf(path, sizeof(path), "/proc/%s/maps", e->d_name);
		*vmas += count_lines(path);
	}
	closedir(proc);
}

/* The number behind @key in @text, which begins a line. */
static long number(const char *text, const char *key)
{
	size_t len = strlen(key);

	while (strncmp(text, key, len)) {
		text = strchr(text, '\n');
		if (!text || !*++text)
			die(key);
	}
	return strtol(text + len, NULL, 10);
}

static void take(struct balance *b)
{
	long tasks, vmas;
	const char *t;
	size_t i;

	visit_processors();
	wait_for_rcu();
	write_or_die(files.stat_refresh);
	t = read_or_die(files.vmstat);
	b->n[LRU_PAGES] = number(t, "nr_inactive_anon ") +
			  number(t, "nr_active_anon ") +
			  number(t, "nr_inactive_file ") +
			  number(t, "nr_active_file ") +
			  number(t, "nr_unevictable ") -
			  number(t, "nr_anon_pages ") -
			  number(t, "nr_file_pages ");
	b->n[PINS] = number(t, "nr_foll_pin_acquired ") -
		     number(t, "nr_foll_pin_released ");
	t = read_or_die(files.meminfo);
	b->n[HUGE_PAGES] = number(t, "HugePages_Total:") -
			   number(t, "HugePages_Free:");
	for (i = 0; i < NR_CACHES; i++) {
		write_or_die(files.shrink[i]);
		b->n[i] = number(read_or_die(files.objects[i]), "");
	}
	count_tasks(&tasks, &vmas);
	b->n[VM_AREA_STRUCT] -= vmas;
	/* kernel threads come and go */
	b->n[TASK_STRUCT] -= tasks;
	b->n[PID] -= tasks;
}

static bool read_balance(const char *path, struct balance *b)
{
	FILE *f = fopen(path, "re");
	bool ok;

	if (!f)
		return false;
	ok = fread(b, sizeof(*b), 1, f) == 1;
	fclose(f);
	return ok;
}

static void write_balance(const char *path, const struct balance *b)
{
	FILE *f = fopen(path, "we");

	if (!f || fwrite(b, sizeof(*b), 1, f) != 1 || fclose(f))
		die(path);
}

int main(int argc, char **argv)
{
	struct balance before = {}, now;
	bool compare;
	time_t end;
	size_t i;
	int same;

	if (argc != 2)
		return 2;
	compare = read_balance(argv[1], &before);
	open_files();
	end = time(NULL) + WAIT_SECONDS;
	/* the first of all counts when it does not change any more */
	for (same = 0; same < (compare ? 1 : 5) && time(NULL) <= end;) {
		take(&now);
		same = memcmp(&now, &before, sizeof(now)) ? 0 : same + 1;
		if (!compare)
			before = now;
	}
	for (i = 0; i < NR_COUNTS; i++)
		if (now.n[i] != before.n[i])
			printf("%s: %ld, before %ld\n", names[i], now.n[i],
			       before.n[i]);
	write_balance(argv[1], &now);
	return 0;
}
