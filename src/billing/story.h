/* SPDX-License-Identifier: MIT */
#ifndef BILLING_STORY_H
#define BILLING_STORY_H

/*
 * What the rows say of an account's purchases, for somebody who wants to know
 * why something did or did not come of them.  Nothing here is asked of Stripe.
 */

#include <stdint.h>

#include "base/err.h"
#include "errand/errand.h"
#include "stripe/kind.h"

struct db;
struct stmt;

/* Times are seconds since 1970; 0: it was not, or is not known. */

#define STORY_TOLD	512	/* Stripe's metadata have at most 500 */

/* The account's customer; one that is gone if it has no other. */
struct story_customer {
	char	 id[STRIPE_ID];		/* "": it never had one */
	int	 deleted;
	int	 livemode;		/* -1: not read yet */
	int64_t	 seen_at;
	/* What it says at Stripe, as last read; "": nothing. */
	char	 ucc[STORY_TOLD];
	char	 user[STORY_TOLD];
	int	 email;
	int64_t	 told_at;		/* the two, since then; 0: never read */
	int	 knows_organization;	/* was read, */
	char	 organization[STORY_TOLD];	/* and this stands there */
};
MUST_USE enum err story_customer(struct db *db, const char *account_id,
    struct story_customer *ret);

/* The newest call that was to make the customer. */
struct story_call {
	char	 state[16];		/* "": there is none */
	char	 outcome[16];
	char	 last_error[ERRAND_WHY];
	int	 attempts;
	int64_t	 written_at;
};
MUST_USE enum err story_call(struct db *db, const char *account_id,
    struct story_call *ret);

/* What was bought and paid, of all customers the account ever had. */
struct story_bought {
	int64_t	 pages;			/* of Checkout that were opened */
	int64_t	 subscriptions;
	char	 trial[STRIPE_ID];	/* one that is on trial; "": none */
	int64_t	 trial_end;
	int64_t	 ended_at;		/* the last one; 0: one goes on */
	int64_t	 paid;			/* invoices with a sum above nothing */
	char	 first_paid[STRIPE_ID];
	int64_t	 first_paid_at, last_paid_at;
	char	 zero[STRIPE_ID];	/* an invoice of nothing; "": none */
	char	 owed[STRIPE_ID];	/* one that is not paid */
	char	 owed_status[16];
};
MUST_USE enum err story_bought(struct db *db, const char *account_id,
    struct story_bought *ret);

/* Something that happened. */
#define STORY_DETAIL	512
struct story_moment {
	int64_t	 at;
	char	 what[64];		/* "invoice paid", "call customer" */
	char	 id[STRIPE_ID];
	char	 detail[STORY_DETAIL];
};
typedef void story_each(const struct story_moment *m, void *arg);

/* Calls, pages, subscriptions, invoices, what was paid back; in any order. */
MUST_USE enum err story_moments(struct db *db, const char *account_id,
    story_each *each, void *arg);

/* Whose is it: a customer, subscription, invoice?  ERR_NOTFOUND: nobody's. */
MUST_USE enum err story_account_of(struct db *db, const char *stripe_id,
    char ret_account_id[TEXT_UUID]);

extern const struct stmt *const story_statements[];

#endif /* !BILLING_STORY_H */
