/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "account/account.h"
#include "base/clock.h"
#include "base/text.h"
#include "billing/customer.h"
#include "billing/event.h"
#include "billing/invoice.h"
#include "billing/object.h"
#include "db/db.h"
#include "referral/code.h"
#include "referral/referral.h"

#include "app/app.h"
#include "app/config.h"
#include "app/tell_of.h"

#include "app/attribute_to.h"

#define INVOICES_MOST	100

struct work {
	struct app		*a;
	const char		*email;
	const char		*ucc;
	struct attribution_told	*told;
	char			 customer[STRIPE_ID];
};

static enum err
write_referral(struct db *db, struct work *w)
{
	struct attribution_told *t = w->told;
	struct referral x = { .source = "operator",
	    .terms.percent = w->a->conf->cello.reward_percent,
	    .terms.months = w->a->conf->cello.reward_months };
	enum err e = referral_find(db, t->account, t->ucc);

	if (e == ERR_OK) {
		if (!text_equal(t->ucc, w->ucc))
			t->how = ATTRIBUTE_OTHERWISE;
		return ERR_OK;
	}
	if (e != ERR_NOTFOUND)
		return e;
	memcpy(x.ucc, w->ucc, UCC);
	memcpy(t->ucc, w->ucc, UCC);
	e = referral_record(db, t->account, &x);
	return e != ERR_OK || !cello_api_is_asked(&w->a->conf->cello) ? e :
	    code_want(db, w->ucc);
}

/* By the API Cello is told of what was paid when that is read again. */
static enum err
tell_again(struct db *db, const char *account_id)
{
	const int64_t since = (int64_t)clock_now() -
	    ATTRIBUTE_DAYS * CLOCK_DAY_S;
	struct invoice *list;
	int i, count;
	enum err e;

	e = invoice_list(db, account_id, INVOICES_MOST, &list, &count);
	if (e != ERR_OK)
		return e;
	for (i = 0; i < count && e == ERR_OK; i++)
		if (list[i].paid > 0 && (int64_t)list[i].created >= since)
			e = object_hear(db, STRIPE_INVOICE, list[i].id);
	free(list);
	return e;
}

static enum err
write_facts(struct db *db, struct work *w, const struct account *who)
{
	const struct cello_config *conf = &w->a->conf->cello;
	enum err e;

	if (!cello_looks_at_stripe(conf))
		w->told->how = ATTRIBUTED_BY_API;
	e = tell_of_signup(db, w->a->conf, who);
	return e != ERR_OK || !cello_purchases_by_api(conf) ? e :
	    tell_again(db, who->id);
}

static enum err
write_here(struct db *db, void *arg)
{
	struct work *w = arg;
	struct account who;
	enum err e;

	w->told->how = ATTRIBUTED;
	w->customer[0] = '\0';
	e = account_find(db, w->email, &who, NULL, 0);
	if (e == ERR_NOTFOUND) {
		w->told->how = ATTRIBUTE_NOBODY;
		return ERR_OK;
	}
	if (e != ERR_OK || (e = account_lock(db, who.id, &who)) != ERR_OK)
		return e;
	memcpy(w->told->account, who.id, sizeof(who.id));
	if ((e = write_referral(db, w)) != ERR_OK ||
	    w->told->how != ATTRIBUTED ||
	    (e = write_facts(db, w, &who)) != ERR_OK)
		return e;
	e = customer_of(db, who.id, w->customer);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

/* Adopting what is adopted already tells Stripe what it has not been told. */
static enum err
tell_stripe(struct work *w)
{
	const struct adopt_wish wish = { .dry_run = 0 };
	struct attribution_told *t = w->told;
	enum err e;

	e = adopt(w->a, &wish, w->customer, t->account, &t->adoption);
	if (e == ERR_OK && t->adoption.how != ADOPTED &&
	    t->adoption.how != ADOPTED_BEFORE)
		t->how = ATTRIBUTE_NOT_TOLD;
	return e;
}

enum err
attribute_to(struct app *a, const char *email, const char *ucc,
    struct attribution_told *ret_told)
{
	struct work w = { .a = a, .email = email, .ucc = ucc,
	    .told = ret_told };
	enum err e;

	if (!ucc_ok(ucc))
		return ERR_INPUT;
	if ((e = db_transaction(a->db, write_here, &w)) != ERR_OK ||
	    ret_told->how != ATTRIBUTED)
		return e;
	if (w.customer[0] == '\0') {
		ret_told->how = ATTRIBUTED_HERE;
		return ERR_OK;
	}
	return tell_stripe(&w);
}

static enum err
tell_invoice(struct app *a, const char *invoice_id, attribute_each *each,
    void *arg)
{
	const struct event_wish wish = { .object_id = invoice_id,
	    .type = "invoice.paid", .since_s = ATTRIBUTE_DAYS * CLOCK_DAY_S,
	    .most = 1 };
	struct event_row *rows;
	size_t count;
	enum err e = event_list(a->db, &wish, &rows, &count);

	if (e != ERR_OK)
		return e;
	if (count == 1)
		each(rows[0].id, invoice_id, arg);
	free(rows);
	return ERR_OK;
}

enum err
attribute_events(struct app *a, const char *account_id, attribute_each *each,
    void *arg)
{
	struct invoice *list;
	int i, count;
	enum err e;

	e = invoice_list(a->db, account_id, INVOICES_MOST, &list, &count);
	if (e != ERR_OK)
		return e;
	for (i = 0; i < count && e == ERR_OK; i++)
		if (list[i].paid > 0)
			e = tell_invoice(a, list[i].id, each, arg);
	free(list);
	return e;
}
