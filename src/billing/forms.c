/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "net/form.h"

#include "billing/forms.h"

#define URL_MAX		2048
#define SUBJECT_DIGEST	16	/* bytes of it */

void
customer_form(const struct customer_facts *f, struct buf *ret_form)
{
	char name[256];

	snprintf(name, sizeof(name), "%s%s%s", f->first_name,
	    text_empty(f->first_name) || text_empty(f->last_name) ? "" : " ",
	    f->last_name);
	form_text(ret_form, "email", f->email);
	form_text(ret_form, "name", name);
	stamp_form(f, ret_form);
}

void
stamp_form(const struct customer_facts *f, struct buf *ret_form)
{
	form_text(ret_form, "metadata[cello_ucc]", f->ucc);
	form_text(ret_form, "metadata[new_user_id]", f->account_id);
	form_text(ret_form, "metadata[new_user_organization_id]",
	    f->organization);
}

void
unstamp_form(const char *customer_id, struct buf *ret_form)
{
	form_empty(ret_form, "metadata[cello_ucc]");
	form_empty(ret_form, "metadata[new_user_id]");
	form_empty(ret_form, "metadata[new_user_organization_id]");
	form_text(ret_form, "metadata[endpin_replaced_by]", customer_id);
}

/*
 * Cello looks at the customer; these are for people, and for finding the
 * account again if ours should be lost.  Metadata does not spread by itself,
 * so the subscription gets its own.
 */
static void
add_metadata(struct buf *b, const struct checkout_order *o)
{
	form_text(b, "metadata[new_user_id]", o->account_id);
	form_text(b, "metadata[new_user_organization_id]", o->organization);
	form_text(b, "metadata[cello_ucc]", o->ucc);
	form_text(b, "metadata[endpin_plan]", o->plan->name);
	form_text(b, "metadata[endpin_call]", o->call_id);
	form_text(b, "subscription_data[metadata][new_user_id]",
	    o->account_id);
	form_text(b, "subscription_data[metadata][new_user_organization_id]",
	    o->organization);
	form_text(b, "subscription_data[metadata][cello_ucc]", o->ucc);
	form_text(b, "subscription_data[metadata][endpin_plan]",
	    o->plan->name);
}

static void
add_page(struct buf *b, const char *name, const char *origin,
    const char *page)
{
	struct buf url;

	buf_init(&url, URL_MAX);
	buf_text(&url, origin);
	buf_text(&url, page);
	form_text(b, name, url.data);
	buf_done(&url);
}

static int
is_referred(const struct checkout_order *o)
{
	return !text_empty(o->ucc) && !o->undue;
}

static int
trial_days(const struct checkout_order *o)
{
	return is_referred(o) && o->plan->referral_trial_days > 0 ?
	    o->plan->referral_trial_days : o->plan->trial_days;
}

void
checkout_form(const struct checkout_order *o, struct buf *ret_form)
{
	struct buf *b = ret_form;

	form_text(b, "mode", "subscription");
	form_text(b, "customer", o->customer_id);
	form_text(b, "client_reference_id", o->account_id);
	form_text(b, "line_items[0][price]", o->plan->price);
	form_int(b, "line_items[0][quantity]", o->quantity);
	add_metadata(b, o);
	if (trial_days(o) > 0 && !o->tried)
		form_int(b, "subscription_data[trial_period_days]",
		    trial_days(o));

	/* Stripe refuses the two together, even if the second says false. */
	if (is_referred(o) && !text_empty(o->plan->referral_coupon) &&
	    !o->undiscounted)
		form_text(b, "discounts[0][coupon]",
		    o->plan->referral_coupon);
	else
		form_text(b, "allow_promotion_codes", "true");

	add_page(b, "success_url", o->origin,
	    "/account?session_id={CHECKOUT_SESSION_ID}");
	add_page(b, "cancel_url", o->origin, "/pricing?canceled=1");
}

void
checkout_subject(const struct checkout_order *o, char ret_subject[CALL_SUBJECT])
{
	struct checkout_order wish = *o;
	unsigned char digest[DIGEST_SHA256];
	char digits[2 * SUBJECT_DIGEST + 1];
	struct buf form;
	int len;

	wish.call_id = NULL;
	wish.undiscounted = 0;
	buf_init(&form, CALL_FORM);
	checkout_form(&wish, &form);
	digest_sha256(form.data, form.len, digest);
	buf_done(&form);

	text_hex(digest, SUBJECT_DIGEST, digits);
	len = snprintf(ret_subject, CALL_SUBJECT, "%s:%d:%s%s", o->plan->name,
	    o->quantity, digits,
	    o->undiscounted ? CHECKOUT_UNDISCOUNTED : "");
	assert(len > 0 && len < CALL_SUBJECT);
	(void)len;
}
