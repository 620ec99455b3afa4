/* SPDX-License-Identifier: MIT */
#ifndef BILLING_SUBSCRIPTION_H
#define BILLING_SUBSCRIPTION_H

/* Subscriptions as last read from Stripe, and what they entitle to. */

#include <stdint.h>
#include <time.h>

#include "base/err.h"
#include "base/text.h"
#include "stripe/kind.h"

struct billing_config;
struct db;
struct json;
struct stmt;

struct subscription {
	char	 id[STRIPE_ID];
	char	 status[32];
	char	 plan[64];		/* "": of none in the configuration */
	int64_t	 quantity;
	time_t	 current_period_end;	/* 0: unknown */
	time_t	 cancel_at;		/* 0: goes on */
	time_t	 trial_end;		/* 0: none */
	int	 entitled;
};

/*
 * Apply one as read from Stripe (fields of 2026-10-28.endive, periods at the
 * items).  ERR_NOTFOUND: its customer, then in ret_customer, is linked to
 * nobody: park it; the customer's row is locked.  ERR_INPUT: a field that must
 * be there is not.  A subscription that has ended stays ended.
 */
MUST_USE enum err subscription_apply(struct db *db, const struct json *read,
    char ret_customer[STRIPE_ID]);

/*
 * Are there more items than it shows?  Then they are read apart, and it is
 * applied with that list of them.
 */
int subscription_has_more(const struct json *read);
MUST_USE enum err subscription_apply_with(struct db *db,
    const struct json *read, const struct json *items,
    char ret_customer[STRIPE_ID]);

/*
 * The account's subscription that counts: entitled before not, of a plan
 * before of none, then the newest.  ERR_NOTFOUND: never had one.  Its plan is
 * that of its first item whose price is in the configuration; a seat or a meter
 * beside it changes nothing.  Entitled: active or trialing until the period's
 * end and the hours of grace, past_due for the hours of grace after the
 * period's start, never after cancel_at; by the database's clock.
 */
MUST_USE enum err subscription_find(struct db *db,
    const struct billing_config *conf, const char *account_id,
    struct subscription *ret_subscription);

/* Has the living customer one that has not ended? (Another would be two.) */
MUST_USE enum err subscription_live(struct db *db, const char *account_id,
    int *ret_live);

/* Has the account had a trial, with whatever customer?  There is one. */
MUST_USE enum err subscription_tried(struct db *db, const char *account_id,
    int *ret_tried);

/*
 * Who is behind a session, and what they pay for, in one round trip: for
 * GET /auth.  ERR_NOTFOUND: nobody.  If `touch` is set the session's last use
 * is long ago: session_touch() it.
 */
struct access {
	char	 account_id[TEXT_UUID];
	char	 plan[64];		/* "" also if not entitled */
	int	 entitled;
	int	 touch;
};
MUST_USE enum err access_find(struct db *db,
    const struct billing_config *conf, const char *session_hash,
    int idle_hours, struct access *ret_access);

extern const struct stmt *const subscription_statements[];
extern const struct stmt *const entitlement_statements[];

#endif /* !BILLING_SUBSCRIPTION_H */
