/* SPDX-License-Identifier: MIT */

/* What is sold: the price and the coupon of each plan. */

#include <stdio.h>

#include "app/config.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "stripe/client.h"

#include "app/check_stripe.h"

/* Something that Stripe says otherwise than the configuration does. */
static void
compare(struct asking *q, const struct plan_config *p, const char *option,
    const char *there, const char *here)
{
	char hint[SENTENCE];

	if (text_equal(there, here))
		return;
	(void)snprintf(hint, sizeof(hint), "people are shown the one and pay"
	    " the other: set %s of [plan %s] as it is at Stripe, or price to"
	    " the price that is meant", option, p->name);
	wrong(q, NULL, hint, "%s of [plan %s] is %s, and its price %s has %s",
	    option, p->name, here, p->price, there == NULL ? "none" : there);
}

static void
judge_recurrence(struct asking *q, const struct plan_config *p,
    const struct json *price)
{
	static const char hint[] = "a plan wants a price that is paid again"
	    " and again, a fixed amount once in each interval";
	int64_t count = 1;

	if (!text_equal(json_text(price, "type"), "recurring")) {
		wrong(q, "it is paid once", hint, "price %s of [plan %s] is no"
		    " subscription", p->price, p->name);
		return;
	}
	compare(q, p, "interval", json_text(price, "recurring.interval"),
	    p->interval);
	if (json_int(price, "recurring.interval_count", &count) == ERR_OK &&
	    count != 1)
		wrong(q, "its interval_count is not 1", hint, "price %s of"
		    " [plan %s] is paid every %lld %ss", p->price, p->name,
		    (long long)count, p->interval);
	if (text_equal(json_text(price, "recurring.usage_type"), "metered"))
		wrong(q, "it is metered", hint, "price %s of [plan %s] has no"
		    " quantity", p->price, p->name);
}

static void
judge_amount(struct asking *q, const struct plan_config *p,
    const struct json *price)
{
	char there[TEXT_DIGITS], here[TEXT_DIGITS];
	int64_t amount;

	if (json_int(price, "unit_amount", &amount) == ERR_OK)
		compare(q, p, "amount", text_digits(amount, there),
		    text_digits(p->amount, here));
	else
		wrong(q, "it has tiers, or people choose what they pay",
		    "a plan wants a price with one fixed amount", "price %s of"
		    " [plan %s] has no amount", p->price, p->name);
}

static void
judge_price(struct asking *q, const struct plan_config *p,
    const struct json *price)
{
	if (!json_yes(price, "active") || !json_yes(price, "product.active"))
		wrong(q, json_yes(price, "active") ? "its product is archived" :
		    "it is archived", "unarchive it in the dashboard, or set"
		    " price of the plan to the one that is sold now", "price"
		    " %s of [plan %s] cannot be bought", p->price, p->name);
	if (json_yes(price, "livemode") != stripe_is_live(q->stripe))
		wrong(q, NULL, "set price of the plan to the one of the key's"
		    " mode", "price %s of [plan %s] is of the other mode",
		    p->price, p->name);
	judge_recurrence(q, p, price);
	compare(q, p, "currency", json_text(price, "currency"), p->currency);
	judge_amount(q, p, price);
}

static void
check_price(struct asking *q, const struct plan_config *p)
{
	struct stripe_reply r;
	char what[SENTENCE];
	struct buf path;
	enum err e;

	(void)snprintf(what, sizeof(what), "price of [plan %s]", p->name);
	ask_path(&path, "/v1/prices/", p->price, "?expand[]=product");
	e = ask(q, what, path.data, &r);
	if (e == ERR_OK)
		judge_price(q, p, r.body);
	else if (e == ERR_NOTFOUND)
		wrong(q, r.message, "set price of the plan to the id of a price"
		    " (price_...) of this account and mode", "price %s of"
		    " [plan %s] does not exist", p->price, p->name);
	stripe_reply_done(&r);
	buf_done(&path);
}

/* What people are promised before they pay, against what Stripe takes off. */
static void
judge_discount(struct asking *q, const struct plan_config *p,
    const struct json *coupon)
{
	struct discount shown;
	int64_t percent = 0, amount = 0;
	char there[TEXT_DIGITS + 8];

	if (plan_discount(p, &shown) != ERR_OK)
		return;
	if (json_hundredths(coupon, "percent_off", &percent) == ERR_OK)
		(void)snprintf(there, sizeof(there), "%g%%",
		    (double)percent / 100);
	else if (json_int(coupon, "amount_off", &amount) == ERR_OK)
		(void)snprintf(there, sizeof(there), "%lld",
		    (long long)amount);
	else
		return;
	if (percent != shown.percent_100th || amount != shown.amount)
		wrong(q, "people are shown the one and pay the other", "set"
		    " referral_discount of the plan to what the coupon takes"
		    " off, or to nothing: then it is not shown",
		    "referral_discount of [plan %s] is %s, and its coupon %s"
		    " takes off %s", p->name, p->referral_discount,
		    p->referral_coupon, there);
}

static void
judge_coupon(struct asking *q, const struct plan_config *p,
    const struct json *coupon)
{
	const char *currency = json_text(coupon, "currency");

	if (!json_yes(coupon, "valid"))
		wrong(q, "it is used up, or its time is over", "make another in"
		    " the dashboard and set referral_coupon of the plan to it;"
		    " until then nobody who was referred gets a discount",
		    "coupon %s of [plan %s] is not valid any more",
		    p->referral_coupon, p->name);
	if (currency != NULL && !text_equal(currency, p->currency))
		wrong(q, NULL, "a coupon for an amount wants the currency of"
		    " its plan, or to be one for a part in percent", "coupon"
		    " %s of [plan %s] is in %s, and the plan in %s",
		    p->referral_coupon, p->name, currency, p->currency);
	judge_discount(q, p, coupon);
}

/* Read once; judged for each plan that gives it, from `p` on. */
static void
check_coupon(struct asking *q, const struct billing_config *b,
    const struct plan_config *p)
{
	const char *id = p->referral_coupon;
	struct stripe_reply r;
	char what[SENTENCE];
	struct buf path;
	enum err e;

	(void)snprintf(what, sizeof(what), "coupon of [plan %s]", p->name);
	ask_path(&path, "/v1/coupons/", id, "");
	e = ask(q, what, path.data, &r);
	for (; p < b->plan + b->plans; p++)
		if (!text_equal(p->referral_coupon, id))
			continue;
		else if (e == ERR_OK)
			judge_coupon(q, p, r.body);
		else if (e == ERR_NOTFOUND)
			wrong(q, r.message, "set referral_coupon of the plan to"
			    " the id of a coupon of this account and mode, or"
			    " to nothing", "coupon %s of [plan %s] does not"
			    " exist", id, p->name);
	stripe_reply_done(&r);
	buf_done(&path);
}

void
check_plans(struct asking *q)
{
	const struct billing_config *b = &q->c->conf->billing;
	const struct plan_config *p, *before;
	const int was = q->c->wrong;

	for (p = b->plan; p < b->plan + b->plans; p++)
		check_price(q, p);
	for (p = b->plan; p < b->plan + b->plans; p++) {
		for (before = b->plan; before < p; before++)
			if (text_equal(before->referral_coupon,
			    p->referral_coupon))
				break;
		if (before == p && !text_empty(p->referral_coupon))
			check_coupon(q, b, p);
	}
	if (q->c->wrong == was && !q->denied)
		well(q, "prices and coupons of the plans are as they are"
		    " configured");
}
