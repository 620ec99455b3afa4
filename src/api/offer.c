/* SPDX-License-Identifier: MIT */

/* What the configuration lets everybody know. */

#include "account/account.h"
#include "app/config.h"
#include "base/buf.h"
#include "base/json_write.h"
#include "base/text.h"
#include "crypto/password.h"

#include "api/api.h"
#include "api/show.h"

#define URL_MAX		1024

/* GET /api/config */
enum err
config_show(struct ctx *c, const struct req *q, struct resp *p)
{
	const struct config *conf = c->app->conf;
	struct json_writer *w = resp_json(p, 200);
	struct buf url;

	(void)q;
	buf_init(&url, URL_MAX);
	buf_format(&url, "%s/attribution/latest/cello-attribution.js",
	    conf->cello.assets_base);

	json_open(w, "cello");
	json_put_bool(w, "enabled", conf->cello.enabled);
	json_put_text(w, "attributionUrl",
	    conf->cello.enabled ? url.data : NULL);
	json_put_text(w, "productId",
	    conf->cello.enabled ? conf->cello.product_id : NULL);
	json_close(w);
	json_put_int(w, "passwordMin", conf->password.min_length);
	json_put_int(w, "passwordMaxBytes", PASSWORD_MAX);
	json_put_int(w, "emailMaxBytes", ACCOUNT_EMAIL - 1);
	json_put_int(w, "nameMaxBytes", ACCOUNT_NAME - 1);
	json_put_int(w, "rememberDays", conf->session.days);
	buf_done(&url);
	return resp_json_end(p);
}

/* What a first payment costs whom somebody sent; null: is not shown. */
static void
referral_amount_put(struct json_writer *w, const struct plan_config *plan)
{
	struct discount d;

	if (plan_discount(plan, &d) == ERR_OK)
		json_put_int(w, "referralAmount", plan_discounted(plan, &d));
	else
		json_put_null(w, "referralAmount");
}

/* GET /api/plans */
enum err
plans_show(struct ctx *c, const struct req *q, struct resp *p)
{
	struct json_writer *w = resp_json(p, 200);
	const struct plan_config *plan;
	size_t i;

	(void)q;
	json_open_array(w, "plans");
	for (i = 0; i < c->app->conf->billing.plans; i++) {
		plan = &c->app->conf->billing.plan[i];
		json_open(w, NULL);
		json_put_text(w, "name", plan->name);
		json_put_text(w, "label", plan->label);
		json_put_text(w, "description", plan->description);
		json_put_int(w, "amount", plan->amount);
		json_put_text(w, "currency", plan->currency);
		json_put_text(w, "interval", plan->interval);
		json_put_int(w, "trialDays", plan->trial_days);
		json_put_bool(w, "referralOffer",
		    !text_empty(plan->referral_coupon));
		referral_amount_put(w, plan);
		json_put_int(w, "referralTrialDays",
		    plan->referral_trial_days > 0 ?
		    plan->referral_trial_days : plan->trial_days);
		if (plan->referral_months > 0)
			json_put_int(w, "referralMonths",
			    plan->referral_months);
		else
			json_put_null(w, "referralMonths");
		if (plan->referral_credit > 0)
			json_put_int(w, "referralCredit",
			    plan->referral_credit);
		else
			json_put_null(w, "referralCredit");
		features_put(w, plan->features, plan->limits);
		json_close(w);
	}
	json_close_array(w);
	return resp_json_end(p);
}
