// SPDX-License-Identifier: GPL-2.0
/* A type of 'dbgmem watch', and behind its newline a value to be printed. */
/* sources: user/cli/target/sample.c user/cli/text/num.c user/cli/text/text.c user/cli/text/hex.c user/cli/text/json.c user/cli/text/message.c user/lib/utf.c */
#include "fuzz.h"

#include "target/sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = text_of(data, len), *value = strchr(text, '\n'), *out;
	struct sample_type type = { 0 };
	static struct sample s;
	struct json_object *o;
	size_t size = 0, i, n;
	FILE *f;

	if (value)
		*value++ = '\0';
	if (sample_type_parse(text, &type) || !value)
		goto out;
	MUST(type.size <= SAMPLE_MAX);
	n = len - (size_t)(value - text);
	memset(&s, 0, sizeof(s));
	s.valid = true;
	s.len = type.kind == SAMPLE_STRING ? n : type.size ? type.size : 8;
	memcpy(s.bytes, value, n < s.len ? n : s.len);
	/* a pointer's size is the target's */
	if (!type.size)
		type.size = 8;
	f = open_memstream(&out, &size);
	MUST(f);
	sample_print(&s, &type, f);
	fclose(f);
	/* of one line, and nothing for the terminal to obey */
	for (i = 0; i < size; i++)
		MUST((unsigned char)out[i] >= ' ' && out[i] != 0x7f);
	free(out);
	o = sample_json(&s, &type);
	MUST(o);
	json_object_put(o);
	MUST(sample_equal(&s, &s) || type.kind == SAMPLE_FLOAT);
out:
	free(text);
	return 0;
}
