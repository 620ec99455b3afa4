/* SPDX-License-Identifier: MIT */
#ifndef TESTS_ROWS_H
#define TESTS_ROWS_H

/*
 * What tests with a database share: a connection for the code under test, and
 * one beside it that runs any SQL.  TEST_CONNINFO names a throw-away database
 * that has been migrated; what a test writes there stays.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "db/db.h"

#define SKIPPED		77	/* automake: this test was skipped */

static struct db *db, *side;

/* 0: there is no database to test with, and that has been said. */
static int
rows_open(void)
{
	const char *conninfo = getenv("TEST_CONNINFO");
	struct db_settings s = { .conninfo = conninfo, .name = "test" };

	if (conninfo == NULL) {
		fprintf(stderr, "skipped: TEST_CONNINFO is not set\n");
		return 0;
	}
	db = db_open(&s);
	s.pooled = 1;		/* statements that are made here have no name */
	side = db_open(&s);
	return 1;
}

static void
rows_close(void)
{
	db_close(db);
	db_close(side);
}

/* The first column of the first row, as text; a static buffer. */
static const char *
sql(const char *text, const char *a, const char *b)
{
	const struct stmt s = {
		.name = "sql", .text = text,
		.nparams = (a != NULL) + (b != NULL)
	};
	const char *const arg[] = { a, b };
	static char ret[1024];
	struct rows *r = NULL;

	if (db_query(side, &s, arg, s.nparams, &r) != ERR_OK) {
		fprintf(stderr, "failed: %s\n", text);
		abort();
	}
	snprintf(ret, sizeof(ret), "%s", rows_count(r) == 0 ? "none" :
	    rows_null(r, 0, 0) ? "null" : rows_text(r, 0, 0));
	rows_free(r);
	return ret;
}

/* PREPARE `as` on the connection beside it: one of `list`, by its name. */
static inline void
prepare(const char *as, const struct stmt *const list[], const char *name)
{
	char text[4096];
	size_t i;
	int len;

	for (i = 0; list[i] != NULL && strcmp(list[i]->name, name) != 0; i++)
		continue;
	assert_non_null(list[i]);
	len = snprintf(text, sizeof(text), "PREPARE %s AS %s", as,
	    list[i]->text);
	assert_in_range(len, 1, sizeof(text) - 1);
	sql(text, NULL, NULL);
}

/*
 * Another connection, made already: while libpq makes one, standard error is
 * nobody's in the whole process, so that two threads cannot do so at once.
 */
static inline struct db *
connect_as(const char *name)
{
	const struct db_settings s = {
		.conninfo = getenv("TEST_CONNINFO"), .name = name
	};
	struct db *own = db_open(&s);

	assert_int_equal(db_ping(own), ERR_OK);
	return own;
}

#define PLAN_MAX	4096

/* How PostgreSQL would carry out `text` on that connection, a line each. */
static inline void
explain(const char *text, char ret_plan[PLAN_MAX])
{
	char whole[1024];
	const struct stmt s = { .name = "explain", .text = whole };
	struct rows *r;
	size_t len = 0;
	int i;

	i = snprintf(whole, sizeof(whole), "EXPLAIN %s", text);
	assert_in_range(i, 1, sizeof(whole) - 1);
	assert_int_equal(db_query(side, &s, NULL, 0, &r), ERR_OK);
	for (i = 0; i < rows_count(r) && len < PLAN_MAX; i++)
		len += (size_t)snprintf(ret_plan + len, PLAN_MAX - len, "%s\n",
		    rows_text(r, i, 0));
	rows_free(r);
	assert_in_range(len, 1, PLAN_MAX - 1);
}

/* A new account; its id. */
static inline const char *
new_account(void)
{
	static char id[4][TEXT_UUID];
	static int next;
	char *ret = id[next++ % 4];

	random_uuid(ret);
	sql("INSERT INTO account (id, email, password_hash)"
	    " VALUES ($1::uuid, $1::text || '@example.com', 'x')", ret, NULL);
	return ret;
}

#endif /* !TESTS_ROWS_H */
