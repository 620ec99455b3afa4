/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#include "ctl/ctl.h"

/*
 * endpin setup: a script, because all that it does is to call the programs that
 * an administrator would (useradd, psql, systemctl).  It takes its own options.
 */
int
ctl_setup(const struct ctl *t)
{
	char **argv = mem_zero((size_t)t->argc + 3, sizeof(*argv));
	int i, n = 0;

	argv[n++] = mem_text(ENDPIN_SETUP);
	argv[n++] = mem_text("--config");
	argv[n++] = mem_text(t->path);
	for (i = 1; i < t->argc; i++)
		argv[n++] = t->argv[i];
	(void)execv(ENDPIN_SETUP, argv);
	fprintf(stderr, "endpin: could not run %s: %s\n"
	    "hint: \"make install\" puts it there\n", ENDPIN_SETUP,
	    strerror(errno));
	return CTL_WRONG;
}
