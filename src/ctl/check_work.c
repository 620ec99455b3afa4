/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "app/app.h"
#include "app/check_stripe.h"
#include "app/chores.h"
#include "app/config.h"
#include "app/desk.h"
#include "app/know_home.h"
#include "base/clock.h"
#include "base/text.h"
#include "billing/entitlement.h"
#include "billing/home.h"
#include "billing/trait.h"
#include "http/duty.h"
#include "referral/fact.h"

#include "ctl/checkup.h"
#include "ctl/say.h"

/* One that is due for longer than this is one that nobody comes for. */
#define OVERDUE_S	300

/* So often has a chore failed before it is worth a line. */
#define CHORE_TRIES	3

#define DETAIL		512

static void
check_errands(struct checkup *c, struct app *a)
{
	const struct errand_kind *kind;
	struct errand_count n;
	char detail[DETAIL], span[CLOCK_SPAN];
	const struct fault late = { "errands",
	    "what is due is not being done", detail,
	    "is endpind running, with [courier] processes, and do its couriers"
	    " log errors?" };
	const struct fault dead = { "errands",
	    "some were given up and wait for somebody", detail,
	    "\"endpin errands --state dead\" lists them and why; once the cause"
	    " is gone, \"endpin errands retry --all\"" };
	static const struct fault uncounted = { "errands",
	    "they could not be counted", "the line above says why",
	    "see the lines about the database and the schema" };
	int64_t waiting = 0, parked = 0;
	const int before = c->wrong;
	size_t i;

	for (i = 0; (kind = desk_kind_at(i)) != NULL; i++) {
		if (desk_count(a, kind, &n) != ERR_OK) {
			say_wrong(c, &uncounted);
			return;
		}
		waiting += n.waiting;
		/* Of these it is their turn that has not come. */
		if (kind != &fact_errands)
			parked += n.parked;
		(void)snprintf(detail, sizeof(detail), "%lld of kind %s are"
		    " due, the oldest for %s", (long long)n.due, kind->name,
		    clock_span(n.overdue_s, span));
		if (n.overdue_s > OVERDUE_S)
			say_wrong(c, &late);
		(void)snprintf(detail, sizeof(detail), "%lld of kind %s",
		    (long long)n.dead, kind->name);
		if (n.dead > 0)
			say_wrong(c, &dead);
	}
	if (c->wrong == before)
		say_well(c, "errands", "%lld wait for their time, none is overdue"
		    " or dead", (long long)waiting);
	if (parked > 0)
		say_well(c, "errands", "%lld are parked, as their customers at"
		    " Stripe belong to no account here: nobody gets access by"
		    " them; \"endpin errands --state parked\" names them, and"
		    " endpin(1) says what can be done", (long long)parked);
}

/* What a person has to say what became of. */
static void
check_held(struct checkup *c, struct app *a)
{
	char detail[DETAIL];
	const struct fault held = { "cello",
	    "whether Cello has been told is not known of some facts", detail,
	    "\"endpin cello held\" lists them; look for each in the event feed"
	    " of Cello's portal and run \"endpin cello resolve\"" };
	int64_t count;

	if (fact_count_held(a->db, &count) != ERR_OK || count == 0)
		return;		/* what cannot be counted was said before */
	(void)snprintf(detail, sizeof(detail), "%lld of them, and what comes"
	    " after them waits", (long long)count);
	say_wrong(c, &held);
}

/* Is an event refused now and then, or is it the clock? */
static void
check_times(struct checkup *c, struct app *a)
{
	char detail[DETAIL], span[CLOCK_SPAN];
	const struct fault off = { "clock",
	    "events that Stripe has signed are refused for their time", detail,
	    "look at this machine's clock: the log names the difference as"
	    " event_untimely" };
	struct trait_row rows[TRAITS_MOST];
	const struct trait_row *last;
	size_t count;

	if (trait_list(a->db, TRAIT_UNTIMELY, rows, &count) != ERR_OK ||
	    (last = trait_within(rows, count, TRAIT_UNTIMELY_S)) == NULL)
		return;
	(void)snprintf(detail, sizeof(detail), "the last one %s ago, too %s",
	    clock_span(last->seen_s, span), last->value);
	say_wrong(c, &off);
}

/* Has it missed two turns, or is it not coming round any more? */
static int
chore_late(const struct chore_standing *s, const struct errand_row *row)
{
	if (!text_equal(row->state, "waiting") ||
	    s->done_s > 2 * (int64_t)s->interval_s)
		return 1;
	return s->done_s == -1 && row->attempts >= CHORE_TRIES;
}

static void
say_chore(struct checkup *c, const struct chore_standing *s,
    const struct errand_row *row)
{
	char detail[DETAIL], hint[DETAIL], problem[DETAIL], span[CLOCK_SPAN];
	char why[ERRAND_WHY];
	const struct fault fault = { "chores", problem, detail, hint };

	if (!chore_late(s, row)) {
		if (s->done_s == -1)
			say_well(c, "chores", "%s was not done yet", s->id);
		else
			say_well(c, "chores", "%s was done %s ago", s->id,
			    clock_span(s->done_s, span));
		return;
	}
	if (!text_equal(row->state, "waiting"))
		(void)snprintf(problem, sizeof(problem), "%s does not come"
		    " round any more", s->id);
	else if (s->done_s == -1)
		(void)snprintf(problem, sizeof(problem), "%s was never done",
		    s->id);
	else
		(void)snprintf(problem, sizeof(problem), "%s was done last %s"
		    " ago", s->id, clock_span(s->done_s, span));
	(void)snprintf(detail, sizeof(detail), "it is %s; %s", row->state,
	    row->last_error[0] == '\0' ? "no error is known" :
	    say_plain(row->last_error, why, sizeof(why)));
	(void)snprintf(hint, sizeof(hint), "once the cause is gone, \"endpin"
	    " errands retry chore %s\"", s->id);
	say_wrong(c, &fault);
}

static void
check_chores(struct checkup *c, struct app *a)
{
	const struct errand_kind *kind = desk_kind("chore");
	static const struct fault away = { "chores",
	    "the row of a chore is missing", NULL,
	    "run \"endpin migrate\" with a new enough version" };
	struct chore_standing s;
	struct errand_row row;
	size_t i;
	enum err e;

	for (i = 0; (e = chore_look(a, i, &s)) != ERR_NOTFOUND; i++)
		if (e == ERR_OK && desk_find(a, kind, s.id, &row) == ERR_OK)
			say_chore(c, &s, &row);
		else
			say_wrong(c, &away);
}

static const char *
mode(const struct home *h)
{
	return h->livemode ? "live" : "test";
}

static const char *
account(const struct home *h)
{
	return h->account[0] == '\0' ? "an account it may not ask for" :
	    h->account;
}

/* Returns whether Stripe is to be asked more. */
static int
check_key(struct checkup *c, struct app *a)
{
	struct home key, rows;
	char detail[2 * HOME_ACCOUNT + DETAIL];
	const struct fault other = { "stripe",
	    "the key is another account's than the rows", detail,
	    "set [stripe] secret_key_file to a key of the account and mode of"
	    " the rows; another account wants a database of its own" };
	static const struct fault refused = { "stripe",
	    "Stripe refuses the key", "it answered, but not to this key",
	    "make a new key in Stripe's dashboard and put it into the file of"
	    " [stripe] secret_key_file" };
	static const struct fault away = { "stripe",
	    "Stripe could not be asked", "the line above says why",
	    "look at [stripe] api_base, the network and the name service; with"
	    " --offline it is not asked" };
	enum err e = know_home_ask(a, &key, &rows);

	if (e == ERR_OK)
		say_well(c, "stripe", "the key is of %s in %s mode, and so are the"
		    " rows", account(&key), mode(&key));
	else if (e == ERR_NOTFOUND)
		say_well(c, "stripe", "the key is of %s in %s mode, the rows are"
		    " nobody's yet", account(&key), mode(&key));
	else if (e == ERR_CONFLICT) {
		(void)snprintf(detail, sizeof(detail), "the key is of %s in %s"
		    " mode, the rows are of %s in %s mode", account(&key),
		    mode(&key), account(&rows), mode(&rows));
		say_wrong(c, &other);
	} else
		say_wrong(c, e == ERR_INTERNAL ? &refused : &away);
	return e == ERR_OK || e == ERR_NOTFOUND;
}

/* Other things may be sold in the same Stripe account: it is no fault. */
static void
check_planless(struct checkup *c, struct app *a)
{
	int64_t count;

	if (a == NULL || subscription_count_planless(a->db, &c->conf->billing,
	    &count) != ERR_OK)
		return;
	if (count == 0)
		say_well(c, "plans", "every subscription is of a plan");
	else
		say_well(c, "plans", "subscriptions of no plan, which give no"
		    " access: %lld; if they should, put their prices into"
		    " former_prices", (long long)count);
}

/* Somebody may have arranged it. */
static void
check_seconds(struct checkup *c, struct app *a)
{
	int64_t count;

	if (a == NULL || c->conf->billing.several_subscriptions ||
	    subscription_count_seconds(a->db, &c->conf->billing, &count) !=
	    ERR_OK)
		return;
	if (count == 0)
		say_well(c, "plans", "nobody pays for two subscriptions");
	else
		say_well(c, "plans", "accounts that have more than one"
		    " subscription: %lld; the log names them as"
		    " subscription_beside, and what was bought twice on a page"
		    " of ours is being ended and paid back: \"endpin"
		    " calls\"", (long long)count);
}

void
check_work(struct checkup *c, int offline)
{
	const struct app_role desk = { .name = "endpin check",
	    .doorbell = -1 };
	const struct app_role asking = { .name = "endpin check",
	    .duties = DUTY_STRIPE, .doorbell = -1 };
	static const struct fault keyless = { "stripe",
	    "there is no key to ask Stripe with", "the line above says why",
	    "see the line about stripe.secret_key_file" };
	struct app *a = app_open(c->conf, &desk);

	check_errands(c, a);
	check_held(c, a);
	check_chores(c, a);
	check_times(c, a);
	check_planless(c, a);
	check_seconds(c, a);
	app_close(a);
	if (offline)
		return;
	if ((a = app_open(c->conf, &asking)) == NULL)
		say_wrong(c, &keyless);
	else if (check_key(c, a))
		check_stripe(c, a);
	app_close(a);
}
