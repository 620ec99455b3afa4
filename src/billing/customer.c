/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "db/db.h"
#include "stripe/field.h"

#include "billing/call.h"
#include "billing/object.h"

#include "billing/customer.h"

static const struct stmt customer_by_account = {
	.name = "customer_by_account",
	.text =
	    "SELECT id FROM customer WHERE account_id = $1 AND NOT deleted",
	.nparams = 1
};

enum err
customer_of(struct db *db, const char *account_id, char ret_id[STRIPE_ID])
{
	const char *const arg[] = { account_id };
	struct rows *r;
	enum err e;

	e = db_one(db, &customer_by_account, arg, NELEM(arg), ERR_NOTFOUND,
	    &r);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, ret_id, STRIPE_ID);
	rows_free(r);
	return e;
}

static const struct stmt customer_all = {
	.name = "customer_all",
	.text =
	    "SELECT id FROM customer WHERE NOT deleted"
	    " AND (account_id = $1::uuid OR former_account_id = $1::uuid)"
	    " AND id > $2 ORDER BY id LIMIT $3::int",
	.nparams = 3
};

enum err
customers_of(struct db *db, const char *account_id, const char *after,
    char ret_id[CUSTOMERS_MOST][STRIPE_ID], size_t *ret_count)
{
	char most[TEXT_DIGITS];
	const char *const arg[] = { account_id, after,
	    text_digits(CUSTOMERS_MOST, most) };
	struct rows *r = NULL;
	enum err e;
	int i = 0;

	e = db_query(db, &customer_all, arg, NELEM(arg), &r);
	if (e == ERR_OK) {
		for (; i < rows_count(r) && e == ERR_OK; i++)
			e = rows_copy(r, i, 0, ret_id[i], STRIPE_ID);
		*ret_count = (size_t)i;
	}
	rows_free(r);
	return e;
}

static const struct stmt customer_some = {
	.name = "customer_some",
	.text =
	    "SELECT id FROM customer"
	    " WHERE account_id IS NOT NULL AND NOT deleted LIMIT 1",
	.nparams = 0
};

enum err
customer_any(struct db *db, char ret_id[STRIPE_ID])
{
	struct rows *r;
	enum err e;

	e = db_one(db, &customer_some, NULL, 0, ERR_NOTFOUND, &r);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, ret_id, STRIPE_ID);
	rows_free(r);
	return e;
}

static const struct stmt customer_select_owner = {
	.name = "customer_select_owner",
	.text =
	    "SELECT coalesce(account_id, former_account_id) FROM customer"
	    " WHERE id = $1",
	.nparams = 1
};

enum err
customer_owner(struct db *db, const char *id, char ret_account_id[TEXT_UUID])
{
	const char *const arg[] = { id };
	struct rows *r;
	enum err e;

	ret_account_id[0] = '\0';
	e = db_one(db, &customer_select_owner, arg, NELEM(arg), ERR_NOTFOUND,
	    &r);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, ret_account_id, TEXT_UUID);
	rows_free(r);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

static const struct stmt customer_compare = {
	.name = "customer_compare",
	.text =
	    "SELECT EXISTS (SELECT FROM customer WHERE told_user = $2::text"
	    " AND (account_id = $1::uuid OR former_account_id = $1::uuid))"
	    " OR EXISTS (SELECT FROM customer WHERE told_user = $1::text"
	    " AND (account_id = $2::uuid OR former_account_id = $2::uuid))",
	.nparams = 2
};

enum err
customer_shared(struct db *db, const char *account_id, const char *other_id,
    int *ret_shared)
{
	const char *const arg[] = { account_id, other_id };

	return db_ask(db, &customer_compare, arg, NELEM(arg), ret_shared);
}

/*
 * An update that changes nothing locks a row that is there already, so that
 * making the row and locking it is one round trip.
 */
static const struct stmt customer_hold = {
	.name = "customer_hold",
	.text =
	    "INSERT INTO customer AS c (id) VALUES ($1)"
	    " ON CONFLICT (id) DO UPDATE SET seen_at = c.seen_at"
	    " RETURNING coalesce(account_id, former_account_id)",
	.nparams = 1
};

enum err
customer_anchor(struct db *db, const char *id, char ret_account_id[TEXT_UUID])
{
	const char *const arg[] = { id };
	struct rows *r;
	enum err e;

	e = db_one(db, &customer_hold, arg, NELEM(arg), ERR_INTERNAL, &r);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, ret_account_id, TEXT_UUID);
	rows_free(r);
	return e;
}

enum err
customer_anchor_linked(struct db *db, const char *id,
    char ret_customer[STRIPE_ID])
{
	char account[TEXT_UUID];
	enum err e;

	if ((e = customer_anchor(db, id, account)) != ERR_OK)
		return e;
	if (account[0] != '\0')
		return ERR_OK;
	(void)snprintf(ret_customer, STRIPE_ID, "%s", id);
	return ERR_NOTFOUND;
}

/* One that is gone already belongs to the account's past. */
static const struct stmt customer_set_account = {
	.name = "customer_set_account",
	.text =
	    "UPDATE customer SET linked_at = coalesce(linked_at, now()),"
	    " account_id = CASE WHEN deleted THEN NULL ELSE $2::uuid END,"
	    " former_account_id = CASE WHEN deleted THEN $2::uuid END"
	    " WHERE id = $1 AND (deleted OR NOT EXISTS"
	    " (SELECT FROM customer WHERE account_id = $2::uuid AND id <> $1))"
	    " RETURNING id",
	.nparams = 2
};

enum err
customer_link(struct db *db, const char *id, const char *account_id)
{
	const char *const arg[] = { id, account_id };
	char owner[TEXT_UUID];
	enum err e;

	if ((e = customer_anchor(db, id, owner)) != ERR_OK)
		return e;
	if (owner[0] != '\0' && strcmp(owner, account_id) != 0) {
		log_error("customer_conflict", "customer %s of account %s was"
		    " not linked to account %s", id, owner, account_id);
		return ERR_CONFLICT;
	}
	e = db_one(db, &customer_set_account, arg, NELEM(arg), ERR_CONFLICT,
	    NULL);
	if (e == ERR_CONFLICT)
		log_error("customer_conflict", "customer %s was not linked to"
		    " account %s, which has another", id, account_id);
	return e != ERR_OK ? e : object_unpark(db, id);
}

/* A page that has expired can have brought nothing. */
static const struct stmt customer_make_former = {
	.name = "customer_make_former",
	.text =
	    "UPDATE customer c SET account_id = NULL,"
	    " former_account_id = $2::uuid"
	    " WHERE id = $1 AND account_id = $2::uuid"
	    " AND NOT EXISTS (SELECT FROM subscription"
	    " WHERE customer_id = c.id)"
	    " AND NOT EXISTS (SELECT FROM invoice WHERE customer_id = c.id)"
	    " AND NOT EXISTS (SELECT FROM checkout_session"
	    " WHERE customer_id = c.id AND status <> 'expired')"
	    " RETURNING id",
	.nparams = 2
};

enum err
customer_replace(struct db *db, const char *id, const char *account_id)
{
	const char *const arg[] = { id, account_id };
	enum err e;

	e = db_one(db, &customer_make_former, arg, NELEM(arg), ERR_CONFLICT,
	    NULL);
	return e != ERR_OK ? e : call_retire(db, account_id, id);
}

static const struct stmt customer_mark_gone = {
	.name = "customer_mark_gone",
	.text =
	    "UPDATE customer SET deleted = true, account_id = NULL,"
	    " former_account_id = coalesce(account_id, former_account_id)"
	    " WHERE id = $1",
	.nparams = 1
};

static enum err
customer_gone(struct db *db, const char *id)
{
	const char *const arg[] = { id };
	char owner[TEXT_UUID];
	enum err e;

	if ((e = customer_anchor(db, id, owner)) != ERR_OK ||
	    (e = db_query(db, &customer_mark_gone, arg, NELEM(arg), NULL)) !=
	    ERR_OK || owner[0] == '\0')
		return e;
	log_warn("customer_gone", "customer %s of account %s is gone", id,
	    owner);
	return call_retire(db, owner, id);
}

static const struct stmt customer_mark_seen = {
	.name = "customer_mark_seen",
	.text =
	    "UPDATE customer SET deleted = false, livemode = $2,"
	    " seen_at = now(), told_ucc = $3, told_user = $4,"
	    " told_email = $5, told_at = CASE WHEN told_at IS NULL"
	    " THEN coalesce(to_timestamp($6::bigint), now())"
	    " WHEN (told_ucc, told_user) IS DISTINCT FROM ($3, $4) THEN now()"
	    " ELSE told_at END, told_organization = $7 WHERE id = $1",
	.nparams = 7
};

/*
 * What it was read to say for the first time it has said since it was made, as
 * far as anybody here can tell.
 */
static enum err
mark_seen(struct db *db, const char *id, const struct json *read)
{
	char created[TEXT_DIGITS];
	const char *arg[] = { id, NULL, json_text(read, "metadata.cello_ucc"),
	    json_text(read, "metadata.new_user_id"),
	    text_empty(json_text(read, "email")) ? "f" : "t", created,
	    json_text(read, "metadata.new_user_organization_id") };
	enum err e;

	if ((e = field_flag(read, "livemode", &arg[1])) != ERR_OK ||
	    (e = field_time_maybe(read, "created", created)) != ERR_OK)
		return e;
	arg[5] = text_or_null(created);
	if (arg[6] == NULL)
		arg[6] = "";
	return db_query(db, &customer_mark_seen, arg, NELEM(arg), NULL);
}

/* Linking comes last: one that had only been missing is alive by then. */
enum err
customer_apply(struct db *db, const char *id, const struct json *read,
    const char *account_id)
{
	char owner[TEXT_UUID];
	enum err e;

	if (field_deleted(read))
		return customer_gone(db, id);
	if ((e = customer_anchor(db, id, owner)) != ERR_OK ||
	    (e = mark_seen(db, id, read)) != ERR_OK || account_id == NULL)
		return e;
	return customer_link(db, id, account_id);
}

enum err
customer_lost(struct db *db, const char *id)
{
	return customer_gone(db, id);
}

/* In the index's order: the whole table would be full of what is deleted. */
static const struct stmt customer_delete_nobodys = {
	.name = "customer_delete_nobodys",
	.text =
	    "DELETE FROM customer WHERE id IN (SELECT id FROM customer"
	    " WHERE account_id IS NULL AND former_account_id IS NULL"
	    " AND greatest(anchored_at, seen_at) <"
	    " now() - $1::int * interval '1 day'"
	    " ORDER BY greatest(anchored_at, seen_at)"
	    " LIMIT $2::int FOR UPDATE SKIP LOCKED) RETURNING id",
	.nparams = 2
};

enum err
customer_tidy(struct db *db, int days, int most, int *ret_deleted)
{
	char age[TEXT_DIGITS], limit[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(days, age), text_digits(most, limit)
	};

	return db_changes(db, &customer_delete_nobodys, arg, NELEM(arg),
	    ret_deleted);
}

const struct stmt *const customer_statements[] = {
	&customer_by_account,
	&customer_all,
	&customer_some,
	&customer_select_owner,
	&customer_compare,
	&customer_hold,
	&customer_set_account,
	&customer_make_former,
	&customer_mark_gone,
	&customer_mark_seen,
	&customer_delete_nobodys,
	NULL
};
