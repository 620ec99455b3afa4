/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "ledger/report.h"
#include "referral/tick.h"

#include "app/app.h"
#include "app/config.h"
#include "app/doctor.h"

#include "app/recommend.h"

/* Fewer than these say nothing about a rate. */
#define FEW_ACCOUNTS	20
#define FEW_REFERRED	10

/* What is advised is put before all else in the weakest area. */
#define WEAKEST		1000
#define BROKEN		10000

struct looked {
	const struct config		*conf;
	const struct doctor_report	*r;
	const struct advised		*x;
};

const char *
advice_area_name(enum advice_area a)
{
	static const char *const names[] = {
		[ADVICE_ACTIVATION] = "activation",
		[ADVICE_SHARING] = "sharing",
		[ADVICE_CONVERSION] = "conversion"
	};

	return names[a];
}

const char *
advice_state_name(enum advice_state s)
{
	static const char *const names[] = { [ADVICE_PENDING] = "pending",
	    [ADVICE_UNKNOWN] = "unknown", [ADVICE_DONE] = "completed" };

	return names[s];
}

/* --- what can be seen from here --- */

static enum advice_state
whole(const struct looked *l, struct advice *a)
{
	if (l->r->wrong == 0)
		return ADVICE_DONE;
	(void)snprintf(a->why, sizeof(a->why), "%d of its findings are wrong",
	    l->r->wrong);
	return ADVICE_PENDING;
}

/* Our pages do; of others nobody knows. */
static enum advice_state
by_our_pages(const struct looked *l, struct advice *a)
{
	if (!l->conf->server.pages)
		return ADVICE_UNKNOWN;
	text_cut("the pages of endpin do", a->why, sizeof(a->why));
	return ADVICE_DONE;
}

static enum advice_state
unseen(const struct looked *l, struct advice *a)
{
	(void)l;
	(void)a;
	return ADVICE_UNKNOWN;
}

/* The first plan for which `lacks` is true; NULL: none. */
static const struct plan_config *
plan_that(const struct config *conf, int (*lacks)(const struct plan_config *p))
{
	size_t i;

	for (i = 0; i < conf->billing.plans; i++)
		if (lacks(&conf->billing.plan[i]))
			return &conf->billing.plan[i];
	return NULL;
}

static int
lacks_welcome(const struct plan_config *p)
{
	return !plan_welcomes(p);
}

static int
hides_discount(const struct plan_config *p)
{
	return !text_empty(p->referral_coupon) &&
	    text_empty(p->referral_discount);
}

static enum advice_state
judge_plan(struct advice *a, const struct plan_config *p, const char *option)
{
	if (p == NULL)
		return ADVICE_DONE;
	(void)snprintf(a->why, sizeof(a->why), "[plan %s] has no %s", p->name,
	    option);
	return ADVICE_PENDING;
}

static enum advice_state
both_sided(const struct looked *l, struct advice *a)
{
	return judge_plan(a, plan_that(l->conf, lacks_welcome),
	    "referral_coupon");
}

static enum advice_state
discount_shown(const struct looked *l, struct advice *a)
{
	return judge_plan(a, plan_that(l->conf, hides_discount),
	    "referral_discount, so people are not told what it takes off");
}

#define GUIDES "Cello, best practices: "

static const struct {
	const char		*name;
	enum advice_area	 area;
	int			 weight;	/* points of Cello's score */
	const char		*effort;
	enum advice_state	(*judge)(const struct looked *l,
				    struct advice *a);
	const char		*title;
	const char		*what;
	const char		*figure;
} advices[] = {
	{ "whole_integration", ADVICE_ACTIVATION, BROKEN, "hours", whole,
	    "Mend what is broken first",
	    "\"endpin doctor\" names it, and what to do", NULL },
	{ "launcher_first_level", ADVICE_ACTIVATION, 21, "hours", unseen,
	    "Have the launcher in the first level of the navigation",
	    "put the button that opens the component where members always see"
	    " it, not into a menu of a menu",
	    GUIDES "4.4 times the activation; below 1 % in a second-level menu"
	    },
	{ "launchers_at_moments", ADVICE_ACTIVATION, 14, "hours", unseen,
	    "Have more launchers where people are glad",
	    "call Cello(\"open\") after an upgrade, after a purchase, where"
	    " something is shared and where a team is invited",
	    GUIDES "8.8 times the activation together with the first" },
	{ "reward_in_launcher", ADVICE_ACTIVATION, 6, "minutes", by_our_pages,
	    "Say the reward in the launcher",
	    "take the text of the button from Cello(\"getLabels\"), with"
	    " \"Invite & Earn\" where there is none",
	    GUIDES "1.5 times the activation" },
	{ "announcements", ADVICE_ACTIVATION, 5, "minutes", unseen,
	    "Turn on the essential announcements",
	    "in Cello's portal, Notifications: three days after somebody has"
	    " first seen the launcher, and seven after their first reward",
	    NULL },
	{ "welcome_mail", ADVICE_ACTIVATION, 4, "minutes", unseen,
	    "Turn on the welcome mail",
	    "in Cello's portal; the address that it needs is given at each"
	    " boot", GUIDES "10 % more" },
	{ "moments_of_delight", ADVICE_SHARING, 12, "hours", unseen,
	    "Ask at moments of delight",
	    "call Cello(\"showAnnouncement\") when a member has just got"
	    " something done, at most twice, and never to somebody who was"
	    " referred a moment ago", GUIDES "more than 3 times the sharing" },
	{ "link_in_mails", ADVICE_SHARING, 8, "hours", unseen,
	    "Put each member's link into the mails that they get anyway",
	    "receipts, weekly reports and invitations; your back end asks GET"
	    " /api/server/referral-link for the link, with a key of \"endpin"
	    " keys\"", NULL },
	{ "shared_things", ADVICE_SHARING, 5, "days", unseen,
	    "Let what members share carry their code",
	    "add ?ucc= of whoever shared it to the signup link on documents,"
	    " reports and pages that outsiders see", NULL },
	{ "both_sided", ADVICE_CONVERSION, 20, "minutes", both_sided,
	    "Give something to both sides",
	    "make a coupon at Stripe and set referral_coupon of the plan to it;"
	    " set the same discount in Cello's portal, which only shows it; or"
	    " give free days or credit, referral_trial_days or"
	    " referral_credit",
	    GUIDES "30 to 50 % better conversion" },
	{ "discount_shown", ADVICE_CONVERSION, 10, "minutes", discount_shown,
	    "Show the discount before the signup",
	    "set referral_discount of the plan to what its coupon takes off",
	    NULL },
	{ "referrer_name", ADVICE_CONVERSION, 8, "minutes", by_our_pages,
	    "Greet with the referrer's name",
	    "CelloAttribution(\"getReferrerName\") on the landing page; plain"
	    " words where it is empty", NULL },
	{ "banner", ADVICE_CONVERSION, 6, "minutes", unseen,
	    "Turn on the New User Banner",
	    "in Cello's portal, User Experience, for pages of yours that have"
	    " the attribution script", NULL },
	{ "landing_page", ADVICE_CONVERSION, 5, "days", unseen,
	    "Have a landing page for those who were referred",
	    "one that says who sent them and what both get; name it in Cello's"
	    " portal as where links lead, and in public_pages of [cello]",
	    NULL }
};

/* --- where it is weakest --- */

/* Do fewer of those who were referred pay than of the others? */
static int
converts_worse(const struct advised *x)
{
	return x->all_referred >= FEW_REFERRED && x->all_others > 0 &&
	    x->paid_referred * x->all_others <
	    x->paid_others * x->all_referred;
}

static void
find_weakest(struct advised *x, const struct doctor_evidence *d)
{
	if (d->seen_at[SIGHT_TOKEN] == 0) {
		x->weakest = ADVICE_ACTIVATION;
		text_cut("no page has asked for the component yet", x->because,
		    sizeof(x->because));
	} else if (converts_worse(x)) {
		x->weakest = ADVICE_CONVERSION;
		(void)snprintf(x->because, sizeof(x->because), "%lld of %lld"
		    " who were referred have paid, and %lld of the other %lld",
		    (long long)x->paid_referred, (long long)x->all_referred,
		    (long long)x->paid_others, (long long)x->all_others);
	} else if (x->accounts >= FEW_ACCOUNTS && x->referred * 20 <
	    x->accounts) {
		x->weakest = ADVICE_SHARING;
		(void)snprintf(x->because, sizeof(x->because), "of %lld people"
		    " who signed up in %d days %lld came by a link",
		    (long long)x->accounts, TALLY_DAYS, (long long)x->referred);
	} else {
		x->weakest = ADVICE_ACTIVATION;
		text_cut("there is too little to tell, and all else comes of"
		    " it", x->because, sizeof(x->because));
	}
}

static int
rank(const struct advised *x, const struct advice *a)
{
	return (a->state == ADVICE_DONE ? 0 : a->weight +
	    (a->area == x->weakest ? WEAKEST : 0)) +
	    (a->state == ADVICE_PENDING ? 1 : 0);
}

/* A short list, so the simplest sort: the first thing first. */
static void
put_in_order(struct advised *x)
{
	struct advice swap;
	size_t i, j;

	for (i = 1; i < x->count; i++)
		for (j = i; j > 0 && rank(x, &x->advice[j]) >
		    rank(x, &x->advice[j - 1]); j--) {
			swap = x->advice[j];
			x->advice[j] = x->advice[j - 1];
			x->advice[j - 1] = swap;
		}
}

static void
judge_all(struct advised *x, const struct looked *l, const struct tick *ticks,
    size_t count)
{
	struct advice *a;
	size_t i;

	for (i = 0; i < NELEM(advices); i++) {
		a = &x->advice[x->count++];
		a->name = advices[i].name;
		a->area = advices[i].area;
		a->weight = advices[i].weight;
		a->effort = advices[i].effort;
		a->title = advices[i].title;
		a->what = advices[i].what;
		a->figure = advices[i].figure;
		a->state = advices[i].judge(l, a);
		if (a->state == ADVICE_UNKNOWN &&
		    tick_of(ticks, count, a->name) != NULL) {
			a->state = ADVICE_DONE;
			text_cut("somebody has said so", a->why,
			    sizeof(a->why));
		}
	}
}

static enum err
look(struct app *a, struct advised *x, struct tick ticks[TICKS_MOST],
    size_t *ret_count)
{
	enum err e = ledger_payers(a->db, &x->paid_referred, &x->paid_others);

	return e != ERR_OK ? e : tick_list(a->db, ticks, ret_count);
}

enum err
recommend(struct app *a, enum doctor_reach reach,
    struct advised *ret_advised)
{
	struct advised *x = ret_advised;
	struct doctor_report *r = mem_zero(1, sizeof(*r));
	const struct looked l = { .conf = a->conf, .r = r, .x = x };
	const struct doctor_evidence *d = &r->evidence;
	struct tick ticks[TICKS_MOST];
	size_t count = 0;
	enum err e;

	memset(x, 0, sizeof(*x));
	if ((e = look(a, x, ticks, &count)) == ERR_OK &&
	    (e = doctor(a, reach, r)) == ERR_OK) {
		x->accounts = d->accounts.recent;
		x->referred = d->referrals.recent;
		x->all_referred = d->referrals.all;
		x->all_others = d->accounts.all - d->referrals.all;
		find_weakest(x, d);
		judge_all(x, &l, ticks, count);
		put_in_order(x);
	}
	free(r);
	return e;
}

enum err
advice_tick(struct app *a, const char *name, const char *by)
{
	size_t i = 0;

	while (i < NELEM(advices) && !text_equal(advices[i].name, name))
		i++;
	if (i == NELEM(advices))
		return ERR_NOTFOUND;
	return by != NULL ? tick_set(a->db, name, by) :
	    tick_clear(a->db, name);
}
