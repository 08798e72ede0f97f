// SPDX-License-Identifier: GPL-2.0
/* What foreign_text.pl must find: each way to print a name as it is. */
void planted(const char *name, size_t len, FILE *out)
{
	printf("%s", name);
	printf("%d %-*s\n", 1, 8,
	       name);
	printf(name);
	fprintf(out, "%.*s", (int)len, name);
	fprintf(out, "is " "%s", len ? name : "?");
	fputs(name, stdout);
	puts(name);
	fwrite(name, 1, len, stdout);
	putchar(*name);
	fputc(name[0], out);
	vprintf(name, ap);
	dprintf(2, "%c", *name);
	perror(name);

	/* And what it must not find: */
	printf("%d%%\n", 1);
	printf("%s %" PRIu64 "\n", len ? "a" : "b", value);
	printf("%s\n", hex_format(bytes, len, text));
	fputs("name", stdout);
	putchar('\n');
}
