/* SPDX-License-Identifier: MIT */
#ifndef BILLING_FORMS_H
#define BILLING_FORMS_H

/* The forms of what we ask Stripe to make. */

#include "billing/call.h"
#include "billing/options.h"

struct buf;

/* What a new customer carries; texts are borrowed. */
struct customer_facts {
	const char	*account_id;
	const char	*email;
	const char	*first_name;
	const char	*last_name;
	const char	*organization;	/* its id; "" or NULL: none */
	const char	*ucc;		/* "" or NULL: was not referred */
};

/*
 * The form of POST /v1/customers: email, name, metadata[cello_ucc],
 * metadata[new_user_id], metadata[new_user_organization_id].
 */
void customer_form(const struct customer_facts *f, struct buf *ret_form);

/*
 * Onto a customer that was there before: the metadata of the above, whatever
 * else it is called there.
 */
void stamp_form(const struct customer_facts *f, struct buf *ret_form);

/* Off the one whose place is taken by `customer_id`. */
void unstamp_form(const char *customer_id, struct buf *ret_form);

/* What is bought by whom; texts are borrowed. */
struct checkout_order {
	const struct plan_config *plan;
	int		 quantity;
	const char	*account_id;
	const char	*customer_id;
	const char	*organization;	/* its id; "" or NULL: none */
	const char	*ucc;		/* "" or NULL: was not referred */
	const char	*origin;
	const char	*call_id;	/* NULL: not known yet */
	int		 tried;		/* has had a trial: no other */
	int		 undue;		/* has had what a referral brings */
	int		 undiscounted;	/* Stripe refuses the coupon */
};

/*
 * "plan:quantity:" and a digest of the whole form but for the call's id: what
 * makes two orders the same.  For a page without the discount that it should
 * have there is CHECKOUT_UNDISCOUNTED behind it.
 */
#define CHECKOUT_UNDISCOUNTED	":undiscounted"
void checkout_subject(const struct checkout_order *o,
    char ret_subject[CALL_SUBJECT]);

/*
 * The form of POST /v1/checkout/sessions: mode=subscription, customer,
 * client_reference_id, line item, metadata on session and subscription
 * (metadata[endpin_call] on the session: call_id),
 * success_url (origin/account?session_id={CHECKOUT_SESSION_ID}), cancel_url
 * (origin/pricing?canceled=1, which the page speaks of kindly), trial (that of
 * a referral if that is due, and the plan has one), and
 * discounts[0][coupon] if referred, it is due and the plan has one (and it
 * is not refused), else allow_promotion_codes; never both.
 */
void checkout_form(const struct checkout_order *o, struct buf *ret_form);

#endif /* !BILLING_FORMS_H */
