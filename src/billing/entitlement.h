/* SPDX-License-Identifier: MIT */
#ifndef BILLING_ENTITLEMENT_H
#define BILLING_ENTITLEMENT_H

/* What an account's subscriptions are good for: access, and buying another. */

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/err.h"
#include "base/text.h"
#include "stripe/kind.h"

#include "billing/feature.h"
#include "billing/subscription.h"

struct billing_config;
struct db;
struct stmt;

/*
 * What a subscription is good for, and the more the better.  Buying says the
 * same in the same words (STEP_, BUY_).
 */
enum entitlement {
	ENTITLEMENT_NONE,	/* there is none, or it is over: buy one */
	ENTITLEMENT_OWING,	/* no access until something is done about it */
	ENTITLEMENT_PROCESSING,	/* no access until the first payment is there */
	ENTITLED
};

/* What the plan's item is going to be. */
struct planned {
	char		 price[STRIPE_ID];
	char		 plan[64];	/* "": the price is of none */
	int64_t		 quantity;
	time_t		 at;		/* 0: nothing is planned */
};

struct subscription {
	char		 id[STRIPE_ID];
	char		 status[32];
	char		 item[STRIPE_ID];	/* that is the plan */
	char		 price[STRIPE_ID];
	char		 plan[64];
	int64_t		 quantity;
	time_t		 current_period_start;	/* 0: unknown */
	time_t		 current_period_end;	/* 0: unknown */
	time_t		 cancel_at;		/* 0: goes on */
	int		 cancel_flag;	/* Stripe has a flag for it, no time */
	time_t		 trial_end;		/* 0: none */
	char		 pause[32];		/* "": payments are collected */
	time_t		 resumes_at;		/* 0: not said */
	char		 pay_url[SUBSCRIPTION_URL];	/* "": none is known */
	enum entitlement	 entitlement;
	char		 schedule[STRIPE_ID];	/* attached to; "": to none */
	int		 schedule_ours;	/* or there is none */
	struct planned	 next;		/* from `at` on */
	struct planned	 pending;	/* if it is paid until `at` */
};

/*
 * The account's subscription that counts, and what it is good for, by the
 * database's clock: the one answer that everybody asks for who wants to know
 * about access or buying.  Only what has a price of a plan, also a former one,
 * is looked at; a seat or a meter beside it changes nothing.  Of several the
 * most useful counts, then the plan that stands last in the configuration,
 * then the newest.  ERR_NOTFOUND: never had one.
 *
 * Entitled: active or trialing until the period's end and the hours of grace,
 * once a first payment has come (or with access_before_payment); past_due for
 * the hours of grace after the failure, and to the end of what is paid; while
 * collecting is paused to the end of what is paid (or with access_while_paused
 * as if it were not); never after cancel_at.
 */
MUST_USE enum err subscription_find(struct db *db,
    const struct billing_config *conf, const char *account_id,
    struct subscription *ret_subscription);

/* The same in one word; ENTITLEMENT_NONE also if there never was one. */
MUST_USE enum err entitlement_find(struct db *db,
    const struct billing_config *conf, const char *account_id,
    enum entitlement *ret_entitlement);

/*
 * An account has one subscription of a plan.  Those of the owner of
 * `customer_id` that are there beside the one that is kept: the first that gives
 * access and goes on.  `ours`: it was bought later, and not long ago, on a page
 * of ours, so that nobody meant it; another one somebody has arranged.
 */
#define SECONDS_MOST	16
#define SECOND_DAYS	7
struct second {
	char	 account_id[TEXT_UUID];
	char	 id[STRIPE_ID];
	char	 kept[STRIPE_ID];
	int	 ours;
};
MUST_USE enum err subscription_seconds(struct db *db,
    const struct billing_config *conf, const char *customer_id,
    struct second ret_second[SECONDS_MOST], size_t *ret_count);

/* For people: how many accounts have more than one? */
MUST_USE enum err subscription_count_seconds(struct db *db,
    const struct billing_config *conf, int64_t *ret_count);

/*
 * What its owner can do about a debt or a pause: there is no state without a
 * way on.
 */
enum way {
	WAY_NONE,		/* nothing is to be done */
	WAY_PAY,		/* at pay_url; or confirm it there */
	WAY_RESUME,		/* go on with what is paused: resume_plan() */
	WAY_MANAGE		/* on Stripe's portal */
};
enum way subscription_way(const struct subscription *s);

/*
 * In the transaction that has applied this subscription, which has a trial's
 * end: its owner has had a trial, if it is of a plan.
 */
MUST_USE enum err subscription_note_trial(struct db *db,
    const struct billing_config *conf, const char *id);

/*
 * Has the account had a trial, with whatever customer and of whatever plan?
 * There is one, and what became of it does not matter.
 */
MUST_USE enum err subscription_tried(struct db *db,
    const struct billing_config *conf, const char *account_id,
    int *ret_tried);

/*
 * For people: how many that are not over are of no plan?  Something else that
 * is sold here, or a price that the configuration has forgotten.
 */
MUST_USE enum err subscription_count_planless(struct db *db,
    const struct billing_config *conf, int64_t *ret_count);

/*
 * Who is behind a session, and what they pay for, in one round trip: for
 * GET /auth and GET /api/entitlements.  ERR_NOTFOUND: nobody.  If `touch` is set the session's last use
 * is long ago: session_touch() it.
 */
struct access {
	char	 account_id[TEXT_UUID];
	char	 plan[64];		/* "" also if not entitled, as these: */
	char	 features[FEATURE_LIST];	/* of billing/feature.h */
	const char *limits;			/* borrowed */
	int	 entitled;
	int	 touch;
};
MUST_USE enum err access_find(struct db *db,
    const struct billing_config *conf, const char *session_hash,
    int idle_hours, struct access *ret_access);

/* Note that access_find() is going to ask (db/ahead.h). */
void access_find_ahead(struct db *db, const struct billing_config *conf,
    const char *session_hash, int idle_hours);

extern const struct stmt *const entitlement_statements[];

#endif /* !BILLING_ENTITLEMENT_H */
