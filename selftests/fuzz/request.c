// SPDX-License-Identifier: GPL-2.0
#include "request.h"
#include "oracle.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

/* The low half of call.mode; what is not here is as it should be. */
enum {
	AT_THE_END = 1,		/* of what is mapped */
	SHORTER = 8,
	LONGER,
	LONGER_UNKNOWN,		/* with something in it */
	WHOLE_PAGE,
	NONSENSE,		/* for a size */
	BEYOND_THE_END,
	BAD_POINTER,
	MISALIGNED,
};

#define CORRUPT	15		/* the high half: some byte of it */

static uint32_t nonsense(uint32_t arg)
{
	static const uint32_t sizes[] = { 0, 3, 7, PAGE + 1, 1 << 20, -1 };

	return sizes[arg % 6];
}

static unsigned char *place_request(struct lane *l, const struct call *c,
				    size_t room)
{
	unsigned char *end = l->mem->request + PAGE;

	switch (c->mode & 15) {
	case AT_THE_END:
		return end - room;
	case BEYOND_THE_END:
		return end - room / 2;
	case BAD_POINTER:
		return caller_bad(l->mem, c->arg);
	case MISALIGNED:
		return l->mem->request + 64 + 1 + c->arg % 7;
	default:
		return l->mem->request;
	}
}

int request(struct lane *l, const struct call *c, unsigned long cmd, void *req,
	    size_t size, bool *sane)
{
	unsigned char image[512] = { };
	size_t room = size, told = size, fits;
	unsigned char *user;
	int ret;

	memcpy(image, req, size);
	*sane = l->run->trust_request || !l->racing;
	switch (c->mode & 15) {
	case SHORTER:
		told = size - 8 * (1 + c->arg % (size / 8));
		*sane = false;
		break;
	case LONGER_UNKNOWN:
		image[size + c->arg % 32] = 1;
		told = size + 32;
		room = told;
		*sane = false;
		break;
	case LONGER:
		told = size + 32;
		room = told;
		break;
	case WHOLE_PAGE:
		told = PAGE;
		memset(l->mem->request, 0, PAGE);
		break;
	case NONSENSE:
		told = nonsense(c->arg);
		*sane = false;
		break;
	case BEYOND_THE_END:
	case BAD_POINTER:
		*sane = false;
	}
	memcpy(image, &(uint32_t){ told }, 4);
	if (c->mode >> 4 == CORRUPT) {
		image[4 + c->arg % (size - 4)] ^= 1 << (c->arg >> 8 & 7);
		*sane = false;
	}
	user = place_request(l, c, room);
	fits = user < l->mem->request ||
	       user >= l->mem->request + PAGE ? 0 :
	       (size_t)(l->mem->request + PAGE - user);
	if (fits)
		memcpy(user, image, fits < room ? fits : room);

	ret = ioctl(run_fd(l, c), cmd, user) ? -errno : 0;

	if (fits)
		memcpy(req, user, fits < size ? fits : size);
	oracle_errno(l, c, cmd, ret);
	return ret;
}
