/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "account/account.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "billing/customer.h"
#include "cello/event.h"
#include "db/db.h"
#include "ledger/ledger.h"
#include "referral/fact.h"
#include "referral/way.h"
#include "stripe/field.h"

#include "app/app.h"
#include "app/attribute.h"
#include "app/config.h"

#include "app/tell_of.h"

#define DEMO_ID		128	/* what is longer does not come here */

/* Somebody to be told about. */
struct person {
	struct account		 account;
	char			 name[ACCOUNT_FULL_NAME];
	struct attribution	 by;
	char			 signup[FACT_ID];	/* id of that fact */
};

static enum err
fill_person(struct db *db, const struct config *conf, struct person *p)
{
	enum err e;

	(void)account_full_name(&p->account, p->name);
	if ((e = attribute(db, conf, p->account.id, &p->by)) != ERR_OK)
		return e;
	return fact_id(CELLO_NEW_SIGNUP, p->by.newcomer, p->signup);
}

/* ERR_NOTFOUND: it is nobody's, or of nobody who was referred. */
static enum err
find_payer(struct db *db, const struct config *conf, const char *customer_id,
    struct person *p)
{
	char account[TEXT_UUID];
	int64_t since;
	enum err e;

	if ((e = customer_owner(db, customer_id, account)) != ERR_OK)
		return e;
	if (account[0] == '\0')
		return ERR_NOTFOUND;
	if ((e = account_since(db, account, &p->account, &since)) != ERR_OK ||
	    (e = fill_person(db, conf, p)) != ERR_OK)
		return e;
	return p->by.ucc[0] == '\0' ? ERR_NOTFOUND : ERR_OK;
}

/* `x` says what happened; who it was is filled in. */
static enum err
write_fact(struct db *db, const struct config *conf, const struct person *p,
    struct cello_event *x, const char *what, const char *after)
{
	struct fact_order o = { .trigger = x->trigger,
	    .account_id = p->account.id, .ucc = p->by.ucc, .after = after };
	char id[FACT_ID];
	struct buf body;
	enum err e;

	if ((e = cello_api_of(conf->cello.events_api, &o.api)) != ERR_OK ||
	    (e = fact_id(x->trigger, what, id)) != ERR_OK)
		return e;
	x->ucc = p->by.ucc;
	x->newcomer = p->by.newcomer;
	x->user = p->account.id;
	x->email = p->account.email;
	x->name = p->name;
	x->organization = p->by.organization;
	buf_init(&body, CELLO_BODY);
	cello_event_write(o.api, x, &body);
	o.id = id;
	o.body = body.data;
	e = body.full ? ERR_INPUT : fact_write(db, &o);
	buf_done(&body);
	return e;
}

enum err
tell_of_signup(struct db *db, const struct config *conf,
    const struct account *who)
{
	struct cello_event x = { .trigger = CELLO_NEW_SIGNUP,
	    .at = clock_now() };
	struct person p = { .account = *who };
	enum err e;

	if (!cello_signups_by_api(&conf->cello))
		return ERR_OK;
	if ((e = fill_person(db, conf, &p)) != ERR_OK || p.by.ucc[0] == '\0')
		return e;
	return write_fact(db, conf, &p, &x, p.by.newcomer, NULL);
}

enum err
tell_of_demo(struct db *db, const struct config *conf,
    const struct account *who, const char *id, int64_t at, int *ret_referred)
{
	struct cello_event x = { .trigger = CELLO_DEMO_ATTENDED, .at = at };
	struct person p = { .account = *who };
	char what[TEXT_UUID + DEMO_ID];
	enum err e;

	*ret_referred = 0;
	if ((e = fill_person(db, conf, &p)) != ERR_OK || p.by.ucc[0] == '\0')
		return e;
	*ret_referred = 1;
	(void)snprintf(what, sizeof(what), "%s%s%s", who->id,
	    id == NULL ? "" : ":", id == NULL ? "" : id);
	return write_fact(db, conf, &p, &x, what, p.signup);
}

enum err
tell_of_erasure(struct db *db, const struct config *conf,
    const char *account_id)
{
	struct fact_order o = { .trigger = CELLO_FORGET, .api = CELLO_V2,
	    .account_id = account_id, .ucc = "", .body = "{}" };
	char id[FACT_ID];
	enum err e;

	if (!cello_api_is_asked(&conf->cello))
		return ERR_OK;
	e = fact_id(o.trigger, account_id, id);
	o.id = id;
	return e != ERR_OK ? e : fact_write(db, &o);
}

/* --- what an invoice is for --- */

struct bought {
	const char	*product;
	const char	*interval;
	int64_t		 seats;
	int64_t		 seconds;	/* of its period */
	int		 is_plan;
};

static void
take_line(const struct config *conf, const struct json *line,
    struct bought *best)
{
	const char *price = json_id(line, "pricing.price_details.price");
	const struct plan_config *plan = price == NULL ? NULL :
	    plan_of_price(&conf->billing, price);
	int64_t begin = 0, end = 0, amount = 0;
	struct bought b = { .is_plan = plan != NULL };

	if (json_int(line, "period.start", &begin) == ERR_OK &&
	    json_int(line, "period.end", &end) == ERR_OK)
		b.seconds = end - begin;
	if (json_int(line, "amount", &amount) == ERR_OK && amount < 0)
		return;		/* what is given back for a change of plans */
	if (json_int(line, "quantity", &b.seats) != ERR_OK)
		b.seats = 0;
	b.product = plan != NULL ? plan->name : price;
	b.interval = plan != NULL ? cello_interval(plan->interval, 1) :
	    cello_interval_of(b.seconds);
	/* A plan before all else, and the longest of those. */
	if (best->interval == NULL || b.is_plan > best->is_plan ||
	    (b.is_plan == best->is_plan && b.seconds > best->seconds))
		*best = b;
}

static void
look_at_lines(const struct config *conf, const struct json *read,
    struct cello_event *x)
{
	const size_t count = json_count(read, "lines.data");
	struct bought best = { .interval = NULL };
	size_t i;

	for (i = 0; i < count; i++)
		take_line(conf, json_item(read, "lines.data", i), &best);
	x->interval = best.interval == NULL ? "one-time" : best.interval;
	x->product = best.product == NULL ? "unknown" : best.product;
	x->seats = best.seats;
}

/* --- payments --- */

static enum err
write_refund(struct db *db, const struct config *conf, const struct person *p,
    const struct ledger_refund *r, const char *invoice)
{
	struct cello_event x = { .trigger = CELLO_CHARGE_REFUNDED,
	    .at = r->booked_at, .amount = r->amount, .currency = r->currency,
	    .invoice = invoice };
	char purchase[FACT_ID];
	enum err e;
	int told;

	if ((e = way_is_api(db, r->booked_at, &told)) != ERR_OK || !told)
		return e;
	e = fact_id(CELLO_INVOICE_PAID, invoice, purchase);
	return e != ERR_OK ? e :
	    write_fact(db, conf, p, &x, r->id, purchase);
}

static enum err
write_refunds(struct db *db, const struct config *conf, const struct person *p,
    const char *invoice)
{
	struct ledger_refund refund[LEDGER_MOST];
	size_t count, i;
	enum err e;

	e = ledger_refunds_of(db, invoice, refund, &count);
	for (i = 0; e == ERR_OK && i < count; i++)
		e = write_refund(db, conf, p, &refund[i], invoice);
	return e;
}

static enum err
write_purchase(struct db *db, const struct config *conf,
    const struct json *read, const struct person *p)
{
	struct cello_event x = { .trigger = CELLO_INVOICE_PAID,
	    .invoice = json_text(read, "id"),
	    .currency = json_text(read, "currency"),
	    .subscription = json_id(read,
	    "parent.subscription_details.subscription") };
	enum err e;
	int told;

	if (json_int(read, "amount_paid", &x.amount) != ERR_OK ||
	    x.amount <= 0 || json_int(read, "status_transitions.paid_at",
	    &x.at) != ERR_OK)
		return ERR_OK;
	if ((e = way_is_api(db, x.at, &told)) != ERR_OK || !told)
		return e;
	look_at_lines(conf, read, &x);
	return write_fact(db, conf, p, &x, x.invoice, p->signup);
}

enum err
tell_of_invoice(struct db *db, const struct config *conf,
    const struct json *read)
{
	const char *customer = json_id(read, "customer");
	struct person p;
	enum err e;

	if (!cello_purchases_by_api(&conf->cello) || customer == NULL ||
	    !text_equal(json_text(read, "status"), "paid"))
		return ERR_OK;
	e = find_payer(db, conf, customer, &p);
	if (e == ERR_OK)
		e = write_purchase(db, conf, read, &p);
	if (e == ERR_OK)
		e = write_refunds(db, conf, &p, json_text(read, "id"));
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

enum err
tell_of_refund(struct db *db, const struct config *conf,
    const struct json *read)
{
	const char *customer = ledger_customer(read), *payment;
	struct ledger_entry entry[LEDGER_MOST];
	struct ledger_refund r;
	char invoice[STRIPE_ID];
	struct person p;
	size_t count;
	enum err e;

	if (!cello_purchases_by_api(&conf->cello) || customer == NULL)
		return ERR_OK;
	if ((e = ledger_entries(STRIPE_REFUND, read, NULL, entry, &count)) !=
	    ERR_OK || count == 0)
		return e;
	payment = entry[0].payment;
	if (payment == NULL)
		return ERR_OK;
	e = ledger_invoice_of(db, payment, invoice);
	if (e == ERR_OK)
		e = find_payer(db, conf, customer, &p);
	if (e == ERR_OK) {
		text_cut(entry[0].source, r.id, sizeof(r.id));
		text_cut(entry[0].currency, r.currency, sizeof(r.currency));
		r.amount = -entry[0].amount;
		r.booked_at = entry[0].booked_at;
		e = write_refund(db, conf, &p, &r, invoice);
	}
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

enum err
tell_of_purchases_since(struct app *a, int64_t seconds)
{
	return way_set(a->db, a->conf->cello.purchases, seconds);
}
