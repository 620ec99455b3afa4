/* SPDX-License-Identifier: MIT */

#include <assert.h>

#include "http/path.h"
#include "http/request.h"
#include "http/route.h"

#include "http/table.h"

/* The row after `r`, or the first one after NULL; NULL: that was the last. */
static const struct route *
row_next(const struct route *const **table, const struct route *r)
{
	r = r == NULL ? **table : r + 1;
	while (r != NULL && r->path == NULL)
		r = *++*table;
	return r;
}

/* Literals in the same places: then each fits the other, and only then. */
static int
is_same_path(const char *a, const char *b)
{
	struct path p, q;

	return path_cut(a, &p) == ERR_OK && path_match(&p, b) != 0 &&
	    path_cut(b, &q) == ERR_OK && path_match(&q, a) != 0;
}

static int
is_twice(const struct site *s, const struct route *row)
{
	const struct route *const *table = s->tables, *r;
	int found = 0;

	for (r = NULL; (r = row_next(&table, r)) != NULL;)
		if (r->method == row->method &&
		    is_same_path(r->path, row->path))
			found++;
	return found != 1;
}

static int
row_ok(const struct site *s, const struct route *r)
{
	return path_row_ok(r->path) && r->handler != NULL &&
	    r->method > METHOD_OTHER && r->method < METHODS &&
	    r->method != HEAD &&
	    (r->method != GET || r->body == NONE) &&
	    (r->method != DELETE || r->body == NONE || r->body == EMPTY) &&
	    (r->body == NONE) == (r->most == 0) &&
	    r->limit > LIMIT_UNSAID && r->limit < LIMITS &&
	    (r->entry != PROGRAM || (s->admit != NULL && r->role != 0)) &&
	    (r->role == 0 || r->entry == PROGRAM ||
	    (r->entry == MEMBER && s->roles != NULL));
}

int
route_tables_ok(const struct site *s)
{
	const struct route *const *table = s->tables, *r;

	for (r = NULL; (r = row_next(&table, r)) != NULL;)
		if (!row_ok(s, r) || is_twice(s, r))
			return 0;
	return 1;
}

size_t
route_most(const struct site *s)
{
	const struct route *const *table = s->tables, *r;
	size_t most = 0;

	assert(route_tables_ok(s));
	for (r = NULL; (r = row_next(&table, r)) != NULL;)
		if ((r->duty & s->duties) != 0 && r->most > most)
			most = r->most;
	return most;
}

struct match
table_find(const struct site *s, struct req *q)
{
	enum method method = q->method == HEAD ? GET : q->method;
	const struct route *const *table = s->tables, *r;
	struct match m = { .row = NULL };
	unsigned rank, best = 0;
	struct path path;

	if (path_cut(q->path, &path) != ERR_OK)
		return m;
	for (r = NULL; (r = row_next(&table, r)) != NULL;) {
		if ((rank = path_match(&path, r->path)) == 0 || rank < best)
			continue;
		if (rank > best)
			m = (struct match){ .near = r };
		best = rank;
		m.methods |= 1u << r->method;
		if (r->method == method)
			m.row = r;
	}
	if (path_is_disguised(&path, best))
		return (struct match){ .row = NULL };
	if ((m.methods & 1u << GET) != 0)
		m.methods |= 1u << HEAD;
	if (m.row != NULL)
		path_params(&path, m.row->path, q);
	return m;
}
