/* SPDX-License-Identifier: MIT */

#include "base/text.h"
#include "referral/tick.h"

#include "app/app.h"
#include "app/config.h"
#include "app/doctor.h"

#include "app/checklist.h"

const char *
item_state_name(enum item_state s)
{
	static const char *const names[] = { [ITEM_OK] = "ok",
	    [ITEM_NOT_OK] = "not ok", [ITEM_TICKED] = "ticked",
	    [ITEM_OPEN] = "to tick" };

	return names[s];
}

/* Has none of its findings this cause?  NULL: none that alarms at all. */
static int
is_free_of(const struct doctor_report *r, enum doctor_part part,
    const char *cause)
{
	const struct doctor_section *s = &r->section[part];
	size_t i;

	for (i = 0; i < s->findings; i++)
		if (cause == NULL ? s->finding[i].kind == FINDING_WRONG ||
		    s->finding[i].kind == FINDING_WARNING :
		    text_begins(s->finding[i].cause, cause))
			return 0;
	return 1;
}

static int
one_environment(const struct doctor_report *r)
{
	return is_free_of(r, DOCTOR_ENVIRONMENT, "real_money") &&
	    is_free_of(r, DOCTOR_ENVIRONMENT, "other_hosts");
}

/* Or there is nothing that they would be asked for. */
static int
access_keys(const struct doctor_report *r)
{
	return !r->evidence.has_api || r->evidence.api == ERR_OK;
}

static int
secret_ok(const struct doctor_report *r)
{
	return r->evidence.has_secret && !r->evidence.secret_odd;
}

static int
token_asked(const struct doctor_report *r)
{
	return r->evidence.seen_at[SIGHT_TOKEN] != 0;
}

static int
booted(const struct doctor_report *r)
{
	return r->evidence.seen_at[SIGHT_DONE] != 0 &&
	    is_free_of(r, DOCTOR_COMPONENT, NULL);
}

static int
scripts_ok(const struct doctor_report *r)
{
	return r->evidence.reach == DOCTOR_ALL &&
	    is_free_of(r, DOCTOR_COMPONENT, "script_") &&
	    is_free_of(r, DOCTOR_ATTRIBUTION, "script_") &&
	    is_free_of(r, DOCTOR_ATTRIBUTION, "page_");
}

static int
without_code(const struct doctor_report *r)
{
	return r->evidence.accounts.all > r->evidence.referrals.all;
}

static int
with_code(const struct doctor_report *r)
{
	return r->evidence.referrals.all > 0;
}

static int
signup_told(const struct doctor_report *r)
{
	return r->section[DOCTOR_SIGNUPS].status == DOCTOR_CONNECTED;
}

static int
events_of_stripe(const struct doctor_report *r)
{
	return r->evidence.heard_at != 0 &&
	    is_free_of(r, DOCTOR_ENVIRONMENT, "our_endpoint");
}

static int
ten_events(const struct doctor_report *r)
{
	return r->evidence.asked &&
	    is_free_of(r, DOCTOR_PURCHASES, "cello_endpoint");
}

static int
purchase_told(const struct doctor_report *r)
{
	return r->section[DOCTOR_PURCHASES].status == DOCTOR_CONNECTED;
}

static int
clocks(const struct doctor_report *r)
{
	return is_free_of(r, DOCTOR_ENVIRONMENT, "clock") &&
	    is_free_of(r, DOCTOR_ENVIRONMENT, "cello_clock");
}

#define PREPARE	"prepare"
#define COMPONENT "component"
#define PAGES	"attribution"
#define SIGNUP	"signup"
#define BUY	"purchase"
#define LAUNCH	"launch"

static const struct {
	const char	*name;
	const char	*phase;
	/* NULL: only eyes can see it */
	int		(*judge)(const struct doctor_report *r);
	const char	*text;
} items[] = {
	{ "one_environment", PREPARE, one_environment,
	    "the keys of Cello and of Stripe are of one environment" },
	{ "product_secret", PREPARE, secret_ok,
	    "the product secret is Cello's, in a file that others cannot"
	    " read" },
	{ "access_keys", PREPARE, access_keys,
	    "Cello's API takes the access keys, if there are any" },
	{ "clocks", PREPARE, clocks,
	    "this machine's clock is Stripe's and Cello's" },

	{ "token_endpoint", COMPONENT, token_asked,
	    "pages for members ask for a token" },
	{ "component_boots", COMPONENT, booted,
	    "the component boots, and no browser has said otherwise since" },
	{ "component_opens", COMPONENT, NULL,
	    "the component opens from its launcher, and hides nothing" },
	{ "badge", COMPONENT, NULL,
	    "after your own link was opened, the launcher has a badge, on"
	    " every level of the menu" },
	{ "label_amount", COMPONENT, NULL,
	    "a launcher of your own names the amount (\"Earn 1000\", not"
	    " \"Earn\"), within 2 seconds of the first login in a fresh"
	    " window" },
	{ "label_fallback", COMPONENT, NULL,
	    "with Cello's script blocked it says something all the same, and"
	    " the page works" },
	{ "label_stays", COMPONENT, NULL,
	    "and says the same after going to other pages and back" },
	{ "copy_and_payout", COMPONENT, NULL,
	    "its texts, the offer and the ways to be paid are right" },
	{ "gone_after_logout", COMPONENT, NULL,
	    "after logging out the component is gone" },

	{ "scripts", PAGES, scripts_ok,
	    "the pages load Cello's attribution script, the right one of this"
	    " environment, as a module" },
	{ "test_code", PAGES, NULL,
	    "?productId=test&ucc=test on a public page sets the cookies"
	    " cello-product-id and cello-referral, and"
	    " CelloAttribution(\"getUcc\") on the signup page says test" },
	{ "code_survives", PAGES, NULL,
	    "the code is there still after going to other pages, and after"
	    " coming back the next day" },
	{ "consent", PAGES, NULL,
	    "whoever must be asked for consent to cookies is asked" },

	{ "signup_without_code", SIGNUP, without_code,
	    "somebody without a link has signed up" },
	{ "signup_with_code", SIGNUP, with_code,
	    "somebody with a link has signed up, and the code is with the"
	    " account" },
	{ "signup_told", SIGNUP, signup_told,
	    "Cello can learn of it: by the customer at Stripe, or its API" },
	{ "signup_in_feed", SIGNUP, NULL,
	    "Cello's portal, Event Feed, shows that signup as OK" },
	{ "signup_source", SIGNUP, NULL,
	    "Cello's portal, Integration Status, has the signup source that"
	    " \"endpin doctor\" names" },

	{ "stripe_tells_endpin", BUY, events_of_stripe,
	    "events of Stripe's come" },
	{ "stripe_tells_cello", BUY, ten_events,
	    "Cello's endpoint at Stripe has what it needs, in this mode" },
	{ "purchase_told", BUY, purchase_told,
	    "somebody who was referred has paid, and Cello takes such events" },
	{ "purchase_in_feed", BUY, NULL,
	    "Cello's portal, Event Feed, shows invoice.paid as OK, and the"
	    " referrer has a reward" },
	{ "purchase_source", BUY, NULL,
	    "Cello's portal, Integration Status, has the purchase source that"
	    " \"endpin doctor\" names" },
	{ "refund_in_feed", BUY, NULL,
	    "a refund in Stripe's dashboard arrives in the Event Feed" },
	{ "discount", BUY, NULL,
	    "Checkout has the discount for somebody who was referred, and not"
	    " for anybody else" },

	{ "link_lands", LAUNCH, NULL,
	    "a link in a private window leads to the right page" },
	{ "banner", LAUNCH, NULL,
	    "the New User Banner, if it is on, has the referrer's first name"
	    " and leads to the right signup page" },
	{ "bad_days", LAUNCH, NULL,
	    "without a code, with Cello's scripts blocked, and with Cello away"
	    " people sign up and buy all the same" },
	{ "live_keys", LAUNCH, NULL,
	    "production has keys of production, wherever secrets are kept, and"
	    " both endpoints are made in live mode" },
	{ "launched", LAUNCH, NULL, "Cello has launched the program" }
};

static struct app *
open_app(const struct config *conf)
{
	const struct app_role role = { .name = "endpin doctor",
	    .doorbell = -1 };

	return app_open(conf, &role);
}

enum err
checklist(const struct config *conf, const struct doctor_report *r,
    struct checklist *ret_list)
{
	struct checklist *l = ret_list;
	struct tick ticks[TICKS_MOST];
	const struct tick *tick;
	struct app *a = open_app(conf);
	size_t i, count = 0;
	enum err e = a == NULL ? ERR_INTERNAL : tick_list(a->db, ticks,
	    &count);

	app_close(a);
	if (e != ERR_OK)
		return e;
	l->count = NELEM(items);
	l->open = 0;
	for (i = 0; i < l->count; i++) {
		struct checklist_item *x = &l->item[i];

		x->name = items[i].name;
		x->phase = items[i].phase;
		x->text = items[i].text;
		tick = tick_of(ticks, count, x->name);
		x->ticked_at = tick == NULL ? 0 : tick->at;
		text_cut(tick == NULL ? NULL : tick->by, x->ticked_by, TICK_BY);
		if (items[i].judge == NULL)
			x->state = tick != NULL ? ITEM_TICKED : ITEM_OPEN;
		else
			x->state = items[i].judge(r) ? ITEM_OK : ITEM_NOT_OK;
		l->open += x->state == ITEM_OPEN || x->state == ITEM_NOT_OK;
	}
	return ERR_OK;
}

enum err
checklist_tick(const struct config *conf, const char *name, const char *by)
{
	struct app *a;
	size_t i = 0;
	enum err e;

	while (i < NELEM(items) && !text_equal(items[i].name, name))
		i++;
	if (i == NELEM(items) || items[i].judge != NULL)
		return ERR_NOTFOUND;
	if ((a = open_app(conf)) == NULL)
		return ERR_INTERNAL;
	e = by != NULL ? tick_set(a->db, name, by) : tick_clear(a->db, name);
	app_close(a);
	return e;
}
