// SPDX-License-Identifier: GPL-2.0
/* A core that goes to a pipe has the bytes that a file has. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "core/stream.h"

#define END	(3UL << 20)

/* Pieces with holes between them, and one behind them. */
static int write_pieces(struct stream *s)
{
	static const struct {
		uint64_t pos;
		const char *text;
	} pieces[] = {
		{ 0, "begin" }, { 5, "next" }, { 100, "behind a hole" },
		{ 1 << 20, "behind a large one" }, { (2 << 20) + 1, "x" },
	};
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(pieces); i++) {
		ret = stream_write(s, pieces[i].text, strlen(pieces[i].text),
				   pieces[i].pos);
		if (ret)
			return ret;
	}
	return stream_end(s, END);
}

/* What comes of it in a plain file. */
static void expected(char *buf)
{
	struct stream s = { .fd = memfd_create("plain", MFD_CLOEXEC) };

	if (write_pieces(&s) || pread(s.fd, buf, END + 1, 0) != END)
		abort();
	close(s.fd);
}

static void *drain(void *arg)
{
	const int *fd = arg;
	char *buf = malloc(END + 1);
	size_t done = 0;
	ssize_t n;

	while ((n = read(*fd, buf + done, END + 1 - done)) > 0)
		done += (size_t)n;
	return done == END ? buf : NULL;
}

TEST(a_pipe_gets_all_of_it_in_order)
{
	char *want = malloc(END + 1);
	struct stream s;
	pthread_t reader;
	void *got;
	int fd[2];

	expected(want);
	ASSERT_EQ(0, pipe2(fd, O_CLOEXEC));
	ASSERT_EQ(0, pthread_create(&reader, NULL, drain, &fd[0]));
	stream_ordered(&s, fd[1]);
	EXPECT_EQ(0, write_pieces(&s));
	close(fd[1]);
	ASSERT_EQ(0, pthread_join(reader, &got));
	ASSERT_NE(NULL, got);
	EXPECT_EQ(0, memcmp(want, got, END));
}

/* Empty, appended to, written over: never are old bytes where zeros belong. */
TEST(a_file_behind_what_it_has)
{
	static const int flags[] = { 0, O_APPEND, 0 };
	const off_t before[] = { 0, 1000, 1 << 20 };
	char *want = malloc(END + 1), *got = malloc(END + 1);
	char name[] = "/tmp/host_stream.XXXXXX";
	struct stat st;
	struct stream s;
	off_t at;
	int fd, i;

	expected(want);
	fd = mkstemp(name);
	ASSERT_LE(0, fd);
	for (i = 0; i < 3; i++) {
		memset(got, 'o', END);
		ASSERT_EQ(0, ftruncate(fd, 0));
		ASSERT_EQ(before[i], pwrite(fd, got, (size_t)before[i], 0));
		ASSERT_EQ(0, fcntl(fd, F_SETFL, flags[i]));
		/* the last one over the first half of what is there */
		at = i == 2 ? before[i] / 2 : before[i];
		ASSERT_EQ(at, lseek(fd, at, SEEK_SET));
		stream_ordered(&s, fd);
		ASSERT_EQ(0, write_pieces(&s));
		ASSERT_EQ(0, fstat(fd, &st));
		EXPECT_EQ(at + (off_t)END, st.st_size);
		ASSERT_EQ((ssize_t)END, pread(fd, got, END, at));
		EXPECT_EQ(0, memcmp(want, got, END)) TH_LOG("%d", i);
		/* Zeros that are written take room. */
		if (i == 0)
			EXPECT_GT(1 << 20, st.st_blocks * 512);
	}
	close(fd);
	unlink(name);
}

TEST(a_reader_that_goes_is_an_error)
{
	struct stream s;
	int fd[2];

	ASSERT_EQ(0, pipe2(fd, O_CLOEXEC));
	close(fd[0]);
	signal(SIGPIPE, SIG_IGN);
	stream_ordered(&s, fd[1]);
	EXPECT_EQ(-EPIPE, write_pieces(&s));
	close(fd[1]);
}

TEST_HARNESS_MAIN
