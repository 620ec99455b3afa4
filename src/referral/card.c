/* SPDX-License-Identifier: MIT */

#include "base/text.h"
#include "db/array.h"
#include "db/db.h"
#include "errand/kind.h"
#include "errand/lane.h"

#include "referral/card.h"

#define ARRAY_TEXT	((size_t)CARDS_MOST * 2 * CARD_FINGERPRINT)

const struct errand_kind card_errands = ERRAND_KIND("card", "referral_card",
    CARD_LEASE_S, CARD_ATTEMPTS);

/*
 * Many may come by one referrer, whose row none of them has to lock if nothing
 * is to be done.
 */
static const struct stmt card_insert = {
	.name = "card_insert",
	.text =
	    "INSERT INTO referral_card AS c (lane, id) SELECT $1::int, $2"
	    " WHERE NOT EXISTS (SELECT FROM referral_card"
	    " WHERE lane = $1::int AND id = $2 AND (state <> 'done'"
	    " OR (NOT $3::boolean AND looked_at > now() - interval '1 day')"
	    " OR NOT ($3::boolean OR fingerprints = '{}')))"
	    " ON CONFLICT (lane, id) DO UPDATE SET " ERRAND_REVIVED
	    " WHERE c.state = 'done'",
	.nparams = 3
};

enum err
card_want(struct db *db, const char *account_id, int again)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane_of(account_id), lane),
	    account_id, again ? "t" : "f" };

	return db_query(db, &card_insert, arg, NELEM(arg), NULL);
}

/* Who has taken their card out meanwhile has paid with it all the same. */
static const struct stmt card_mark_found = {
	.name = "card_mark_found",
	.text =
	    "UPDATE referral_card SET state = 'done', settled_at = now(),"
	    " leased_until = NULL, last_error = NULL, looked_at = now(),"
	    " fingerprints = ARRAY(SELECT f FROM"
	    " unnest($4::text[] || fingerprints) WITH ORDINALITY AS t (f, n)"
	    " GROUP BY f ORDER BY min(n) LIMIT $5::int)"
	    " WHERE lane = $1::int AND id = $2 AND fence = $3"
	    " AND state = 'waiting' RETURNING id",
	.nparams = 5
};

enum err
card_found(struct db *db, const struct errand *x, const struct cards *cards)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS], most[TEXT_DIGITS];
	const char *arg[] = { text_digits(x->lane, lane), x->id,
	    text_digits(x->fence, fence), NULL, text_digits(CARDS_MOST, most) };
	struct buf now;
	size_t i;
	enum err e;

	array_begin(&now, ARRAY_TEXT);
	for (i = 0; i < cards->count; i++)
		array_add(&now, cards->fingerprint[i]);
	array_end(&now);
	arg[3] = now.data;
	e = now.full ? ERR_INTERNAL : db_one(db, &card_mark_found, arg,
	    NELEM(arg), ERR_CONFLICT, NULL);
	buf_done(&now);
	return e;
}

static const struct stmt card_waits = {
	.name = "card_waits",
	.text =
	    "SELECT EXISTS (SELECT FROM referral_card WHERE lane = $1::int"
	    " AND id = $2 AND state = 'waiting' AND attempts < $3::int)",
	.nparams = 3
};

enum err
card_is_awaited(struct db *db, const char *account_id, int *ret_awaited)
{
	char lane[TEXT_DIGITS], patience[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane_of(account_id), lane),
	    account_id, text_digits(CARD_PATIENCE, patience) };

	return db_ask(db, &card_waits, arg, NELEM(arg), ret_awaited);
}

static const struct stmt card_compare = {
	.name = "card_compare",
	.text =
	    "SELECT EXISTS (SELECT FROM referral_card a JOIN referral_card b"
	    " ON b.lane = $3::int AND b.id = $4"
	    " AND b.fingerprints && a.fingerprints"
	    " WHERE a.lane = $1::int AND a.id = $2)",
	.nparams = 4
};

enum err
card_shared(struct db *db, const char *account_id, const char *other_id,
    int *ret_shared)
{
	char lane[TEXT_DIGITS], other[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(account_id), lane), account_id,
		text_digits(lane_of(other_id), other), other_id
	};

	return db_ask(db, &card_compare, arg, NELEM(arg), ret_shared);
}

static const struct stmt card_delete = {
	.name = "card_delete",
	.text = "DELETE FROM referral_card WHERE lane = $1::int AND id = $2",
	.nparams = 2
};

enum err
card_erase(struct db *db, const char *account_id)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane_of(account_id), lane),
	    account_id };

	return db_query(db, &card_delete, arg, NELEM(arg), NULL);
}

static const struct stmt card_delete_old = {
	.name = "card_delete_old",
	.text =
	    "DELETE FROM referral_card WHERE lane = $1::int AND id IN"
	    " (SELECT id FROM referral_card WHERE lane = $1::int"
	    " AND settled_at < now() - $2::int * interval '1 day'"
	    " ORDER BY settled_at LIMIT $3::int FOR UPDATE SKIP LOCKED)"
	    " RETURNING id",
	.nparams = 3
};

enum err
card_tidy(struct db *db, int lane, int days, int most, int *ret_deleted)
{
	char in[TEXT_DIGITS], age[TEXT_DIGITS], limit[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane, in),
	    text_digits(days, age), text_digits(most, limit) };

	return db_changes(db, &card_delete_old, arg, NELEM(arg), ret_deleted);
}

const struct stmt *const card_statements[] = {
	ERRAND_STATEMENTS(card_errands),
	&card_insert,
	&card_mark_found,
	&card_waits,
	&card_compare,
	&card_delete,
	&card_delete_old,
	NULL
};
