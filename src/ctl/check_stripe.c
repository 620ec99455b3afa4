/* SPDX-License-Identifier: MIT */

/*
 * Is there at Stripe what the configuration counts on?  Each of these would be
 * seen first by a visitor otherwise, who is refused, or by nobody, if events or
 * a discount do not come.
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/config.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "net/form.h"
#include "stripe/client.h"

#include "ctl/checkup.h"

#define PATH_LEN	1024
#define AT_LEN		64
#define SENTENCE	512
#define NOT_ALLOWED	403
#define HOOK		"/webhooks/stripe"

struct asking {
	struct checkup	*c;
	struct stripe	*stripe;
	int		 away;		/* it does not answer: said once */
	int		 denied;	/* something was not looked at */
};

static void
well(struct asking *q, const char *text)
{
	say_well(q->c, "stripe", "%s", text);
}

static void wrong(struct asking *q, const char *detail, const char *hint,
    const char *format, ...) PRINTF(4, 5);

static void
wrong(struct asking *q, const char *detail, const char *hint,
    const char *format, ...)
{
	char problem[SENTENCE];
	const struct fault fault = { "stripe", problem, detail, hint };
	va_list args;

	va_start(args, format);
	(void)vsnprintf(problem, sizeof(problem), format, args);
	va_end(args);
	say_wrong(q->c, &fault);
}

/*
 * ERR_OK and ERR_NOTFOUND are for the caller to judge; of all else it has been
 * said what it is.  A restricted key need not be allowed to look.
 */
static enum err
ask(struct asking *q, const char *what, const char *path,
    struct stripe_reply *r)
{
	char text[SENTENCE];
	enum err e;

	memset(r, 0, sizeof(*r));
	if (q->away)
		return ERR_LATER;
	e = stripe_get(q->stripe, path, r);
	if (e == ERR_OK || e == ERR_NOTFOUND)
		return e;
	if (r->status == NOT_ALLOWED) {
		(void)snprintf(text, sizeof(text), "%s: not looked at, the key"
		    " may not read it", what);
		well(q, text);
		q->denied = 1;
		return ERR_DENIED;
	}
	q->away = e == ERR_LATER;
	wrong(q, r->message[0] == '\0' ? "the line above says why" :
	    r->message, "look at [stripe] api_base and the network, then run"
	    " this again; with --offline Stripe is not asked",
	    "%s: Stripe did not answer what was asked", what);
	return e;
}

/* "/v1/prices/price_1?expand[]=product" */
static void
path_of(struct buf *b, const char *before, const char *id, const char *after)
{
	buf_init(b, PATH_LEN);
	buf_text(b, before);
	form_escape(b, id);
	buf_text(b, after);
}

static int
is_true(const struct json *j, const char *path)
{
	int value = 0;

	return json_bool(j, path, &value) == ERR_OK && value;
}

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
	if (!is_true(price, "active") || !is_true(price, "product.active"))
		wrong(q, is_true(price, "active") ? "its product is archived" :
		    "it is archived", "unarchive it in the dashboard, or set"
		    " price of the plan to the one that is sold now", "price"
		    " %s of [plan %s] cannot be bought", p->price, p->name);
	if (is_true(price, "livemode") != stripe_is_live(q->stripe))
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
	path_of(&path, "/v1/prices/", p->price, "?expand[]=product");
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

	if (!is_true(coupon, "valid"))
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
	path_of(&path, "/v1/coupons/", id, "");
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

static void
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

static void
check_portal(struct asking *q)
{
	char hint[SENTENCE];
	struct stripe_reply r;

	if (ask(q, "settings of the billing portal",
	    "/v1/billing_portal/configurations?is_default=true&active=true"
	    "&limit=1", &r) == ERR_OK) {
		(void)snprintf(hint, sizeof(hint), "save its settings once, at"
		    " https://dashboard.stripe.com/%ssettings/billing/portal",
		    stripe_is_live(q->stripe) ? "" : "test/");
		if (json_count(r.body, "data") == 0)
			wrong(q, "members cannot change their card or cancel",
			    hint, "the billing portal was never set up");
		else
			well(q, "the billing portal is set up");
	}
	stripe_reply_done(&r);
}

/* The events that README asks for: what is read of Stripe hangs on them. */
static const char *const our_events[] = {
	"checkout.session.completed", "checkout.session.expired",
	"checkout.session.async_payment_succeeded",
	"checkout.session.async_payment_failed", "customer.created",
	"customer.updated", "customer.deleted",
	"customer.subscription.created", "customer.subscription.updated",
	"customer.subscription.deleted", "customer.subscription.paused",
	"customer.subscription.resumed", "invoice.created",
	"invoice.finalized", "invoice.paid", "invoice.payment_failed",
	"invoice.voided", "invoice.marked_uncollectible", "invoice.updated",
	NULL
};

/* Those that Cello documents, on Cello's own endpoint. */
static const char *const cello_events[] = {
	"charge.refunded", "charge.succeeded", "charge.updated",
	"customer.created", "customer.deleted", "customer.updated",
	"customer.subscription.created", "customer.subscription.deleted",
	"customer.subscription.updated", "invoice.paid", NULL
};

static int
sends(const struct json *endpoint, const char *event)
{
	const size_t count = json_count(endpoint, "enabled_events");
	char at[AT_LEN];
	const char *name;
	size_t i;

	for (i = 0; i < count; i++) {
		(void)snprintf(at, sizeof(at), "enabled_events[%zu]", i);
		name = json_text(endpoint, at);
		if (text_equal(name, "*") || text_equal(name, event))
			return 1;
	}
	return 0;
}

static void
judge_endpoint(struct asking *q, const struct json *endpoint,
    const char *const wanted[])
{
	const char *url = json_text(endpoint, "url");
	const char *id = json_text(endpoint, "id");
	struct buf missing;

	if (!text_equal(json_text(endpoint, "status"), "enabled"))
		wrong(q, id, "enable it in the dashboard, under Webhooks; what"
		    " was not delivered meanwhile, \"endpin resync\" finds",
		    "the webhook endpoint for %s is switched off", url);
	buf_init(&missing, SENTENCE);
	for (; *wanted != NULL; wanted++)
		if (!sends(endpoint, *wanted))
			buf_format(&missing, "%s%s", missing.len > 0 ? " " : "",
			    *wanted);
	if (missing.len > 0)
		wrong(q, missing.data, "add them to its events in the"
		    " dashboard, under Webhooks", "the webhook endpoint for %s"
		    " lacks events", url);
	buf_done(&missing);
}

/* By its whole address, or by a word of it.  NULL: there is none. */
static const struct json *
find_endpoint(const struct json *list, const char *url, const char *word)
{
	const struct json *found = NULL, *endpoint;
	char at[AT_LEN];
	const char *there;
	size_t i;

	for (i = 0; i < json_count(list, "data"); i++) {
		(void)snprintf(at, sizeof(at), "data[%zu]", i);
		endpoint = json_at(list, at);
		there = json_text(endpoint, "url");
		if (there == NULL || (url != NULL ? !text_equal(there, url) :
		    strstr(there, word) == NULL))
			continue;
		/* Of several the one that is switched on. */
		if (found == NULL ||
		    text_equal(json_text(endpoint, "status"), "enabled"))
			found = endpoint;
	}
	return found;
}

static void
check_our_endpoint(struct asking *q, const struct json *list)
{
	const struct config *conf = q->c->conf;
	const struct json *endpoint;
	const int was = q->c->wrong;
	struct buf url;

	buf_init(&url, PATH_LEN);
	buf_format(&url, "%s" HOOK, conf->site);
	endpoint = find_endpoint(list, url.data, NULL);
	if (endpoint != NULL)
		judge_endpoint(q, endpoint, our_events);
	else if (config_is_https(conf))
		wrong(q, "no event comes, and nobody who pays is let in before"
		    " \"endpin resync\"", "make one, with the events that"
		    " README names, in the mode of the key, and put its secret"
		    " into the file of [stripe] webhook_secret_file", "no"
		    " webhook endpoint at Stripe is for %s", url.data);
	else
		well(q, "no webhook endpoint is for this machine: events come"
		    " by \"stripe listen\" or not at all");
	if (endpoint != NULL && q->c->wrong == was)
		well(q, "its webhook endpoint sends the events that are"
		    " needed");
	buf_done(&url);
}

/* Cello's stand-in on this machine hears of events by itself. */
static void
check_cello_endpoint(struct asking *q, const struct json *list)
{
	const struct config *conf = q->c->conf;
	const struct json *endpoint;

	if (!conf->cello.enabled ||
	    !text_begins(conf->cello.api_base, "https://"))
		return;
	endpoint = find_endpoint(list, NULL, "cello");
	if (endpoint != NULL)
		judge_endpoint(q, endpoint, cello_events);
	else
		wrong(q, "no purchase ever reaches Cello, and nobody gets a"
		    " reward", "make one with the address that Cello's portal"
		    " shows under Webhooks, and the events that README names",
		    "no webhook endpoint at Stripe is for Cello");
}

static void
check_endpoints(struct asking *q)
{
	struct stripe_reply r;

	/* An account has 16 at most, so this is all of them. */
	if (ask(q, "webhook endpoints", "/v1/webhook_endpoints?limit=100",
	    &r) == ERR_OK) {
		check_our_endpoint(q, r.body);
		check_cello_endpoint(q, r.body);
	}
	stripe_reply_done(&r);
}

void
check_stripe(struct checkup *c, struct app *a)
{
	struct asking q = { .c = c, .stripe = a->stripe };

	check_plans(&q);
	check_portal(&q);
	check_endpoints(&q);
}
