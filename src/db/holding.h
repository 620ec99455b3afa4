/* SPDX-License-Identifier: MIT */
#ifndef DB_HOLDING_H
#define DB_HOLDING_H

/*
 * What a table holds of a person, in words for that person, and how to get it.
 * Each folder that owns tables lists those that are about people in its
 * holdings.c; tests/lint/holdings knows all the others, and compares columns, so
 * that nothing is kept of anybody that an export does not show and of which
 * nobody has said what becomes of it.
 */

struct stmt;

struct holding_field {
	const char	*name;		/* of the column */
	const char	*says;
	const char	*withheld;	/* why it is not shown; NULL: it is */
};

struct holding {
	const char	*table;
	const char	*what;
	const char	*ends;		/* how it goes by itself */
	const char	*erased;	/* what erasing the account does to it */
	const struct stmt *rows;	/* $1: the account */
	const struct holding_field *field;	/* all; name NULL at the end */
};

/*
 * Around a query for whole rows: number of the row, name of the column, its
 * value as JSON; row by row, columns in their order.
 */
#define HOLDING_OF \
	"SELECT n, key, value::text FROM (SELECT row_number() OVER () AS n," \
	" row_to_json(t) AS one FROM ("
#define HOLDING_END \
	") AS t) AS r," \
	" json_each(r.one) WITH ORDINALITY AS e (key, value, place)" \
	" ORDER BY n, place"

/* The columns of an errand (errand/errand.h) but for its id. */
#define HOLDING_ERRAND \
	{ "lane", "a part of the table", NULL }, \
	{ "state", "how far it is", NULL }, \
	{ "attempts", "how often it was tried", NULL }, \
	{ "due_at", "when it is tried next, or was last to be", NULL }, \
	{ "fence", "counts who has taken it on", NULL }, \
	{ "leased_until", "until when somebody has taken it on", NULL }, \
	{ "settled_at", "when it was done or given up", NULL }, \
	{ "last_error", "what was in the way last", NULL }

#endif /* !DB_HOLDING_H */
