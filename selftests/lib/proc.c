// SPDX-License-Identifier: GPL-2.0
#include "proc.h"

#include <sys/time.h>

long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

void sleep_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

int file_read(const char *path, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;
	int fd;

	buf[0] = 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while ((n = read(fd, buf + len, size - 1 - len)) > 0)
		len += n;
	n = n < 0 ? -errno : 0;
	close(fd);
	if (n)
		return n;
	if (len && buf[len - 1] == '\n')
		len--;
	buf[len] = 0;
	return len;
}

long file_number(const char *path, const char *key)
{
	char line[256];
	long v = -1;
	FILE *f;

	f = fopen(path, "re");
	if (!f)
		return -1;
	while (v < 0 && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, strlen(key)))
			v = strtol(line + strlen(key), NULL, 10);
	fclose(f);
	return v;
}

int file_write(const char *path, const char *text)
{
	ssize_t n;
	int fd;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	if (n < 0)
		n = -errno;
	close(fd);
	return n < 0 ? n : 0;
}

int param_get(const char *name, char *buf, size_t size)
{
	char path[96];

	snprintf(path, sizeof(path), PARAM_DIR "%s", name);
	return file_read(path, buf, size);
}

char proc_state(pid_t pid)
{
	char path[64], text[512], *p;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (file_read(path, text, sizeof(text)) <= 0)
		return 0;
	p = strrchr(text, ')');
	return p && p[1] ? p[2] : 0;
}

bool proc_wait_state(pid_t pid, char state)
{
	long end = now_ms() + 10000;

	while (proc_state(pid) != state) {
		if (now_ms() > end)
			return false;
		sleep_ms(1);
	}
	return true;
}

int child_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1000;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int vfork_child(void *fd)
{
	char c;

	(void)!read(*(int *)fd, &c, 1);
	return 0;
}

void wait_in_vfork(int fd)
{
	char stack[16384] __attribute__((aligned(16)));

	clone(vfork_child, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD,
	      &fd);
}

pid_t child_in_vfork(int *gate)
{
	int fd[2];
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fd[1]);
		wait_in_vfork(fd[0]);
		_exit(7);
	}
	close(fd[0]);
	*gate = fd[1];
	return proc_wait_state(pid, 'D') ? pid : -1;
}

int become_user(uid_t uid)
{
	if (geteuid() == uid)
		return 0;
	if (setgroups(0, NULL) || setresgid(uid, uid, uid) ||
	    setresuid(uid, uid, uid) || prctl(PR_SET_DUMPABLE, 1))
		return -errno;
	return 0;
}

int dev_make_node(char *path, size_t size)
{
	struct stat st;

	if (stat(DEV_PATH, &st))
		return -errno;
	snprintf(path, size, DEV_PATH "-test-%d", (int)getpid());
	unlink(path);
	if (mknod(path, S_IFCHR | 0600, st.st_rdev) || chmod(path, 0666))
		return -errno;
	return 0;
}

int beside(const char *name, char *path, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);
	char *p;

	if (n < 0)
		return -errno;
	path[n] = 0;
	p = strrchr(path, '/');
	if (!p || (size_t)(p + 2 - path) + strlen(name) > size)
		return -ENAMETOOLONG;
	strcpy(p + 1, name);
	return access(path, F_OK) ? -errno : 0;
}

int copy_program(const char *from, const char *to, mode_t mode)
{
	char buf[8192];
	ssize_t n = 0;
	int in, out, ret = 0;

	in = open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return -errno;
	unlink(to);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	if (out < 0) {
		ret = -errno;
		goto out_in;
	}
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, n) != n)
			break;
	if (n || fchown(out, 0, 0) || fchmod(out, mode))
		ret = errno ? -errno : -EIO;
	close(out);
out_in:
	close(in);
	return ret;
}

long exec_sleep(void *unused)
{
	execlp("sleep", "sleep", "1000", NULL);
	return -errno;
}

long fdinfo_number(int fd, const char *key)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	return file_number(path, key);
}

static void on_alarm(int sig)
{
	(void)sig;
}

void alarm_storm(long us)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct itimerval it = {
		.it_value.tv_usec = us,
		.it_interval.tv_usec = us,
	};

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
}
