// SPDX-License-Identifier: GPL-2.0
/* The same for the analyzers of the module; nothing builds this. */
#include <linux/slab.h>

int planted_use_after_free(int n);
int planted_null(int n);

int planted_use_after_free(int n)
{
	int *p = kmalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	*p = n;
	kfree(p);
	return *p;
}

int planted_null(int n)
{
	int *p = NULL;

	if (n > 3)
		p = &n;
	return *p;
}
