/* SPDX-License-Identifier: MIT */
#ifndef APP_EXPLAIN_H
#define APP_EXPLAIN_H

/*
 * Why a referral did or did not lead to a reward: what happened, in its order,
 * and what stands in the way, most likely cause first.  From the rows alone:
 * neither Stripe nor Cello is asked, and what only they know is said to be so.
 */

#include <stddef.h>
#include <stdint.h>

#include "account/account.h"
#include "app/doubt.h"
#include "app/finding.h"
#include "base/err.h"
#include "billing/story.h"
#include "ledger/welcome.h"
#include "referral/fact_story.h"
#include "referral/referral.h"

struct app;
struct config;

/* What happened. */
struct explain_moment {
	int64_t		 at;		/* seconds since 1970 */
	size_t		 order;		/* of what is of the same second */
	const char	*who;		/* "visitor", "endpin", "stripe", "cello" */
	char		 what[64];
	char		 id[STRIPE_ID];
	char		 detail[STORY_DETAIL];
};

/* What an account's rows show; what is "" or 0 is not there. */
struct evidence {
	const struct config	*conf;		/* borrowed */
	int64_t			 now;
	struct account		 account;
	int64_t			 since;		/* of the account */
	char			 organization[TEXT_UUID]; /* if they count */
	int			 referred;
	struct referral		 referral;
	struct story_customer	 customer;
	struct story_call	 call;
	struct story_bought	 bought;
	int64_t			 came, went;	/* of the ledger, one currency */
	int64_t			 disputed;	/* of what went: below 0 */
	enum doubt		 doubt;
	struct welcome		 welcome;	/* value 0: none */
	int64_t			 signups_told;	/* facts, in whatever state */
	struct fact_row		 untold;	/* the first of them; id "" */
	struct fact_row		 warned;	/* told, and Cello had a word */
	/* One of Stripe's objects of theirs that could not be read. */
	char			 unread[STRIPE_ID];
	char			 unread_why[ERRAND_WHY];
};

#define FINDINGS	32
#define EXPLAIN_MOMENTS	1000

struct explained {
	struct evidence		 evidence;
	struct explain_moment	*moment;	/* owned, in their order */
	size_t			 moments;
	struct finding		 finding[FINDINGS];
	size_t			 findings;
};

/*
 * `who` is an address, an account's id, or that of a customer, a subscription
 * or an invoice at Stripe.  ERR_NOTFOUND: it is nobody's.
 */
MUST_USE enum err explain(struct app *a, const char *who,
    struct explained *ret_explained);
void explained_done(struct explained *x);

/* So many findings are FINDING_WRONG. */
int explained_wrong(const struct explained *x);

/* Only what there is to be judged, without looking for what could not be read. */
MUST_USE enum err explain_evidence(struct app *a, const char *who,
    struct evidence *ret);

/* What follows from the evidence, in the order in which it is to be looked at. */
void explain_judge(const struct evidence *v, struct finding ret[FINDINGS],
    size_t *ret_count);

#endif /* !APP_EXPLAIN_H */
