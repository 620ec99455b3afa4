/* SPDX-License-Identifier: MIT */

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json_write.h"
#include "base/text.h"

#include "cello/event.h"

#define CURRENCY 4		/* "USD" */

static const char *const triggers[CELLO_TRIGGERS] = {
	[CELLO_NEW_SIGNUP] = "new-signup",
	[CELLO_DEMO_ATTENDED] = "demo-call-attended",
	[CELLO_INVOICE_PAID] = "invoice-paid",
	[CELLO_CHARGE_REFUNDED] = "charge-refunded",
	[CELLO_FORGET] = "depersonalize"
};

static const char *const apis[CELLO_APIS] = {
	[CELLO_V1] = "v1", [CELLO_V2] = "v2"
};

static const enum cello_route routes_v2[CELLO_TRIGGERS] = {
	[CELLO_NEW_SIGNUP] = CELLO_SIGNUP_V2,
	[CELLO_DEMO_ATTENDED] = CELLO_DEMO_V2,
	[CELLO_INVOICE_PAID] = CELLO_PURCHASE_V2,
	[CELLO_CHARGE_REFUNDED] = CELLO_REFUND_V2,
	[CELLO_FORGET] = CELLO_DEPERSONALIZE
};

const char *
cello_trigger_name(enum cello_trigger t)
{
	return triggers[t];
}

const char *
cello_api_name(enum cello_api api)
{
	return apis[api];
}

/* The place of `name` among `count` names, or `count`. */
static int
place(const char *const names[], int count, const char *name)
{
	int i = 0;

	while (i < count && !text_equal(names[i], name))
		i++;
	return i;
}

enum err
cello_trigger_of(const char *name, enum cello_trigger *ret_trigger)
{
	const int i = place(triggers, CELLO_TRIGGERS, name);

	*ret_trigger = (enum cello_trigger)i;
	return i < CELLO_TRIGGERS ? ERR_OK : ERR_INPUT;
}

enum err
cello_api_of(const char *name, enum cello_api *ret_api)
{
	const int i = place(apis, CELLO_APIS, name);

	*ret_api = (enum cello_api)i;
	return i < CELLO_APIS ? ERR_OK : ERR_INPUT;
}

enum cello_route
cello_event_route(enum cello_api api, enum cello_trigger trigger)
{
	return api == CELLO_V1 ? CELLO_EVENT : routes_v2[trigger];
}

/* --- money and time --- */

int
cello_decimals(const char *currency)
{
	/* https://docs.stripe.com/currencies#zero-decimal */
	static const char zero[] = " bif clp djf gnf jpy kmf krw mga pyg rwf"
	    " vnd vuv xaf xof xpf ";
	/* Of these Stripe has two, although they are not used any more. */
	static const char three[] = " bhd jod kwd omr tnd ";
	char word[CURRENCY + 2] = " ";
	size_t i;

	for (i = 0; i < CURRENCY - 1 && currency[i] != '\0'; i++)
		word[i + 1] = (char)tolower((unsigned char)currency[i]);
	word[i + 1] = ' ';
	return strstr(zero, word) != NULL ? 0 :
	    strstr(three, word) != NULL ? 3 : 2;
}

/* In days, and what Cello calls it; from the shortest on. */
static const struct {
	int		 days;
	const char	*name;
} intervals[] = {
	{ 7, "weekly" },
	{ 14, "bi-weekly" },
	{ 30, "monthly" },
	{ 91, "quarterly" },
	{ 182, "semi-annual" },
	{ 365, "yearly" },
	{ 730, "biennial" },
	{ 1095, "triennial" }
};

const char *
cello_interval_of(int64_t seconds)
{
	const int64_t days = seconds / CLOCK_DAY_S;
	size_t i = 0;

	if (days <= 0)
		return "one-time";
	/* Half way to the next it is the next. */
	while (i + 1 < NELEM(intervals) &&
	    2 * days > intervals[i].days + intervals[i + 1].days)
		i++;
	return intervals[i].name;
}

const char *
cello_interval(const char *unit, int64_t count)
{
	static const struct {
		const char	*unit;
		int		 days_100th;
	} units[] = {
		{ "day", 100 }, { "week", 700 }, { "month", 3044 },
		{ "year", 36525 }
	};
	size_t i;

	for (i = 0; i < NELEM(units); i++)
		if (text_equal(units[i].unit, unit))
			return cello_interval_of(CLOCK_DAY_S * ((count < 1 ? 1 :
			    count) * units[i].days_100th + 50) / 100);
	return "one-time";
}

/* --- bodies --- */

static void
put(struct json_writer *w, const char *name, const char *value)
{
	if (!text_empty(value))
		json_put_text(w, name, value);
}

static void
put_currency(struct json_writer *w, const char *currency)
{
	char upper[CURRENCY] = "";
	size_t i;

	for (i = 0; i < CURRENCY - 1 && currency[i] != '\0'; i++)
		upper[i] = (char)toupper((unsigned char)currency[i]);
	json_put_text(w, "currency", upper);
}

static int
is_money(const struct cello_event *x)
{
	return x->trigger == CELLO_INVOICE_PAID ||
	    x->trigger == CELLO_CHARGE_REFUNDED;
}

static void
put_person(struct json_writer *w, const struct cello_event *x)
{
	json_open(w, "newUser");
	put(w, "id", x->user);
	put(w, "email", x->email);
	put(w, "name", x->name);
	put(w, "organizationId", x->organization);
	json_close(w);
}

static void
write_v1(struct json_writer *w, const struct cello_event *x)
{
	json_open(w, NULL);
	json_put_text(w, "eventName", "ReferralUpdated");
	json_open(w, "payload");
	put(w, "ucc", x->ucc);
	put(w, "newUserId", x->newcomer);
	if (is_money(x)) {
		json_put_decimal(w, "price", x->amount,
		    cello_decimals(x->currency));
		put_currency(w, x->currency);
	}
	json_close(w);
	json_open(w, "context");
	put_person(w, x);
	json_open(w, "event");
	json_put_text(w, "trigger", triggers[x->trigger]);
	json_put_time(w, "timestamp", (time_t)x->at);
	json_close(w);
	if (is_money(x)) {
		json_open(w, "subscription");
		put(w, "id", x->subscription);
		put(w, "invoiceId", x->invoice);
		if (x->trigger == CELLO_INVOICE_PAID) {
			put(w, "interval", x->interval);
			put(w, "productKey", x->product);
			if (x->seats > 0)
				json_put_int(w, "seatsUsed", x->seats);
		}
		json_close(w);
	}
	json_close(w);
	json_close(w);
}

/*
 * The names of v2, in one place.  Those that Cello's pages show are ucc,
 * occurredAt, amount, currency, invoiceId, subscription and its interval; the
 * others, which could not be read, are taken to be v1's.
 */
static const struct {
	const char	*at, *newcomer, *person, *user, *email, *name,
			*organization, *subscription, *subscription_id,
			*interval, *product, *seats, *invoice, *amount;
} v2 = {
	.at = "occurredAt", .newcomer = "newUserId", .person = "newUser",
	.user = "id", .email = "email", .name = "name",
	.organization = "organizationId", .subscription = "subscription",
	.subscription_id = "id", .interval = "interval",
	.product = "productKey", .seats = "seatsUsed", .invoice = "invoiceId",
	.amount = "amount"
};

static void
write_v2(struct json_writer *w, const struct cello_event *x)
{
	json_open(w, NULL);
	put(w, "ucc", x->ucc);
	json_put_time(w, v2.at, (time_t)x->at);
	put(w, v2.newcomer, x->newcomer);
	json_open(w, v2.person);
	put(w, v2.user, x->user);
	put(w, v2.email, x->email);
	put(w, v2.name, x->name);
	put(w, v2.organization, x->organization);
	json_close(w);
	if (is_money(x)) {
		json_put_int(w, v2.amount, x->amount);
		put_currency(w, x->currency);
		put(w, v2.invoice, x->invoice);
	}
	if (x->trigger == CELLO_INVOICE_PAID) {
		json_open(w, v2.subscription);
		put(w, v2.subscription_id, x->subscription);
		put(w, v2.interval, x->interval);
		put(w, v2.product, x->product);
		if (x->seats > 0)
			json_put_int(w, v2.seats, x->seats);
		json_close(w);
	}
	json_close(w);
}

void
cello_event_write(enum cello_api api, const struct cello_event *x,
    struct buf *ret_body)
{
	struct json_writer w;

	json_write_init(&w, ret_body);
	(api == CELLO_V1 ? write_v1 : write_v2)(&w, x);
}
