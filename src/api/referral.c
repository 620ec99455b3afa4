/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "account/account.h"
#include "app/config.h"
#include "app/look_at_offer.h"
#include "base/json_write.h"
#include "base/text.h"

#include "api/api.h"

#define PACKED		129	/* celloN */
#define NAME_SHOWN	41

/*
 * The referrer's first name, as the link says in base64 without padding.  It
 * is whoever made the link that says so: for showing as text, and short.  "":
 * it says nothing that is a name.
 */
static void
take_name(const struct req *q, char ret_name[NAME_SHOWN])
{
	char packed[PACKED], *p;
	size_t len = 0;

	ret_name[0] = '\0';
	if (req_query(q, "celloN", packed, sizeof(packed)) != ERR_OK)
		return;
	for (p = packed; *p != '\0' && *p != '='; p++)
		*p = *p == '+' || *p == ' ' ? '-' : *p == '/' ? '_' : *p;
	*p = '\0';
	if (text_unbase64url(packed, ret_name, NAME_SHOWN - 1, &len) != ERR_OK)
		len = 0;
	ret_name[len] = '\0';
	if (strlen(ret_name) != len || !account_name_ok(ret_name))
		ret_name[0] = '\0';
}

/* What a plan's coupon takes off, 20 is 20 %, never 0.2; free days, credit. */
static void
plan_put(struct json_writer *w, const struct plan_config *plan)
{
	struct discount d = { .amount = 0 };
	const int known = plan_discount(plan, &d) == ERR_OK;

	json_open(w, NULL);
	json_put_text(w, "name", plan->name);
	/* A part of a percent is told by the amount. */
	if (known && d.percent_100th > 0 && d.percent_100th % 100 == 0)
		json_put_int(w, "percentage", d.percent_100th / 100);
	else
		json_put_null(w, "percentage");
	if (known)
		json_put_int(w, "amountOff", plan->amount -
		    plan_discounted(plan, &d));
	else
		json_put_null(w, "amountOff");
	if (plan->referral_months > 0)
		json_put_int(w, "months", plan->referral_months);
	else
		json_put_null(w, "months");
	json_put_bool(w, "discount", !text_empty(plan->referral_coupon));
	if (plan->referral_trial_days > 0)
		json_put_int(w, "trialDays", plan->referral_trial_days);
	else
		json_put_null(w, "trialDays");
	if (plan->referral_credit > 0)
		json_put_int(w, "credit", plan->referral_credit);
	else
		json_put_null(w, "credit");
	json_put_text(w, "currency", plan->currency);
	json_close(w);
}

/*
 * GET /api/referral/offer?ucc=&celloN=: what a link brings whoever follows it,
 * and a member whom somebody referred.
 */
enum err
referral_offer(struct ctx *c, const struct req *q, struct resp *p)
{
	const struct billing_config *conf = &c->app->conf->billing;
	char query[UCC_OFFERED], cookie[UCC_OFFERED], name[NAME_SHOWN];
	struct ucc_offer offer = { .form = NULL };
	struct offered o;
	struct json_writer *w;
	size_t i;
	enum err e;

	if (req_query(q, "ucc", query, sizeof(query)) == ERR_OK)
		offer.query = query;
	if (req_cookie_first(q, UCC_COOKIE, cookie, sizeof(cookie)) == ERR_OK)
		offer.cookie = cookie;
	e = look_at_offer(c->app, c->visitor.known ? c->visitor.account.id :
	    NULL, &offer, offer.query != NULL && ucc_ok(query), &o);
	if (e != ERR_OK)
		return e;

	take_name(q, name);
	w = resp_json(p, 200);
	json_put_bool(w, "valid", o.valid);
	json_put_bool(w, "due", o.due);
	json_put_text(w, "ucc", text_or_null(o.ucc));
	json_put_text(w, "referrerName", o.valid ? text_or_null(name) : NULL);
	json_open_array(w, "plans");
	for (i = 0; o.due && i < conf->plans; i++)
		if (plan_welcomes(&conf->plan[i]))
			plan_put(w, &conf->plan[i]);
	json_close_array(w);
	return resp_json_end(p);
}
