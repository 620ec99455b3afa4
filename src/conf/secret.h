/* SPDX-License-Identifier: MIT */
#ifndef CONF_SECRET_H
#define CONF_SECRET_H

/*
 * Secrets are files, one per line.  A file name without a slash is looked for
 * in the credentials directory that systemd gives (LoadCredential=).
 */

#include <stddef.h>

#include "base/err.h"

#define SECRET_LINES	8	/* more than anybody rolls at a time */
#define SECRET_MAX	4096	/* bytes in the file */

struct secret {
	char	*line[SECRET_LINES];	/* owned, wiped by secret_done() */
	size_t	 count;			/* at least 1 after secret_read() */
};

/*
 * Read `path`.  White space around a line and empty lines do not count; lines
 * that begin with '#' are comments.  A file that others may read (mode & 007)
 * is refused.  Errors are logged with the name of the option, `option`:
 * ERR_NOTFOUND: cannot be read.  ERR_INPUT: empty, too long, too many lines.
 */
MUST_USE enum err secret_read(const char *option, const char *path,
    const char *credentials_dir, struct secret *ret_secret);

/*
 * Does every line begin with `first` or `other`?  Two files that were swapped
 * would otherwise be found by whom they lock out.  ERR_INPUT: no; logged as a
 * warning, without a byte of the secret.
 */
MUST_USE enum err secret_looks_like(const char *option, const struct secret *s,
    const char *first, const char *other);

void secret_done(struct secret *s);

#endif /* !CONF_SECRET_H */
