/* SPDX-License-Identifier: MIT */
#ifndef MCP_SHELF_H
#define MCP_SHELF_H

/* The guides as they are installed: files of text, read when asked for. */

#include <stddef.h>

#include "base/err.h"

struct buf;

#define SHELF_BOOKS	64
#define SHELF_NAME	128
#define SHELF_BOOK	(1u << 20)	/* bytes of the largest */

struct shelf {
	char	 name[SHELF_BOOKS][SHELF_NAME];	/* "guide/agents.md" */
	size_t	 count;
};

/* What is in `dir` and in its folder "guide", in the order of their names. */
void shelf_look(const char *dir, struct shelf *ret_shelf);

/*
 * The text of one of them into `out`, which was initialized with SHELF_BOOK.
 * ERR_NOTFOUND: there is none of this name; ERR_INTERNAL: logged.
 */
MUST_USE enum err shelf_read(const char *dir, const struct shelf *s,
    const char *name, struct buf *out);

#endif /* !MCP_SHELF_H */
