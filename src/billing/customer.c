/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "db/db.h"
#include "net/form.h"

#include "stripe/field.h"
#include "billing/object.h"

#include "billing/customer.h"

void
customer_form(const struct customer_facts *f, struct buf *ret_form)
{
	char name[256];

	snprintf(name, sizeof(name), "%s%s%s", f->first_name,
	    text_empty(f->first_name) || text_empty(f->last_name) ? "" : " ",
	    f->last_name);
	form_text(ret_form, "email", f->email);
	form_text(ret_form, "name", name);
	form_text(ret_form, "metadata[cello_ucc]", f->ucc);
	form_text(ret_form, "metadata[new_user_id]", f->account_id);
	/* An organization has no id of its own here: its name has to do. */
	form_text(ret_form, "metadata[new_user_organization_id]",
	    f->organization);
}

static const struct stmt customer_by_account = {
	.name = "customer_by_account",
	.text =
	    "SELECT id FROM customer WHERE account_id = $1 AND NOT deleted",
	.nparams = 1
};

enum err
customer_of(struct db *db, const char *account_id, char ret_id[CUSTOMER_ID])
{
	const char *const arg[] = { account_id };
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &customer_by_account, arg, NELEM(arg), &r);
	if (e != ERR_OK)
		goto done;
	if (rows_count(r) == 0)
		e = ERR_NOTFOUND;
	else
		snprintf(ret_id, CUSTOMER_ID, "%s", rows_text(r, 0, 0));
done:
	rows_free(r);
	return e;
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
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &customer_hold, arg, NELEM(arg), &r);
	if (e == ERR_OK)
		snprintf(ret_account_id, TEXT_UUID, "%s",
		    rows_null(r, 0, 0) ? "" : rows_text(r, 0, 0));
	rows_free(r);
	return e;
}

/*
 * Two customers that want the same account come one after the other, so that
 * the second finds the first one linked instead of tripping over the index,
 * which would end the transaction.
 */
static const struct stmt customer_lock_account = {
	.name = "customer_lock_account",
	.text = "SELECT id FROM account WHERE id = $1 FOR NO KEY UPDATE",
	.nparams = 1
};

static enum err
account_there(struct db *db, const char *account_id)
{
	const char *const arg[] = { account_id };
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &customer_lock_account, arg, NELEM(arg), &r);
	if (e == ERR_OK && rows_count(r) == 0)
		e = ERR_NOTFOUND;
	rows_free(r);
	return e;
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
	struct rows *r = NULL;
	enum err e;

	if ((e = account_there(db, account_id)) != ERR_OK ||
	    (e = customer_anchor(db, id, owner)) != ERR_OK)
		goto done;
	if (owner[0] != '\0' && strcmp(owner, account_id) != 0) {
		log_error("customer_conflict", "customer %s of account %s was"
		    " not linked to account %s", id, owner, account_id);
		e = ERR_CONFLICT;
		goto done;
	}
	e = db_query(db, &customer_set_account, arg, NELEM(arg), &r);
	if (e != ERR_OK)
		goto done;
	if (rows_count(r) == 0) {
		log_error("customer_conflict", "customer %s was not linked to"
		    " account %s, which has another", id, account_id);
		e = ERR_CONFLICT;
		goto done;
	}
	e = object_unpark(db, id);
done:
	rows_free(r);
	return e;
}

static const struct stmt customer_mark_gone = {
	.name = "customer_mark_gone",
	.text =
	    "UPDATE customer SET deleted = true, account_id = NULL,"
	    " former_account_id = coalesce(account_id, former_account_id)"
	    " WHERE id = $1",
	.nparams = 1
};

/* What had made it is no answer any more to a wish for a customer. */
static const struct stmt customer_retire_call = {
	.name = "customer_retire_call",
	.text =
	    "UPDATE stripe_call SET state = 'replaced'"
	    " WHERE account_id = $1 AND kind = 'customer' AND state = 'done'"
	    " AND object_id = $2",
	.nparams = 2
};

static enum err
customer_gone(struct db *db, const char *id)
{
	char owner[TEXT_UUID];
	const char *const arg[] = { id }, *const made[] = { owner, id };
	enum err e;

	if ((e = customer_anchor(db, id, owner)) != ERR_OK ||
	    (e = db_query(db, &customer_mark_gone, arg, NELEM(arg), NULL)) !=
	    ERR_OK || owner[0] == '\0')
		return e;
	log_warn("customer_gone", "customer %s of account %s is gone", id,
	    owner);
	return db_query(db, &customer_retire_call, made, NELEM(made), NULL);
}

static const struct stmt customer_mark_seen = {
	.name = "customer_mark_seen",
	.text =
	    "UPDATE customer SET deleted = false, livemode = $2,"
	    " seen_at = now() WHERE id = $1",
	.nparams = 2
};

/*
 * Linking comes last, so that one which had only been missing is alive when it
 * is linked again; but the account is locked first, as customer_link() does.
 */
enum err
customer_apply(struct db *db, const char *id, const struct json *read)
{
	const char *named = json_text(read, "metadata.new_user_id");
	const char *arg[] = { id, NULL };
	char owner[TEXT_UUID];
	int deleted = 0, here = 0;
	enum err e;

	if (json_bool(read, "deleted", &deleted) == ERR_OK && deleted)
		return customer_gone(db, id);
	if ((e = field_flag(read, "livemode", &arg[1])) != ERR_OK)
		return e;
	if (named != NULL && text_is_uuid(named)) {
		e = account_there(db, named);
		if (e != ERR_OK && e != ERR_NOTFOUND)
			return e;
		here = e == ERR_OK;
	}
	if ((e = customer_anchor(db, id, owner)) != ERR_OK ||
	    (e = db_query(db, &customer_mark_seen, arg, NELEM(arg), NULL)) !=
	    ERR_OK || !here)
		return e;
	/* A conflict is for a person to settle; reading again cannot. */
	e = customer_link(db, id, named);
	return e == ERR_CONFLICT ? ERR_OK : e;
}

const struct stmt *const customer_statements[] = {
	&customer_by_account,
	&customer_hold,
	&customer_lock_account,
	&customer_set_account,
	&customer_mark_gone,
	&customer_retire_call,
	&customer_mark_seen,
	NULL
};
