// SPDX-License-Identifier: GPL-2.0
/* Datagrams between 'dbgmem bp clear' and a holder: anybody may send one. */
/* sources: user/cli/request.c user/cli/num.c */
#include "fuzz.h"

#include "request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *buf = (const char *)data;
	struct request r = { 0 }, r2 = { 0 };
	struct answer a = { 0 }, a2 = { 0 };
	char back[ANSWER_MAX];
	const char *c;
	size_t n;

	if (!request_parse(buf, len, &r)) {
		n = request_format(&r, back);
		MUST(n < REQUEST_MAX && !request_parse(back, n, &r2));
		MUST(r.pid == r2.pid && r.all == r2.all);
		MUST(r.all || r.addr == r2.addr);
	}
	if (!answer_parse(buf, len, &a)) {
		/* it goes to a terminal */
		for (c = a.text; *c; c++)
			MUST(*c >= ' ' && *c <= '~');
		n = answer_format(&a, back);
		MUST(n < ANSWER_MAX && !answer_parse(back, n, &a2));
		MUST(a.status == a2.status && a.cleared == a2.cleared &&
		     a.lost == a2.lost && !strcmp(a.text, a2.text));
	}
	return 0;
}
