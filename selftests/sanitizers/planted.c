// SPDX-License-Identifier: GPL-2.0
/* Bugs that a sanitizer must find, or it is not at work: planted KIND. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static volatile int counter;

static void *count(void *unused)
{
	(void)unused;
	counter++;
	return NULL;
}

int main(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "";
	pthread_t thread;
	char *p;

	if (!strcmp(kind, "overflow")) {
		p = malloc(16);
		memset(p, 0, 15 + (size_t)argc);
		counter = p[0];
		free(p);
	}
	if (!strcmp(kind, "shift"))
		return (1 << (30 + argc)) != 0;
	if (!strcmp(kind, "race")) {
		pthread_create(&thread, NULL, count, NULL);
		counter++;
		pthread_join(thread, NULL);
	}
	return 0;
}
