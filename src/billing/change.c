/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "net/form.h"

#include "billing/entitlement.h"
#include "billing/options.h"
#include "billing/planned.h"

#include "billing/change.h"

#define NAME		96	/* of a field */
#define SUBJECT_DIGEST	16	/* bytes of it */
#define LIST_MOST	100	/* of anything in a phase */

/* Later is more. */
static long
rank(const struct billing_config *conf, const struct plan_config *p)
{
	return p - conf->plan;
}

static enum change_when
when_of(const struct billing_config *conf, const struct plan_config *had,
    const struct plan_config *wanted, const struct change *c)
{
	if (had == wanted && c->quantity == c->of->quantity)
		return CHANGE_NOTHING;
	if (text_equal(c->of->status, "trialing"))
		return CHANGE_NOW;
	if (had != wanted)
		return rank(conf, wanted) > rank(conf, had) ? CHANGE_NOW :
		    CHANGE_AT_END;
	return c->quantity > c->of->quantity ? CHANGE_NOW : CHANGE_AT_END;
}

void
change_of(const struct billing_config *conf, const struct subscription *s,
    const struct plan_config *plan, int64_t quantity,
    struct change *ret_change)
{
	const struct plan_config *had = plan_of_price(conf, s->price);
	struct change *c = ret_change;

	if (plan == NULL)
		plan = had;
	c->of = s;
	c->price = plan == had ? s->price : plan->price;
	c->interval = plan->interval;
	c->quantity = quantity > 0 ? quantity : s->quantity;
	c->when = when_of(conf, had, plan, c);
}

static int
is_of(const struct change *c, const struct planned *p)
{
	return p->at != 0 && c->quantity == p->quantity &&
	    text_equal(c->price, p->price);
}

int
change_is_planned(const struct change *c)
{
	return is_of(c, &c->of->next);
}

int
change_is_pending(const struct change *c)
{
	return is_of(c, &c->of->pending);
}

static void
digits_of(const struct change *c, char ret_digits[2 * SUBJECT_DIGEST + 1])
{
	unsigned char digest[DIGEST_SHA256];
	struct buf text;

	buf_init(&text, CALL_FORM);
	buf_format(&text, "%s %s %s %lld %s %lld %d", c->of->id, c->of->item,
	    c->of->price, (long long)c->of->quantity, c->price,
	    (long long)c->quantity, (int)c->when);
	digest_sha256(text.data, text.len, digest);
	text_hex(digest, SUBJECT_DIGEST, ret_digits);
	buf_done(&text);
}

void
change_subject(const struct change *c, time_t counted_to,
    char ret_subject[CALL_SUBJECT])
{
	char digits[2 * SUBJECT_DIGEST + 1];

	digits_of(c, digits);
	(void)snprintf(ret_subject, CALL_SUBJECT, "%s:%lld", digits,
	    (long long)counted_to);
}

time_t
change_shown(const struct change *c, const char *shown)
{
	char digits[2 * SUBJECT_DIGEST + 1];
	int64_t time;

	digits_of(c, digits);
	if (!text_begins(shown, digits) || shown[sizeof(digits) - 1] != ':' ||
	    text_number(shown + sizeof(digits), INT64_MAX, &time) != ERR_OK)
		return 0;
	return (time_t)time;
}

/* `prefix` "" or "subscription_details": "[a]" behind it, or "a" alone. */
static void
put_text(struct buf *b, const char *prefix, const char *name,
    const char *value)
{
	char full[NAME];

	if (prefix[0] == '\0') {
		form_text(b, name, value);
		return;
	}
	/* "items[0][id]" becomes "[items][0][id]". */
	(void)snprintf(full, sizeof(full), "%s[%.*s]%s", prefix,
	    (int)strcspn(name, "["), name, name + strcspn(name, "["));
	form_text(b, full, value);
}

static void
put_int(struct buf *b, const char *prefix, const char *name, int64_t value)
{
	char digits[TEXT_DIGITS];

	put_text(b, prefix, name, text_digits(value, digits));
}

/* The same to ask what it costs and to do it. */
static void
put_change(struct buf *b, const char *prefix, const struct change *c,
    time_t counted_to)
{
	put_text(b, prefix, "items[0][id]", c->of->item);
	put_text(b, prefix, "items[0][price]", c->price);
	put_int(b, prefix, "items[0][quantity]", c->quantity);
	put_text(b, prefix, "proration_behavior",
	    c->when == CHANGE_NOW ? "always_invoice" : "none");
	if (c->when == CHANGE_NOW && counted_to != 0)
		put_int(b, prefix, "proration_date", counted_to);
}

/* So that the answer can be applied as it is. */
static void
put_expand(struct buf *b)
{
	form_text(b, "expand[0]", "latest_invoice");
	form_text(b, "expand[1]", "schedule");
}

void
change_form(const struct change *c, time_t counted_to, struct buf *ret_form)
{
	put_change(ret_form, "", c, counted_to);
	form_text(ret_form, "payment_behavior", "pending_if_incomplete");
	put_expand(ret_form);
}

void
preview_form(const struct change *c, time_t counted_to, struct buf *ret_form)
{
	form_text(ret_form, "subscription", c->of->id);
	if (c->when != CHANGE_NOTHING)
		put_change(ret_form, "subscription_details", c, counted_to);
}

void
cancel_form(const char *feedback, const char *comment, struct buf *ret_form)
{
	form_text(ret_form, "cancel_at_period_end", "true");
	form_text(ret_form, "cancellation_details[feedback]", feedback);
	form_text(ret_form, "cancellation_details[comment]", comment);
	put_expand(ret_form);
}

/* It is undone by what it was done by: a flag by the flag, a time by "". */
void
resume_form(const struct subscription *s, struct buf *ret_form)
{
	if (s->cancel_flag)
		form_text(ret_form, "cancel_at_period_end", "false");
	else
		buf_text(ret_form, "cancel_at=");
	put_expand(ret_form);
}

void
go_on_form(struct buf *ret_form)
{
	form_text(ret_form, "payment_behavior", "resume_on_payment_success");
	put_expand(ret_form);
}

void
schedule_form(const char *subscription_id, struct buf *ret_form)
{
	form_text(ret_form, "from_subscription", subscription_id);
}

/* The phase that is under way; NULL: none is. */
static const struct json *
current_phase(const struct json *schedule)
{
	const struct json *phase;
	int64_t wanted, start;
	size_t i;

	if (json_int(schedule, "current_phase.start_date", &wanted) != ERR_OK)
		return NULL;
	for (i = 0; i < json_count(schedule, "phases") && i < LIST_MOST; i++) {
		phase = json_item(schedule, "phases", i);
		if (json_int(phase, "start_date", &start) == ERR_OK &&
		    start == wanted)
			return phase;
	}
	return NULL;
}

static void
put_under(struct buf *b, const char *prefix, const char *rest,
    const char *value)
{
	struct buf name;

	buf_init(&name, 2 * NAME);
	buf_format(&name, "%s%s", prefix, rest);
	form_text(b, name.data, value);
	buf_done(&name);
}

/* Discounts and taxes are not inherited: they are named in each phase. */
static void
put_discounts(struct buf *b, const char *prefix, const struct json *list)
{
	static const char *const kinds[] = { "discount", "promotion_code",
	    "coupon" };
	char rest[NAME];
	const char *id;
	size_t i, k;

	for (i = 0; i < json_count(list, NULL) && i < LIST_MOST; i++)
		for (k = 0; k < NELEM(kinds); k++) {
			id = json_id(json_item(list, NULL, i), kinds[k]);
			if (id == NULL)
				continue;
			(void)snprintf(rest, sizeof(rest),
			    "[discounts][%zu][%s]", i, kinds[k]);
			put_under(b, prefix, rest, id);
			break;
		}
}

static void
put_taxes(struct buf *b, const char *prefix, const char *field,
    const struct json *list)
{
	char rest[NAME];
	size_t i;

	for (i = 0; i < json_count(list, NULL) && i < LIST_MOST; i++) {
		(void)snprintf(rest, sizeof(rest), "[%s][%zu]", field, i);
		put_under(b, prefix, rest,
		    json_id(json_item(list, NULL, i), NULL));
	}
}

/* `c` NULL: as it is; else with this change. */
static void
put_item(struct buf *b, const char *prefix, const struct json *item,
    const struct change *c)
{
	const char *price = json_id(item, "price");
	char digits[TEXT_DIGITS] = "";
	int64_t quantity;

	if (c != NULL && !text_equal(price, c->of->price))
		c = NULL;
	if (c != NULL)
		(void)text_digits(c->quantity, digits);
	else if (json_int(item, "quantity", &quantity) == ERR_OK)
		(void)text_digits(quantity, digits);
	put_under(b, prefix, "[price]", c != NULL ? c->price : price);
	put_under(b, prefix, "[quantity]", digits);
	put_discounts(b, prefix, json_at(item, "discounts"));
	put_taxes(b, prefix, "tax_rates", json_at(item, "tax_rates"));
}

static void
put_phase(struct buf *b, int number, const struct json *phase,
    const struct change *c)
{
	char prefix[NAME];
	size_t i;

	for (i = 0; i < json_count(phase, "items") && i < LIST_MOST; i++) {
		(void)snprintf(prefix, sizeof(prefix), "phases[%d][items][%zu]",
		    number, i);
		put_item(b, prefix, json_item(phase, "items", i), c);
	}
	(void)snprintf(prefix, sizeof(prefix), "phases[%d]", number);
	put_discounts(b, prefix, json_at(phase, "discounts"));
	put_taxes(b, prefix, "default_tax_rates",
	    json_at(phase, "default_tax_rates"));
}

enum err
phases_form(const struct json *schedule, const struct change *c,
    const char *call_id, struct buf *ret_form)
{
	const struct json *phase = current_phase(schedule);
	struct buf *b = ret_form;
	int64_t start, end;

	if (phase == NULL ||
	    json_int(phase, "start_date", &start) != ERR_OK ||
	    json_int(phase, "end_date", &end) != ERR_OK)
		return ERR_INPUT;
	put_phase(b, 0, phase, NULL);
	form_int(b, "phases[0][start_date]", start);
	form_int(b, "phases[0][end_date]", end);
	put_phase(b, 1, phase, c);
	form_text(b, "phases[1][duration][interval]", c->interval);
	form_text(b, "phases[1][proration_behavior]", "none");
	form_text(b, "end_behavior", "release");
	form_text(b, "metadata[" PLANNED_CALL "]", call_id);
	return ERR_OK;
}
