/* SPDX-License-Identifier: MIT */
#ifndef DB_MANY_H
#define DB_MANY_H

/*
 * One statement for several questions of the same kind, where db.h's stmt has
 * one: executing it once costs the server a fraction of executing the other
 * once for each.
 */

#include <stddef.h>

#include <libpq-fe.h>

#include "base/buf.h"

struct stmt;

#define MANY_KEY	128	/* bytes of $1; a longer one goes alone */

/* May two questions of `s` be asked in one?  Nothing but $1 may differ. */
int many_fits(const struct stmt *s, char *const arg[], char *const mate[]);

/* `n` first parameters as the one of s->many.  The caller owns *ret. */
void many_key(const char *const key[], size_t n, struct buf *ret);

/*
 * Give each of `n` questions its rows of `r`, which s->many has answered with.
 * 0: there was no memory, or a row is nobody's, and *ret has nothing; else the
 * caller owns all of ret[].
 */
int many_split(const PGresult *r, size_t n, PGresult *ret[]);

#endif /* !DB_MANY_H */
