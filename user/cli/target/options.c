// SPDX-License-Identifier: GPL-2.0
/* Options that mean the same in several verbs. */
#include <dbgmem.h>

#include "target/options.h"
#include "text/message.h"
#include "text/num.h"

bool options_take(struct options *o, int c)
{
	switch (c) {
	case 'e':
		o->flags |= DBGMEM_EXACT;
		return true;
	case 'f':
		o->flags |= DBGMEM_FORCE;
		return true;
	case OPTION_NO_FAULT:
		o->flags |= DBGMEM_NOFAULT;
		return true;
	case OPTION_FAULT_IN:
		o->flags |= DBGMEM_FAULT_IN;
		return true;
	case 'b':
		o->brief = true;
		return true;
	case 'j':
		o->json = true;
		return true;
	default:
		return false;
	}
}

int options_number(const char *verb, const char *name, const char *text,
		   uint64_t least, uint64_t most, uint64_t *value)
{
	if (!num_parse(text, value) && *value >= least && *value <= most)
		return STATUS_OK;
	if (most == UINT64_MAX)
		return msg_usage(verb, "%s: '%s' is not a number of at least %llu",
				 name, text, (unsigned long long)least);
	return msg_usage(verb, "%s: '%s' is not a number from %llu to %llu", name,
			 text, (unsigned long long)least,
			 (unsigned long long)most);
}
