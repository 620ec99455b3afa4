/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#include "db/internal.h"

struct rows {
	PGresult	*result;	/* owned */
};

struct rows *
rows_new(PGresult *result)
{
	struct rows *r = mem_zero(1, sizeof(*r));

	r->result = result;
	return r;
}

void
rows_free(struct rows *r)
{
	if (r == NULL)
		return;
	PQclear(r->result);
	free(r);
}

int
rows_count(const struct rows *r)
{
	return r == NULL ? 0 : PQntuples(r->result);
}

int
rows_null(const struct rows *r, int row, int column)
{
	/* libpq would only print a warning, and that where nobody looks. */
	assert(row >= 0 && row < PQntuples(r->result));
	assert(column >= 0 && column < PQnfields(r->result));
	return PQgetisnull(r->result, row, column);
}

const char *
rows_text(const struct rows *r, int row, int column)
{
	if (rows_null(r, row, column))
		return NULL;
	return PQgetvalue(r->result, row, column);
}

enum err
rows_copy(const struct rows *r, int row, int column, char *ret, size_t size)
{
	const char *text = rows_text(r, row, column);
	size_t len = text == NULL ? 0 : strlen(text);

	if (len >= size) {
		log_error("row_too_long", "column %s has %zu bytes, which is"
		    " more than the %zu that are meant for it",
		    PQfname(r->result, column), len, size - 1);
		ret[0] = '\0';
		return ERR_INTERNAL;
	}
	if (len > 0)
		memcpy(ret, text, len);
	ret[len] = '\0';
	return ERR_OK;
}

int64_t
rows_int(const struct rows *r, int row, int column)
{
	const char *text = rows_text(r, row, column);
	char *end;
	long long value;

	if (text == NULL)
		return 0;
	value = strtoll(text, &end, 10);

	/* That the column is an integer is the statement's promise: ours. */
	assert(end != text && *end == '\0');
	return value;
}

int
rows_bool(const struct rows *r, int row, int column)
{
	const char *text = rows_text(r, row, column);

	return text != NULL && text[0] == 't';
}
