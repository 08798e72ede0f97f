// SPDX-License-Identifier: GPL-2.0
#include "random.h"
#include "call.h"
#include "common.h"

static void set_param(struct lane *l, const struct call *c)
{
	static const char *const engines[] = { "auto", "remote", "pinned" };
	static const char *const forces[] = {
		"never", "ptrace", "capable", "always"
	};

	atomic_store(&l->run->result->params, true);
	if (c->arg & 1)
		param_set("engine", engines[(c->arg >> 1) % 3]);
	else
		param_set("force", forces[c->arg >> 1 & 3]);
}

/* Change another lane's requests under the kernel's hands. */
static void scribble(struct lane *l, const struct call *c)
{
	struct caller *victim = &callers[(l->nr + 1 + (c->arg & 1)) % NR_LANES];
	uint64_t random = c->arg, value;
	uint16_t field;
	uint8_t *at;
	int i;

	if (!l->racing)
		return;
	for (i = 0; i < 500; i++) {
		field = random_next(&random);
		switch (random_below(&random, 4)) {
		case 0:
			value = place_addr(field);
			break;
		case 1:
			value = caller_buf(victim, field);
			break;
		case 2:
			value = place_len(field);
			break;
		default:
			value = field & 63;
		}
		at = random_percent(&random, 50) ? victim->request :
						   victim->array;
		__atomic_store_n((uint64_t *)(at + field % 16 * 8), value,
				 __ATOMIC_RELAXED);
	}
}

void call_do(struct lane *l, const struct call *c)
{
	atomic_fetch_add(&l->run->result->calls, 1);
	switch (c->op) {
	case OP_READ:
	case OP_WRITE:
		call_transfer(l, c);
		break;
	case OP_PREAD:
	case OP_PWRITE:
	case OP_READV:
	case OP_WRITEV:
	case OP_SEEK:
		call_rw(l, c);
		break;
	case OP_VECTOR:
		call_vector(l, c);
		break;
	case OP_BP_SET:
	case OP_BP_CLEAR:
	case OP_BP_LIST:
	case OP_CMPXCHG:
		call_breakpoint(l, c);
		break;
	case OP_REGION:
		call_region(l, c);
		break;
	case OP_PARAM:
		set_param(l, c);
		break;
	case OP_SCRIBBLE:
		scribble(l, c);
		break;
	default:
		if (c->op >= OP_T_UNMAP)
			fuzz_target_do(run_target(l, c), c);
		else
			call_session(l, c);
	}
}
