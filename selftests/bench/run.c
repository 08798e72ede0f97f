// SPDX-License-Identifier: GPL-2.0
/*
 * All methods on the same work: first each must move the right bytes, then they
 * are timed, then the numbers are printed, ours against each peer.
 */
#include "bench.h"

#include <termios.h>

static void where(const char *name, const struct work *w)
{
	printf("%s,%zu,%u", name, w->size, w->nr);
}

/* What is printed must be gone before the clock runs again. */
static void flush(void)
{
	fflush(stdout);
	tcdrain(STDOUT_FILENO);
}

void skip(const char *name, const struct work *w, const char *engine,
	  const char *why)
{
	printf("# skipped ");
	where(name, w);
	printf(",%s: %s\n", engine, why);
	flush();
}

/* The session that a method of ours is to use, and the engine. */
int method_choose(const struct method *m)
{
	if (!m->engine)
		return 0;
	subject.session = !strcmp(m->engine, "mirror") ? subject.mirrored :
							 subject.plain;
	return param_set("engine", subject.session == subject.plain ?
			 m->engine : "auto");
}

/* Try it once. */
static int try(const struct method *m, struct work *w)
{
	static uint64_t salt;
	int ret;

	ret = method_choose(m);
	if (ret)
		return ret;
	/* A write must not find the bytes of the one before. */
	salt++;
	work_place(w, 0);
	if (w->checked)
		return m->call(w);
	work_fill(w, salt);
	ret = m->call(w);
	return ret ? ret : work_check(w, salt);
}

/*
 * Tell of a median that is not the best. A timer interrupt is in every round of
 * a long call, more or less of it: that is less than this.
 */
#define UNSTEADY	1.005

static void print_unsteady(const char *name, const struct work *w,
			   const struct method *m, const struct result *r)
{
	/* Real time never is steady. */
	if (clock_mode.wall || r->median <= r->best * UNSTEADY)
		return;
	printf("# median ");
	where(name, w);
	printf(",%s: %.0f, best %.0f\n", method_name(m),
	       r->median, r->best);
}

static void print(const char *name, const struct work *w,
		  const struct method *ours, const struct method *peer,
		  const struct result *r_ours, const struct result *r_peer)
{
	/* The ratio is that of the numbers as printed. */
	long a = r_ours->best + 0.5, b = r_peer->best + 0.5;

	where(peer->limit ? peer->limit : name, w);
	printf(",%s,%ld,%s,%ld,%.2f\n", ours->engine, a, peer->name, b,
	       a ? (double)b / a : 0);
}

const char *run_only;

/* Tell whoever watches, and go on until the guest is stopped. */
static int run_forever(const char *name, const struct method *m,
		       unsigned int nr, struct work *w)
{
	char here[128];
	unsigned int i;
	int ret;

	for (i = 0; i < nr; i++) {
		snprintf(here, sizeof(here), "%s,%zu,%u,%s", name, w->size,
			 w->nr, method_name(&m[i]));
		if (strcmp(here, run_only))
			continue;
		ret = try(&m[i], w);
		if (ret) {
			printf("# error: %s: %s\n", here, strerror(-ret));
			return ret;
		}
		printf("# running %s\n", here);
		flush();
		while (!m[i].call(w))
			;
		return -EIO;
	}
	return 0;
}

int run(const char *name, const struct method *m, unsigned int nr,
	struct work *w)
{
	struct method use[MAX_METHODS];
	struct result r[MAX_METHODS];
	unsigned int i, j, n = 0, ours = 0;
	int ret;

	if (run_only)
		return run_forever(name, m, nr, w);
	for (i = 0; i < nr; i++) {
		ret = try(&m[i], w);
		if (m[i].engine && (ret == -ENOTTY || ret == -EOPNOTSUPP)) {
			skip(name, w, m[i].engine,
			     ret == -ENOTTY ? "the module has no such ioctl" :
			     "the module refuses it as not supported");
			continue;
		}
		if (ret) {
			printf("# error: ");
			where(name, w);
			printf(",%s: %s\n", method_name(&m[i]),
			       ret == -EBADMSG ? "wrong bytes" :
			       ret == -EIO ? "not all was moved" :
			       strerror(-ret));
			flush();
			return ret;
		}
		if (m[i].engine)
			ours++;
		use[n++] = m[i];
	}
	if (!ours)
		return 0;

	ret = measure(use, n, w, r);
	if (ret)
		goto out;
	for (i = 0; i < n; i++) {
		print_unsteady(name, w, &use[i], &r[i]);
		if (!use[i].engine)
			continue;
		for (j = 0; j < n; j++) {
			/* A limit is told once, of the first engine. */
			if (!use[j].engine && (!use[j].limit || !i))
				print(name, w, &use[i], &use[j], &r[i], &r[j]);
		}
	}
out:
	flush();
	return ret;
}
