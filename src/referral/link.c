/* SPDX-License-Identifier: MIT */

#include "base/text.h"
#include "db/db.h"
#include "errand/kind.h"
#include "errand/lane.h"

#include "referral/link.h"

const struct errand_kind link_errands = ERRAND_KIND("link", "referral_link",
    LINK_LEASE_S, LINK_ATTEMPTS);

static const struct stmt link_insert = {
	.name = "link_insert",
	.text =
	    "INSERT INTO referral_link AS l (lane, id) VALUES ($1::int, $2)"
	    " ON CONFLICT (lane, id) DO UPDATE SET " ERRAND_REVIVED
	    " WHERE l.state = 'done' AND l.looked_at < now() -"
	    " CASE WHEN l.link IS NULL THEN interval '1 day'"
	    " ELSE interval '7 days' END RETURNING id",
	.nparams = 2
};

enum err
link_want(struct db *db, const char *account_id, int *ret_wanted)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane_of(account_id), lane),
	    account_id };

	return db_changes(db, &link_insert, arg, NELEM(arg), ret_wanted);
}

static const struct stmt link_select = {
	.name = "link_select",
	.text =
	    "SELECT coalesce(ucc, ''), coalesce(link, '') FROM referral_link"
	    " WHERE lane = $1::int AND id = $2 AND looked_at IS NOT NULL",
	.nparams = 2
};

enum err
link_find(struct db *db, const char *account_id, struct link *ret_link)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane_of(account_id), lane),
	    account_id };
	struct link *l = ret_link;
	struct rows *r;
	enum err e;

	e = db_one(db, &link_select, arg, NELEM(arg), ERR_NOTFOUND, &r);
	if (e == ERR_OK &&
	    (e = rows_copy(r, 0, 0, l->ucc, sizeof(l->ucc))) == ERR_OK)
		e = rows_copy(r, 0, 1, l->url, sizeof(l->url));
	rows_free(r);
	return e;
}

static const struct stmt link_mark_found = {
	.name = "link_mark_found",
	.text =
	    "UPDATE referral_link SET state = 'done', settled_at = now(),"
	    " leased_until = NULL, last_error = NULL, looked_at = now(),"
	    " ucc = $4, link = $5 WHERE lane = $1::int AND id = $2"
	    " AND fence = $3 AND state = 'waiting' RETURNING id",
	.nparams = 5
};

enum err
link_found(struct db *db, const struct errand *x, const struct link *l)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS];
	const char *const arg[] = { text_digits(x->lane, lane), x->id,
	    text_digits(x->fence, fence), text_or_null(l->ucc),
	    text_or_null(l->url) };

	return db_one(db, &link_mark_found, arg, NELEM(arg), ERR_CONFLICT,
	    NULL);
}

static const struct stmt link_delete = {
	.name = "link_delete",
	.text = "DELETE FROM referral_link WHERE lane = $1::int AND id = $2",
	.nparams = 2
};

enum err
link_erase(struct db *db, const char *account_id)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane_of(account_id), lane),
	    account_id };

	return db_query(db, &link_delete, arg, NELEM(arg), NULL);
}

const struct stmt *const link_statements[] = {
	ERRAND_STATEMENTS(link_errands),
	&link_insert,
	&link_select,
	&link_mark_found,
	&link_delete,
	NULL
};
