// SPDX-License-Identifier: GPL-2.0
/*
 * What other programs read in a core: its threads, each once, where they sleep, a
 * variable, and that no signal has ended it. Those that are installed, that is.
 */
#include "proc.h"

#include <pthread.h>

#include "kselftest_harness.h"

#include "core/core.h"
#include "core/note.h"
#include "core/threads.h"

#define THREADS		24
#define LOADS		512
#define LOAD_MAX	(64UL << 20)
#define NUMBER		20261121
#define CORE_NAME	"core"

/* --- a process --- */

struct known {
	int number;
};

static volatile struct known core_known;
static int ready;

__attribute__((noinline)) static void core_sleeper(void)
{
	for (;;)
		pause();
}

static void *sleeps(void *unused)
{
	__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
	core_sleeper();
	return unused;
}

static void process(int said)
{
	pthread_attr_t attr;
	pthread_t thread;
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	core_known.number = NUMBER;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 128 << 10);
	for (i = 1; i < THREADS; i++)
		if (pthread_create(&thread, &attr, sleeps, NULL))
			_exit(1);
	while (__atomic_load_n(&ready, __ATOMIC_SEQ_CST) < THREADS - 1)
		sleep_ms(1);
	sleep_ms(50);
	if (write(said, "", 1) == 1)
		core_sleeper();
	_exit(1);
}

/* --- its core, made as the tool makes it but for the session --- */

struct build {
	int fd, dir;
	pid_t pid;
	struct segment segment[LOADS];
	GElf_Phdr phdr[LOADS];
	size_t nr;
};

static void maps_read(struct build *b)
{
	unsigned long start, end, offset;
	char path[64], line[512], prot[5], name[300];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)b->pid);
	f = fopen(path, "re");
	while (f && b->nr < LOADS && fgets(line, sizeof(line), f)) {
		*name = 0;
		if (sscanf(line, "%lx-%lx %4s %lx %*s %*s %299s", &start, &end,
			   prot, &offset, name) < 4 ||
		    *prot != 'r' || strstr(name, "[v") ||
		    end - start > LOAD_MAX)
			continue;
		b->segment[b->nr++] = (struct segment){
			.region = { .start = start, .end = end, .offset = offset },
			.file = *name == '/' ? strdup(name) : NULL,
		};
	}
	if (f)
		fclose(f);
}

/* Memory from @pos on, with holes where it is zeros. */
static void memory_write(struct build *b, uint64_t pos)
{
	static const char zeros[4096];
	char page[4096];
	uint64_t at;
	size_t i;
	int mem;

	mem = openat(b->dir, "mem", O_RDONLY | O_CLOEXEC);
	for (i = 0; i < b->nr; i++) {
		const struct dbgmem_region *r = &b->segment[i].region;

		b->phdr[i + 1] = (GElf_Phdr){
			.p_type = PT_LOAD, .p_flags = PF_R, .p_offset = pos,
			.p_vaddr = r->start, .p_filesz = r->end - r->start,
			.p_memsz = r->end - r->start, .p_align = sizeof(page),
		};
		for (at = r->start; at < r->end; at += sizeof(page))
			if (pread(mem, page, sizeof(page), (off_t)at) > 0 &&
			    memcmp(page, zeros, sizeof(page)) != 0)
				core_pwrite(b->fd, page, sizeof(page),
					    pos + at - r->start);
		pos += r->end - r->start;
	}
	close(mem);
	if (ftruncate(b->fd, (off_t)pos))
		abort();
}

/* 0 or a negative errno. */
static int core_make(struct build *b)
{
	/* with lengths that NT_PRSTATUS has, as of many threads */
	static const char text[336] = "";
	static const size_t lens[] = { 72, 144, 328, 336 };
	struct notes n = { .fd = b->fd };
	struct segments s = { .segment = b->segment };
	struct core_kind kind;
	struct threads threads;
	struct psinfo info;
	size_t len, i;
	char *auxv;
	int ret;

	maps_read(b);
	s.nr = b->nr;
	auxv = ps_read(b->dir, "auxv", &len);
	if (!auxv || !b->nr || psinfo_read(b->dir, 0, &info))
		return -ESRCH;
	core_kind_find(&kind, b->segment[b->nr - 1].region.end, auxv, len);
	n.wide = kind.wide;
	n.pos = (core_headers_size(&kind, b->nr + 1) + 3) & ~3ULL;
	b->phdr[0] = (GElf_Phdr){
		.p_type = PT_NOTE, .p_offset = n.pos, .p_align = 4,
	};
	ret = note_prpsinfo(&n, &info, "readers", 7);
	if (!ret)
		ret = notes_add(&n, "CORE", NT_AUXV, auxv, len);
	free(auxv);
	if (!ret)
		ret = note_file(&n, &s, 4096);
	if (!ret)
		ret = threads_write(&n, &kind, b->dir, b->pid, true, &threads);
	for (i = 0; i < ARRAY_SIZE(lens) && !ret; i++)
		ret = notes_add(&n, NOTE_OWNER, NOTE_THREADS, text, lens[i]);
	b->phdr[0].p_filesz = n.pos - b->phdr[0].p_offset;
	memory_write(b, (n.pos + 4095) & ~4095ULL);
	return ret ? ret : core_headers_write(b->fd, &kind, b->phdr, b->nr + 1);
}

FIXTURE(readers) {
	struct build b;
	char dir[64], program[256];
	char text[1 << 18];	/* what a reader says */
};

FIXTURE_SETUP(readers)
{
	int said[2];
	ssize_t n;
	char c;

	n = readlink("/proc/self/exe", self->program, sizeof(self->program) - 1);
	ASSERT_LT(0, n);
	self->program[n] = 0;
	strcpy(self->dir, "/tmp/host_core_readers.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	ASSERT_EQ(0, chdir(self->dir));
	ASSERT_EQ(0, pipe2(said, O_CLOEXEC));
	self->b.pid = fork();
	if (!self->b.pid)
		process(said[1]);
	ASSERT_EQ(1, read(said[0], &c, 1));
	ASSERT_TRUE(proc_wait_state(self->b.pid, 'S'));
	self->b.dir = ps_open(self->b.pid);
	self->b.fd = open(CORE_NAME, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ASSERT_LE(0, self->b.fd);
	ASSERT_EQ(0, core_make(&self->b));
}

FIXTURE_TEARDOWN(readers)
{
	kill(self->b.pid, SIGKILL);
	waitpid(self->b.pid, NULL, 0);
	close(self->b.fd);
	close(self->b.dir);
	unlink(CORE_NAME);
	unlink("commands");
	rmdir(self->dir);
}

/* What a command of the shell prints; false: there is no such program. */
static bool reader_run(char *text, size_t size, const char *program,
		       const char *format, ...)
{
	char command[2048], line[2200];
	size_t len;
	va_list ap;
	FILE *f;

	snprintf(line, sizeof(line), "command -v %s >/dev/null", program);
	if (system(line))
		return false;
	va_start(ap, format);
	vsnprintf(command, sizeof(command), format, ap);
	va_end(ap);
	snprintf(line, sizeof(line),
		 "HOME=$PWD LC_ALL=C DEBUGINFOD_URLS= timeout 60 %s </dev/null 2>&1",
		 command);
	f = popen(line, "re");
	len = f ? fread(text, 1, size - 1, f) : 0;
	text[len] = 0;
	if (f)
		pclose(f);
	return true;
}

#define DELVE	"dlv --allow-non-terminal-interactive=true"

/* What a reader is to do, in a file. */
static bool commands_write(const char *text)
{
	FILE *f = fopen("commands", "we");
	bool ret;

	if (!f)
		return false;
	ret = fputs(text, f) >= 0;
	return !fclose(f) && ret;
}

#define READ_WITH(program, package, ...) do {				\
	if (!reader_run(self->text, sizeof(self->text), program, __VA_ARGS__)) \
		SKIP(return, program " (" package ") is not installed"); \
} while (0)

static int count(const char *text, const char *words)
{
	int nr = 0;

	while ((text = strstr(text, words))) {
		text += strlen(words);
		nr++;
	}
	return nr;
}

#define EXPECT_COUNT(nr, words) \
	EXPECT_EQ(nr, count(self->text, words)) \
		TH_LOG("'%s' in: %.9000s", words, self->text)

#define EXPECT_SAYS(words) \
	EXPECT_NE(NULL, strstr(self->text, words)) \
		TH_LOG("no '%s' in: %.9000s", words, self->text)

TEST_F(readers, eu_readelf)
{
	READ_WITH("eu-readelf", "elfutils", "eu-readelf -n " CORE_NAME);
	EXPECT_COUNT(THREADS, "PRSTATUS\n");
	EXPECT_COUNT(THREADS, "SIGINFO\n");
	EXPECT_COUNT(5, "  dbgmem ");
	EXPECT_SAYS("  FILE\n");
}

TEST_F(readers, eu_stack)
{
	READ_WITH("eu-stack", "elfutils", "eu-stack --core=" CORE_NAME " -e %s",
		  self->program);
	EXPECT_COUNT(THREADS, "TID ");
	EXPECT_COUNT(THREADS, " core_sleeper");
}

TEST_F(readers, gdb)
{
	ASSERT_TRUE(commands_write("print core_known\n"
				   "thread apply all bt 3\n"
				   "print $_siginfo.si_signo\n"));
	READ_WITH("gdb", "gdb", "gdb -nx -nw -batch -x commands %s " CORE_NAME,
		  self->program);
	EXPECT_SAYS("$1 = {number = 20261121}");
	EXPECT_COUNT(THREADS, " in core_sleeper (");
	EXPECT_COUNT(THREADS, "\nThread ");
	EXPECT_SAYS("$2 = 0");
}

TEST_F(readers, lldb)
{
	ASSERT_TRUE(commands_write("thread backtrace all\n"
				   "p core_known\n"));
	READ_WITH("lldb", "lldb", "lldb --batch -c " CORE_NAME " %s -s commands",
		  self->program);
	EXPECT_COUNT(THREADS, "`core_sleeper ");
	EXPECT_SAYS("number = 20261121");
}

TEST_F(readers, delve)
{
	ASSERT_TRUE(commands_write("threads\n"
				   "quit\n"));
	READ_WITH("dlv", "delve",
		  DELVE " core %s " CORE_NAME " --init commands",
		  self->program);
	EXPECT_COUNT(THREADS, "Thread ");
}

TEST_F(readers, drgn)
{
	ASSERT_TRUE(commands_write("print('threads', len(list(prog.threads())))\n"
				   "print('known', prog['core_known'].number.value_())\n"
				   "print('stack', prog.main_thread().stack_trace())\n"));
	READ_WITH("drgn", "python3-drgn", "drgn -q -c " CORE_NAME " commands");
	EXPECT_SAYS("threads 24");
	EXPECT_SAYS("known 20261121");
	EXPECT_SAYS("core_sleeper");
}

TEST_HARNESS_MAIN
