/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "db/db.h"
#include "stripe/field.h"

#include "ledger/ledger.h"

/* The entries as they are found. */
struct found {
	struct ledger_entry	*entry;
	size_t			 count;
};

static enum err
unreadable(const struct json *read, const char *path)
{
	log_warn("object_unreadable", "%s %s: %s cannot be read",
	    json_text(read, "object"), json_text(read, "id"), path);
	return ERR_INPUT;
}

static enum err
number(const struct json *read, const char *path, int64_t *ret)
{
	return json_int(read, path, ret) == ERR_OK ? ERR_OK :
	    unreadable(read, path);
}

/* What is not there is nothing. */
static int64_t
number_or_0(const struct json *read, const char *path)
{
	int64_t n = 0;

	return json_int(read, path, &n) == ERR_OK ? n : 0;
}

static void
add(struct found *f, const struct ledger_entry *x)
{
	if (x->amount != 0 && f->count < LEDGER_MOST)
		f->entry[f->count++] = *x;
}

/* --- an invoice --- */

static int64_t
tax_of(const struct json *invoice, int64_t total)
{
	int64_t without = 0, sum = 0;
	size_t count = json_count(invoice, "total_taxes"), i;

	if (json_int(invoice, "total_excluding_tax", &without) == ERR_OK)
		return total - without;
	for (i = 0; i < count; i++)
		sum += number_or_0(json_item(invoice, "total_taxes", i),
		    "amount");
	return sum;
}

/* `x` says what all payments of the invoice have in common. */
static enum err
add_payment(struct found *f, const struct json *payment,
    const struct ledger_entry *x, int64_t *elsewhere)
{
	struct ledger_entry one = *x;
	enum err e;

	if (!text_equal(json_text(payment, "status"), "paid"))
		return ERR_OK;
	if ((e = field_text(payment, "id", &one.source)) != ERR_OK ||
	    (e = field_text(payment, "currency", &one.currency)) != ERR_OK ||
	    (e = number(payment, "amount_paid", &one.amount)) != ERR_OK ||
	    (e = number(payment, "status_transitions.paid_at",
	    &one.booked_at)) != ERR_OK)
		return e;
	if ((one.payment = json_id(payment, "payment.payment_intent")) == NULL)
		one.payment = json_id(payment, "payment.charge");
	if (one.payment == NULL)
		*elsewhere += one.amount;
	add(f, &one);
	return ERR_OK;
}

static enum err
of_invoice(const struct json *read, const struct json *payments,
    struct found *f)
{
	struct ledger_entry x = { .kind = "payment" };
	size_t count = json_count(payments, "data"), i;
	int64_t elsewhere = 0;
	enum err e;

	if ((e = field_text(read, "id", &x.invoice)) != ERR_OK ||
	    (e = field_text(read, "currency", &x.currency)) != ERR_OK ||
	    (e = number(read, "total", &x.total)) != ERR_OK)
		return e;
	x.tax = tax_of(read, x.total);
	for (i = 0; i < count; i++) {
		e = add_payment(f, json_item(payments, "data", i), &x,
		    &elsewhere);
		if (e != ERR_OK)
			return e;
	}
	/* Of what was paid elsewhere, there need not be a payment. */
	x.amount = number_or_0(read, "amount_paid_off_stripe") - elsewhere;
	if (x.amount <= 0 || !text_equal(json_text(read, "status"), "paid"))
		return ERR_OK;
	x.source = x.invoice;
	e = number(read, "status_transitions.paid_at", &x.booked_at);
	if (e == ERR_OK)
		add(f, &x);
	return e;
}

/* --- what goes back --- */

static enum err
of_refund(const struct json *read, struct found *f)
{
	struct ledger_entry x = { .kind = "refund" };
	int64_t back = 0;
	enum err e;

	if (json_id(read, "balance_transaction") == NULL)
		return ERR_OK;		/* nothing has moved yet */
	if ((e = field_text(read, "id", &x.source)) != ERR_OK ||
	    (e = field_text(read, "currency", &x.currency)) != ERR_OK ||
	    (e = number(read, "amount", &x.amount)) != ERR_OK ||
	    (e = number(read, "created", &x.booked_at)) != ERR_OK)
		return e;
	if ((x.payment = json_id(read, "payment_intent")) == NULL)
		x.payment = json_id(read, "charge");
	x.amount = -x.amount;
	add(f, &x);
	if (json_id(read, "failure_balance_transaction") == NULL)
		return ERR_OK;
	x.kind = "refund_failed";
	x.amount = -x.amount;
	if (json_int(read, "failure_balance_transaction.created", &back) ==
	    ERR_OK)
		x.booked_at = back;
	add(f, &x);
	return ERR_OK;
}

/*
 * A movement is told in the currency of our balance; if that is another than
 * the payment's, all of what is disputed has moved.
 */
static enum err
add_movement(struct found *f, const struct json *movement,
    const struct ledger_entry *x)
{
	struct ledger_entry one = *x;
	int64_t moved;
	enum err e;

	if ((e = field_text(movement, "id", &one.source)) != ERR_OK ||
	    (e = number(movement, "amount", &moved)) != ERR_OK ||
	    (e = number(movement, "created", &one.booked_at)) != ERR_OK)
		return e;
	if (text_equal(json_text(movement, "currency"), x->currency))
		one.amount = moved;
	else
		one.amount = moved < 0 ? -x->amount : x->amount;
	add(f, &one);
	return ERR_OK;
}

static enum err
of_dispute(const struct json *read, struct found *f)
{
	struct ledger_entry x = { .kind = "dispute" };
	size_t count = json_count(read, "balance_transactions"), i;
	enum err e;

	if ((e = field_text(read, "currency", &x.currency)) != ERR_OK ||
	    (e = number(read, "amount", &x.amount)) != ERR_OK)
		return e;
	if ((x.payment = json_id(read, "payment_intent")) == NULL)
		x.payment = json_id(read, "charge");
	for (i = 0; i < count && e == ERR_OK; i++)
		e = add_movement(f, json_item(read, "balance_transactions",
		    i), &x);
	return e;
}

static enum err
of_credit_note(const struct json *read, struct found *f)
{
	struct ledger_entry x = { .kind = "credit_note" };
	enum err e;

	if ((e = field_text(read, "id", &x.source)) != ERR_OK ||
	    (e = field_id(read, "invoice", &x.invoice)) != ERR_OK ||
	    (e = field_text(read, "currency", &x.currency)) != ERR_OK ||
	    (e = number(read, "created", &x.booked_at)) != ERR_OK)
		return e;
	if (text_equal(json_text(read, "status"), "issued"))
		x.amount = -number_or_0(read, "out_of_band_amount");
	add(f, &x);
	return ERR_OK;
}

/* --- all of them --- */

enum err
ledger_entries(enum stripe_kind kind, const struct json *read,
    const struct json *payments, struct ledger_entry ret_entry[LEDGER_MOST],
    size_t *ret_count)
{
	struct found f = { .entry = ret_entry };
	enum err e = ERR_OK;

	switch (kind) {
	case STRIPE_INVOICE:
		e = of_invoice(read, payments != NULL ? payments :
		    json_at(read, "payments"), &f);
		break;
	case STRIPE_REFUND:
		e = of_refund(read, &f);
		break;
	case STRIPE_DISPUTE:
		e = of_dispute(read, &f);
		break;
	case STRIPE_CREDIT_NOTE:
		e = of_credit_note(read, &f);
		break;
	default:
		break;
	}
	*ret_count = f.count;
	return e;
}

int
ledger_has_more(const struct json *invoice)
{
	return json_yes(invoice, "payments.has_more");
}

const char *
ledger_customer(const struct json *read)
{
	const char *id = json_id(read, "customer");

	return id != NULL ? id : json_id(read, "charge.customer");
}

/* --- rows --- */

static const struct stmt ledger_insert = {
	.name = "ledger_insert",
	.text =
	    "INSERT INTO ledger_entry (kind, source_id, customer_id,"
	    " account_id, ucc, invoice_id, payment_id, currency, amount,"
	    " total, tax, booked_at, reward_percent, reward_months)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::bigint,"
	    " CASE WHEN $1 = 'payment' THEN $10::bigint END,"
	    " CASE WHEN $1 = 'payment' THEN $11::bigint END,"
	    " to_timestamp($12::bigint),"
	    " CASE WHEN $5::text IS NOT NULL THEN nullif($13::int, -1) END,"
	    " CASE WHEN $5::text IS NOT NULL THEN $14::int END)"
	    " ON CONFLICT (kind, source_id) DO NOTHING",
	.nparams = 14
};

enum err
ledger_book(struct db *db, const struct ledger_entry *x,
    const struct ledger_owner *o)
{
	char amount[TEXT_DIGITS], total[TEXT_DIGITS], tax[TEXT_DIGITS],
	    at[TEXT_DIGITS], percent[TEXT_DIGITS], months[TEXT_DIGITS];
	const char *const arg[] = {
		x->kind, x->source, o->customer_id, o->account_id, o->ucc,
		x->invoice, x->payment, x->currency,
		text_digits(x->amount, amount), text_digits(x->total, total),
		text_digits(x->tax, tax), text_digits(x->booked_at, at),
		text_digits(o->percent, percent), text_digits(o->months, months)
	};

	return db_query(db, &ledger_insert, arg, NELEM(arg), NULL);
}

static const struct stmt ledger_select = {
	.name = "ledger_select",
	.text =
	    "SELECT source_id FROM ledger_entry WHERE kind = $1"
	    " AND source_id = $2 AND currency = $3 AND amount = $4::bigint",
	.nparams = 4
};

enum err
ledger_find(struct db *db, const struct ledger_entry *x)
{
	char amount[TEXT_DIGITS];
	const char *const arg[] = { x->kind, x->source, x->currency,
	    text_digits(x->amount, amount) };

	return db_one(db, &ledger_select, arg, NELEM(arg), ERR_NOTFOUND, NULL);
}

static const struct stmt ledger_select_invoice = {
	.name = "ledger_select_invoice",
	.text =
	    "SELECT invoice_id FROM ledger_entry WHERE payment_id = $1"
	    " AND kind = 'payment' AND invoice_id IS NOT NULL LIMIT 1",
	.nparams = 1
};

enum err
ledger_invoice_of(struct db *db, const char *payment,
    char ret_invoice[STRIPE_ID])
{
	const char *const arg[] = { payment };
	struct rows *r;
	enum err e;

	e = db_one(db, &ledger_select_invoice, arg, NELEM(arg), ERR_NOTFOUND,
	    &r);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, ret_invoice, STRIPE_ID);
	rows_free(r);
	return e;
}

static const struct stmt ledger_select_refunds = {
	.name = "ledger_select_refunds",
	.text =
	    "SELECT r.source_id, r.currency, -r.amount,"
	    " " DB_EPOCH("r.booked_at") " FROM ledger_entry p"
	    " JOIN ledger_entry r ON r.payment_id = p.payment_id"
	    " WHERE p.invoice_id = $1 AND p.kind = 'payment'"
	    " AND r.kind = 'refund' ORDER BY r.booked_at, r.source_id"
	    " LIMIT $2::int",
	.nparams = 2
};

enum err
ledger_refunds_of(struct db *db, const char *invoice,
    struct ledger_refund ret_refund[LEDGER_MOST], size_t *ret_count)
{
	char most[TEXT_DIGITS];
	const char *const arg[] = { invoice, text_digits(LEDGER_MOST, most) };
	struct ledger_refund *x = ret_refund;
	struct rows *r;
	enum err e;
	int i;

	e = db_query(db, &ledger_select_refunds, arg, NELEM(arg), &r);
	for (i = 0; e == ERR_OK && i < rows_count(r); i++, x++) {
		e = rows_copy(r, i, 0, x->id, sizeof(x->id));
		if (e == ERR_OK)
			e = rows_copy(r, i, 1, x->currency,
			    sizeof(x->currency));
		x->amount = rows_int(r, i, 2);
		x->booked_at = rows_int(r, i, 3);
	}
	*ret_count = (size_t)(x - ret_refund);
	rows_free(r);
	return e;
}

const struct stmt *const ledger_statements[] = {
	&ledger_insert,
	&ledger_select,
	&ledger_select_invoice,
	&ledger_select_refunds,
	NULL
};
