// SPDX-License-Identifier: GPL-2.0
#include "waits.h"

void stall_begin(struct stall *s)
{
	__atomic_store(&s->begun, &(double){ now() }, __ATOMIC_RELEASE);
}

void stall_end(struct stall *s)
{
	double took = now() - s->begun;

	if (took > s->worst)
		s->worst = took;
	__atomic_store(&s->begun, &(double){ 0 }, __ATOMIC_RELEASE);
}

double stall_seconds(const struct stall *s)
{
	double begun, took;

	__atomic_load(&s->begun, &begun, __ATOMIC_ACQUIRE);
	took = begun ? now() - begun : 0;
	return took > s->worst ? took : s->worst;
}

void set_flag(int *flag)
{
	__atomic_store_n(flag, 1, __ATOMIC_RELEASE);
	syscall(SYS_futex, flag, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

bool wait_flag(int *flag, long ms)
{
	long end = now_ms() + ms, left;

	while (!__atomic_load_n(flag, __ATOMIC_ACQUIRE)) {
		left = end - now_ms();
		if (left <= 0)
			return false;
		syscall(SYS_futex, flag, FUTEX_WAIT, 0,
			&(struct timespec){ left / 1000,
					    left % 1000 * 1000000 },
			NULL, 0);
	}
	return true;
}

bool reaped(pid_t pid, long ms)
{
	long end = now_ms() + ms;

	/* 0: it runs; -1: that was asked before */
	while (!waitpid(pid, NULL, WNOHANG)) {
		if (now_ms() > end)
			return false;
		sleep_ms(5);
	}
	return true;
}

void stack_of(pid_t pid, char *out, size_t size)
{
	char command[256];
	size_t n = 0;
	FILE *f;

	snprintf(command, sizeof(command),
		 "for t in /proc/%d/task/*; do echo \"[$(cut -d' ' -f3 $t/stat)]\"; sed 's/^[^ ]* //; s/+.*//' $t/stack | head -n 14; done 2>/dev/null | tr '\\n' ' '",
		 (int)pid);
	f = popen(command, "re");
	if (f) {
		n = fread(out, 1, size - 1, f);
		pclose(f);
	}
	out[n] = 0;
}
