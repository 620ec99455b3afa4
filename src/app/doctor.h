/* SPDX-License-Identifier: MIT */
#ifndef APP_DOCTOR_H
#define APP_DOCTOR_H

/*
 * Is the integration working?  The four components that Cello's own health
 * check looks at, and the environment that they share, from this company's own
 * rows; Stripe, Cello's scripts and the pages are asked as far as it reaches.
 * What is only quiet is told from what is broken: see is_silent() in
 * doctor_referrals.c.
 */

#include <stddef.h>
#include <stdint.h>

#include "app/explain.h"
#include "base/clock.h"
#include "base/err.h"
#include "cello/boot.h"
#include "db/tally.h"
#include "referral/fact.h"

struct app;
struct config;

enum doctor_part {
	DOCTOR_COMPONENT,
	DOCTOR_ATTRIBUTION,
	DOCTOR_SIGNUPS,
	DOCTOR_PURCHASES,
	DOCTOR_COMPONENTS,		/* so many; what follows is none */
	DOCTOR_ENVIRONMENT = DOCTOR_COMPONENTS,
	DOCTOR_PARTS
};

enum doctor_status { DOCTOR_CONNECTED, DOCTOR_WARNINGS, DOCTOR_NOT_CONNECTED };

/*
 * A cause of app/explain.h that some of those who were referred last have, of
 * DOCTOR_LOOKS accounts: what several have is a fault of the integration.
 */
#define DOCTOR_LOOKS	20
struct doctor_cause {
	enum doctor_part	 part;
	struct finding		 finding;	/* of the newest who has it */
	char		 account[TEXT_UUID];
	int		 count;		/* of those looked at */
	int		 run;		/* of the newest, in a row */
};

/* Whom it asks, from much to little. */
enum doctor_reach {
	DOCTOR_ALL,
	DOCTOR_OFFLINE,		/* neither Stripe nor Cello nor the pages */
	DOCTOR_ROWS		/* nor a secret that is not its process's */
};

struct doctor_evidence {
	const struct config	*conf;
	int64_t			 now;
	enum doctor_reach	 reach;
	/* --- rows --- */
	struct tally		 accounts, referrals;
	struct tally		 payments;	/* of those who were referred */
	int64_t			 after_referral; /* accounts since the last */
	int64_t			 seen_at[SIGHTS];
	int64_t			 heard_at;	/* of Stripe's events */
	int64_t			 invoice_at;	/* of the last invoice.paid */
	struct doctor_cause	 cause[FINDINGS];
	size_t			 causes;
	int			 looked;
	int			 launched;	/* somebody has said so */
	int64_t			 told_at;	/* a customer says all since */
	struct fact_news	 news[CELLO_TRIGGERS];	/* by the API */
	/* --- secrets --- */
	int			 has_key, is_live;	/* as rows know */
	int			 has_secret;	/* the product secret */
	int			 secret_odd;	/* and looks like another's */
	/* --- asked --- */
	int			 asked;		/* Stripe has answered */
	int			 endpoint_faults[DOCTOR_PARTS];
	int			 has_api;	/* Cello's API was asked, */
	enum err		 api;		/* and this came of it */
	int			 took;		/* of Stripe's last events */
	int			 untaken;	/* newest, by another endpoint */
	int64_t			 untaken_since;
};

#define DOCTOR_FINDINGS	16
#define DOCTOR_SENTENCE	256

struct doctor_section {
	const char		*name;		/* "component" */
	enum doctor_status	 status;
	int64_t			 seen_at;	/* 0: never */
	char			 evidence[DOCTOR_SENTENCE];
	const char		*source;	/* how Cello learns; NULL */
	const char		*source_how;	/* how that is set */
	struct finding	 finding[DOCTOR_FINDINGS];
	size_t			 findings;
};

/* The steps of Cello's guide, in its order. */
enum step_state { STEP_DONE, STEP_NEXT, STEP_LATER };

#define DOCTOR_STEPS	8
struct doctor_step {
	const char	*name;
	const char	*title;
	enum step_state	 state;
	char		 what[FINDING_TEXT];	/* to do */
};

struct doctor_report {
	struct doctor_evidence	 evidence;
	struct doctor_section	 section[DOCTOR_PARTS];
	struct doctor_step	 step[DOCTOR_STEPS];
	int			 connected;	/* of DOCTOR_COMPONENTS */
	int			 wrong;		/* findings */
};

/*
 * Cello's own health window: an hour in production, a day in the sandbox.  For
 * us what came in it is news, and that nothing came is no fault.
 */
int64_t doctor_window_s(const struct config *conf);

/* ERR_LATER and so on: the database could not say; logged. */
MUST_USE enum err doctor(struct app *a, enum doctor_reach reach,
    struct doctor_report *ret_report);

/* A report of it may take so long. */
#define DOCTOR_STATEMENT_MS	60000

/* --- what the files doctor_*.c share --- */

/* "5 minutes", since `at`; `span` is returned. */
const char *doctor_ago(const struct doctor_evidence *d, int64_t at,
    char span[CLOCK_SPAN]);

/* One more finding of a part; what does not fit is cut off. */
void doctor_add(struct doctor_report *r, enum doctor_part part,
    const struct finding *f);

/* What the rows show, into the evidence. */
MUST_USE enum err doctor_rows(struct app *a, struct doctor_evidence *d);

/* What follows from the evidence. */
void doctor_judge(struct doctor_report *r);

/* The pages and Cello's scripts, as they are served. */
void doctor_pages(struct doctor_report *r);

/* After all findings are there: sentences, states, and the steps. */
void doctor_settle(struct doctor_report *r);

/* "connected", "connectedWithWarnings", "notConnected", as Cello says it. */
const char *doctor_status_name(enum doctor_status s);
const char *step_state_name(enum step_state s);

#endif /* !APP_DOCTOR_H */
