/* SPDX-License-Identifier: MIT */
#ifndef CONF_READER_H
#define CONF_READER_H

/*
 * Reads one INI file, with libinih, into what a layout describes.  Unknown and
 * bad options are errors with file and line; nothing is guessed.
 */

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "conf/layout.h"

struct reader;

/* Say that something is wrong: "endpin: FILE:LINE: ..." to `complaints`. */
void reader_complain(struct reader *r, const char *format, ...) PRINTF(2, 3);

/* All has been read and what must be set is: is it right as a whole? */
typedef void reader_check(struct reader *r, void *whole);

struct source {
	const char		*path;
	/* "section.option=value"; "plan NAME.option=value" */
	const char *const	*override;
	size_t			 overrides;
	FILE			*complaints;
};

/*
 * The defaults, then the file, then the overrides into the whole, which is
 * zeros; then `check`.  ERR_INPUT: every complaint has been printed.  In either
 * case the caller has to layout_clear() it.
 */
MUST_USE enum err reader_read(const struct chapter *layout,
    const struct source *from, reader_check *check, void *whole);

#endif /* !CONF_READER_H */
