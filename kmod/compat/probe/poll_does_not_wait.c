// SPDX-License-Identifier: GPL-2.0
/* 7.2 does not tell any more whether a poll will sleep. */
#include <linux/poll.h>

#ifndef DBGMEM_PROBE_ABSENT
bool probe(const poll_table *p);
bool probe(const poll_table *p)
{
	return poll_does_not_wait(p);
}
#else
extern char poll_does_not_wait;
bool probe(const poll_table *p);
bool probe(const poll_table *p)
{
	return !p || !p->_qproc;
}
#endif
