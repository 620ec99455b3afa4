/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#include "db/question.h"

#include "db/ahead.h"

void
db_ahead(struct db *db, const struct stmt *s, const char *const arg[],
    int count)
{
	struct question *x;
	int i;

	assert(count == s->nparams && count <= DB_AHEAD_ARGS);
	assert(text_begins(s->text, "SELECT") && !db->in_transaction);
	if (db->ahead == NULL)
		db->ahead = mem_zero(1, sizeof(*db->ahead));
	if (db->ahead->count == DB_AHEAD)
		return;
	x = &db->ahead->question[db->ahead->count++];
	memset(x, 0, sizeof(*x));
	x->stmt = s;
	for (i = 0; i < count; i++)
		x->arg[i] = arg[i] == NULL ? NULL : mem_text(arg[i]);
}

void
db_ahead_forget(struct db *db)
{
	struct question *x;
	int i;

	if (db->ahead == NULL)
		return;
	while (db->ahead->count > 0) {
		x = &db->ahead->question[--db->ahead->count];
		/* Among them is what a session is found by. */
		for (i = 0; i < x->stmt->nparams; i++)
			if (x->arg[i] != NULL)
				mem_free_secret(x->arg[i], strlen(x->arg[i]));
		PQclear(x->result);
	}
}

void
ahead_done(struct db *db)
{
	db_ahead_forget(db);
	free(db->ahead);
}

static int
is_same(const struct question *x, const struct stmt *s,
    const char *const arg[])
{
	int i;

	if (x->stmt != s)
		return 0;
	for (i = 0; i < s->nparams; i++)
		if (!text_equal(arg[i], x->arg[i]))
			return 0;
	return 1;
}

int
ahead_take(struct db *db, const struct stmt *s, const char *const arg[],
    enum err *ret_err, PGresult **ret_result)
{
	struct question *x;
	size_t i;

	if (db->ahead == NULL || db->in_transaction)
		return 0;
	for (i = 0; i < db->ahead->count; i++) {
		x = &db->ahead->question[i];
		if (x->stand != ANSWERED || !is_same(x, s, arg))
			continue;
		x->stand = TAKEN;
		*ret_err = x->err;
		*ret_result = x->result;
		x->result = NULL;
		return 1;
	}
	return 0;
}
