/* SPDX-License-Identifier: MIT */

/* What the rows say to "endpin doctor". */

#include <stdlib.h>

#include "account/account.h"
#include "base/text.h"
#include "billing/event.h"
#include "ledger/report.h"
#include "referral/referral.h"
#include "referral/sight.h"
#include "referral/tick.h"

#include "app/app.h"

#include "app/doctor.h"

/* When the newest event of this type came; NULL: of any. */
static enum err
last_event(struct db *db, const char *type, int64_t *ret_at)
{
	const struct event_wish wish = { .type = type, .most = 1 };
	struct event_row *rows;
	size_t count;
	enum err e = event_list(db, &wish, &rows, &count);

	if (e != ERR_OK)
		return e;
	if (count == 0 || clock_read(rows[0].received, ret_at) != ERR_OK)
		*ret_at = 0;
	free(rows);
	return ERR_OK;
}

/* Of explain's causes, those that are not the fate of one person. */
static const struct {
	const char		*cause;
	enum doctor_part	 part;
} systems[] = {
	{ "code_unknown", DOCTOR_ATTRIBUTION },
	{ "product_differs", DOCTOR_ATTRIBUTION },
	{ "customer_none", DOCTOR_SIGNUPS },
	{ "customer_refused", DOCTOR_SIGNUPS },
	{ "customer_waits", DOCTOR_SIGNUPS },
	{ "ucc_missing", DOCTOR_SIGNUPS },
	{ "ucc_malformed", DOCTOR_SIGNUPS },
	{ "ucc_differs", DOCTOR_SIGNUPS },
	{ "user_missing", DOCTOR_SIGNUPS },
	{ "user_differs", DOCTOR_SIGNUPS },
	{ "organization_differs", DOCTOR_SIGNUPS },
	{ "email_missing", DOCTOR_SIGNUPS },
	{ "metadata_late", DOCTOR_SIGNUPS },
	{ "ledger_missing", DOCTOR_PURCHASES }
};

/* DOCTOR_PARTS: it is one person's. */
static enum doctor_part
part_of(const char *cause)
{
	size_t i;

	for (i = 0; i < NELEM(systems); i++)
		if (text_equal(systems[i].cause, cause))
			return systems[i].part;
	return DOCTOR_PARTS;
}

static struct doctor_cause *
cause_find(struct doctor_evidence *d, const struct finding *f,
    const char *account)
{
	struct doctor_cause *c;
	size_t i;

	for (i = 0; i < d->causes; i++)
		if (text_equal(d->cause[i].finding.cause, f->cause))
			return &d->cause[i];
	c = &d->cause[d->causes++];
	c->finding = *f;
	c->part = part_of(f->cause);
	text_cut(account, c->account, sizeof(c->account));
	return c;
}

/* One who was referred; each comes after those who came later. */
static void
look_at_referral(struct doctor_evidence *d, const struct evidence *v)
{
	struct finding f[FINDINGS];
	struct doctor_cause *c;
	size_t i, n;
	int clean = 1;

	explain_judge(v, f, &n);
	for (i = 0; i < n; i++)
		if (f[i].kind == FINDING_WAIT &&
		    text_equal(f[i].cause, "customer_waits"))
			return;		/* too early to say */
	for (i = 0; i < n; i++) {
		const enum doctor_part part = part_of(f[i].cause);

		if ((f[i].kind != FINDING_WRONG &&
		    f[i].kind != FINDING_WARNING) || part == DOCTOR_PARTS)
			continue;
		clean &= f[i].kind != FINDING_WRONG || part != DOCTOR_SIGNUPS;
		c = cause_find(d, &f[i], v->account.id);
		c->run += c->run == d->looked;
		c->count++;
	}
	d->looked++;
	if (clean && v->customer.told_at > d->told_at)
		d->told_at = v->customer.told_at;
}

static enum err
look_at_referrals(struct app *a, struct doctor_evidence *d)
{
	char id[DOCTOR_LOOKS][TEXT_UUID];
	struct evidence v;
	size_t i, count;
	enum err e;

	e = referral_newest(a->db, id, DOCTOR_LOOKS, &count);
	for (i = 0; e == ERR_OK && i < count; i++)
		if ((e = explain_evidence(a, id[i], &v)) == ERR_OK)
			look_at_referral(d, &v);
	return e;
}

enum err
doctor_rows(struct app *a, struct doctor_evidence *d)
{
	struct tick ticks[TICKS_MOST];
	size_t count;
	enum cello_trigger t;
	enum err e;

	if ((e = account_tally(a->db, &d->accounts)) != ERR_OK ||
	    (e = referral_tally(a->db, &d->referrals)) != ERR_OK ||
	    (e = ledger_tally(a->db, &d->payments)) != ERR_OK ||
	    (e = account_count_since(a->db, d->referrals.last_at,
	    &d->after_referral)) != ERR_OK ||
	    (e = sight_list(a->db, d->seen_at)) != ERR_OK ||
	    (e = last_event(a->db, NULL, &d->heard_at)) != ERR_OK ||
	    (e = last_event(a->db, "invoice.paid", &d->invoice_at)) != ERR_OK)
		return e;
	for (t = 0; e == ERR_OK && t < CELLO_TRIGGERS; t++)
		e = fact_news(a->db, t, &d->news[t]);
	if (e != ERR_OK || (e = tick_list(a->db, ticks, &count)) != ERR_OK)
		return e;
	d->launched = tick_of(ticks, count, "launched") != NULL;
	return look_at_referrals(a, d);
}
