/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <stdio.h>

#include "base/json.h"
#include "base/text.h"
#include "db/array.h"
#include "db/db.h"

#include "billing/listing.h"

enum err
listing_ask(struct db *db, const struct stmt *s, const char *const arg[],
    struct differing *ret_differing)
{
	struct differing *d = ret_differing;
	struct rows *r = NULL;
	enum err e;
	int i;

	d->count = 0;
	if ((e = db_query(db, s, arg, s->nparams, &r)) != ERR_OK)
		return e;
	for (i = 0; i < rows_count(r) && d->count < LISTING_PAGE &&
	    e == ERR_OK; i++)
		e = rows_copy(r, i, 0, d->id[d->count++], STRIPE_ID);
	rows_free(r);
	return e;
}

enum err
listing_overdue(struct db *db, const struct stmt *s, const char *after,
    struct differing *ret_differing)
{
	char most[TEXT_DIGITS];
	const char *const arg[] = { after, text_digits(LISTING_PAGE, most) };

	return listing_ask(db, s, arg, ret_differing);
}

enum err
listing_hold(struct db *db, const struct stmt *s, const struct json *page,
    listing_add *add, struct differing *ret_differing)
{
	const int columns = s->nparams;
	const char *arg[LISTING_COLUMNS];
	struct buf column[LISTING_COLUMNS];
	size_t count = json_count(page, "data"), i;
	enum err e;
	int c, full;

	assert(columns <= LISTING_COLUMNS);
	for (c = 0; c < columns; c++)
		array_begin(&column[c], LISTING_COLUMN);
	for (i = 0; i < count && i < LISTING_PAGE; i++)
		add(json_item(page, "data", i), column);
	for (c = 0, full = 0; c < columns; c++) {
		array_end(&column[c]);
		arg[c] = column[c].data;
		full |= column[c].full;
	}
	e = full ? ERR_INTERNAL : listing_ask(db, s, arg, ret_differing);
	for (c = 0; c < columns; c++)
		buf_done(&column[c]);
	return e;
}
