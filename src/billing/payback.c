/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "db/array.h"
#include "db/db.h"
#include "errand/lane.h"
#include "stripe/field.h"

#include "billing/customer.h"
#include "billing/listing.h"

#include "billing/payback.h"

/* One as arguments; "" and NULL are NULL. */
struct facts {
	const char	*id;
	const char	*kind;		/* as Stripe calls the object */
	const char	*customer;	/* NULL: paid without one */
	const char	*payment;
	const char	*invoice;
	const char	*status;
	const char	*currency;
	char		 amount[TEXT_DIGITS];
	char		 moves[TEXT_DIGITS];	/* of its money, so far */
	char		 created[TEXT_DIGITS];
};

/* A status can be ahead of the money, and lists show both. */
static size_t
moves_of(const struct json *read)
{
	return json_count(read, "balance_transactions") +
	    (json_id(read, "balance_transaction") != NULL) +
	    (json_id(read, "failure_balance_transaction") != NULL);
}

static enum err
facts_read(const struct json *read, struct facts *f)
{
	enum err e;

	memset(f, 0, sizeof(*f));
	if ((e = field_text(read, "id", &f->id)) != ERR_OK ||
	    (e = field_text(read, "object", &f->kind)) != ERR_OK ||
	    (e = field_text(read, "status", &f->status)) != ERR_OK ||
	    (e = field_text(read, "currency", &f->currency)) != ERR_OK ||
	    (e = field_int(read, "amount", f->amount)) != ERR_OK ||
	    (e = field_time(read, "created", f->created)) != ERR_OK)
		return e;
	/* A note has its own; the others are of a charge. */
	if ((f->customer = json_id(read, "customer")) == NULL)
		f->customer = json_id(read, "charge.customer");
	if ((f->payment = json_id(read, "payment_intent")) == NULL)
		f->payment = json_id(read, "charge");
	f->invoice = json_id(read, "invoice");
	(void)text_digits((int64_t)moves_of(read), f->moves);
	return ERR_OK;
}

static const struct stmt payback_upsert = {
	.name = "payback_upsert",
	.text =
	    "INSERT INTO payback (id, kind, customer_id, payment_id,"
	    " invoice_id, status, currency, amount, created, moves)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8,"
	    " to_timestamp($9::bigint), $10)"
	    " ON CONFLICT (id) DO UPDATE SET"
	    " customer_id = excluded.customer_id,"
	    " payment_id = excluded.payment_id,"
	    " invoice_id = excluded.invoice_id, status = excluded.status,"
	    " currency = excluded.currency, amount = excluded.amount,"
	    " created = excluded.created, moves = excluded.moves,"
	    " seen_at = now()",
	.nparams = 10
};

static enum err
facts_keep(struct db *db, const struct facts *f)
{
	const char *const arg[] = {
		f->id, f->kind, f->customer, f->payment, f->invoice, f->status,
		f->currency, f->amount, f->created, f->moves
	};

	return db_query(db, &payback_upsert, arg, NELEM(arg), NULL);
}

enum err
payback_apply(struct db *db, const struct json *read,
    char ret_customer[STRIPE_ID])
{
	struct facts f;
	enum err e;

	if ((e = facts_read(read, &f)) != ERR_OK)
		return e;
	if (f.customer != NULL)
		e = customer_anchor_linked(db, f.customer, ret_customer);
	return e != ERR_OK ? e : facts_keep(db, &f);
}

static const struct stmt payback_mark_gone = {
	.name = "payback_mark_gone",
	.text =
	    "UPDATE payback SET status = 'gone', seen_at = now()"
	    " WHERE id = $1",
	.nparams = 1
};

enum err
payback_lost(struct db *db, const char *id)
{
	const char *const arg[] = { id };

	return db_query(db, &payback_mark_gone, arg, NELEM(arg), NULL);
}

static const struct stmt payback_listed = {
	.name = "payback_listed",
	.text =
	    "SELECT l.id FROM unnest($1::int[], $2::text[], $3::text[],"
	    " $4::bigint[], $5::int[]) AS l (lane, id, status, amount, moves)"
	    " LEFT JOIN payback b ON b.id = l.id"
	    " WHERE coalesce(b.status <> l.status OR b.amount <> l.amount"
	    " OR b.moves <> l.moves, true)" LISTING_UNKNOWN,
	.nparams = 5
};

enum { LANE, ID, STATUS, AMOUNT, MOVES };

static void
listed_add(const struct json *object, struct buf column[])
{
	char lane[TEXT_DIGITS];
	struct facts f;

	if (facts_read(object, &f) != ERR_OK)
		return;
	array_add(&column[LANE], text_digits(lane_of(f.id), lane));
	array_add(&column[ID], f.id);
	array_add(&column[STATUS], f.status);
	array_add(&column[AMOUNT], f.amount);
	array_add(&column[MOVES], f.moves);
}

enum err
payback_compare(struct db *db, const struct json *page,
    struct differing *ret_differing)
{
	return listing_hold(db, &payback_listed, page, listed_add,
	    ret_differing);
}

/* What is not settled is settled some day, and lists show what is young. */
#define OVERDUE(of)							\
	    "SELECT r.id FROM payback r WHERE r.kind = '" of "'"	\
	    " AND r.status NOT IN ('succeeded', 'failed', 'canceled',"	\
	    " 'issued', 'void', 'won', 'lost', 'warning_closed',"	\
	    " 'prevented', 'gone')"					\
	    " AND r.seen_at < now() - interval '1 day'"			\
	    " AND r.created > now() - interval '400 days'"		\
	    " AND r.id > $1" LISTING_UNHEARD " ORDER BY r.id LIMIT $2::int"

static const struct stmt refund_select_overdue = {
	.name = "refund_select_overdue", .text = OVERDUE("refund"),
	.nparams = 2
};

static const struct stmt dispute_select_overdue = {
	.name = "dispute_select_overdue", .text = OVERDUE("dispute"),
	.nparams = 2
};

enum err
refund_overdue(struct db *db, const char *after,
    struct differing *ret_differing)
{
	return listing_overdue(db, &refund_select_overdue, after,
	    ret_differing);
}

enum err
dispute_overdue(struct db *db, const char *after,
    struct differing *ret_differing)
{
	return listing_overdue(db, &dispute_select_overdue, after,
	    ret_differing);
}

const struct stmt *const payback_statements[] = {
	&payback_upsert,
	&payback_mark_gone,
	&payback_listed,
	&refund_select_overdue,
	&dispute_select_overdue,
	NULL
};
