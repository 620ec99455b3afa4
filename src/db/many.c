/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#include "db/array.h"
#include "db/db.h"

#include "db/many.h"

int
many_fits(const struct stmt *s, char *const arg[], char *const mate[])
{
	int i;

	if (s->many == NULL || arg[0] == NULL || mate[0] == NULL ||
	    strlen(arg[0]) > MANY_KEY || strlen(mate[0]) > MANY_KEY)
		return 0;
	for (i = 1; i < s->nparams; i++)
		if (!text_equal(arg[i], mate[i]))
			return 0;
	return 1;
}

void
many_key(const char *const key[], size_t n, struct buf *ret)
{
	size_t i;

	array_begin(ret, array_room(n * MANY_KEY, n));
	for (i = 0; i < n; i++)
		array_add(ret, key[i]);
	array_end(ret);
}

/* One row more.  0: there was no memory. */
static int
row_copy(const PGresult *r, int row, PGresult *to)
{
	const int at = PQntuples(to);
	int i, len;

	for (i = 0; i < PQnfields(r); i++) {
		len = PQgetisnull(r, row, i) ? -1 : PQgetlength(r, row, i);
		if (!PQsetvalue(to, at, i, len == -1 ? NULL :
		    PQgetvalue(r, row, i), len))
			return 0;
	}
	return 1;
}

int
many_split(const PGresult *r, size_t n, PGresult *ret[])
{
	const int last = PQnfields(r) - 1;
	long whose = 1;
	size_t i;
	int row;

	for (i = 0; i < n; i++)
		if ((ret[i] = PQcopyResult(r, PG_COPYRES_ATTRS)) == NULL)
			whose = 0;
	for (row = 0; whose != 0 && row < PQntuples(r); row++) {
		whose = strtol(PQgetvalue(r, row, last), NULL, 10);
		if (whose < 1 || (size_t)whose > n ||
		    !row_copy(r, row, ret[whose - 1]))
			whose = 0;
	}
	for (i = 0; whose == 0 && i < n; i++) {
		PQclear(ret[i]);
		ret[i] = NULL;
	}
	return whose != 0;
}
