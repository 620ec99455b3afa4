/* SPDX-License-Identifier: MIT */

#include <stdlib.h>

#include "account/organization.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cello/ucc.h"

#include "app/app.h"
#include "app/config.h"

#include "app/funnel.h"

#define DAYS_OF_WEEK	7
#define MONDAY		4	/* 1970-01-05, days since 1970 */

int64_t
day_after(int64_t now)
{
	return (now / CLOCK_DAY_S + 1) * CLOCK_DAY_S;
}

int64_t
monday_before(int64_t now, int weeks)
{
	const int64_t day = now / CLOCK_DAY_S;

	return (day - (day - MONDAY) % DAYS_OF_WEEK -
	    (int64_t)weeks * DAYS_OF_WEEK) * CLOCK_DAY_S;
}

/* --- what prices bring --- */

static int64_t
times_a_year(const struct plan_config *p)
{
	static const struct {
		const char	*interval;
		int		 times;
	} times[] = { { "day", 365 }, { "week", 52 }, { "month", 12 },
	    { "year", 1 } };
	size_t i = 0;

	while (i < NELEM(times) - 1 &&
	    !text_equal(times[i].interval, p->interval))
		i++;
	return times[i].times;
}

/* Both are the caller's to free. */
struct prices {
	struct funnel_price	*price;
	char			(*text)[PLAN_PRICE];
	size_t			 count;
};

static void
price_put(struct prices *x, const struct plan_config *p, const char *price)
{
	x->price[x->count] = (struct funnel_price){ .plan = p->name,
	    .currency = p->currency, .yearly = p->amount * times_a_year(p) };
	text_cut(price, x->text[x->count++], PLAN_PRICE);
}

static void
prices_take(const struct billing_config *conf, struct prices *x)
{
	char price[PLAN_PRICE];
	size_t i, j, most = 0;

	for (i = 0; i < conf->plans; i++)
		for (j = 0; plan_price(&conf->plan[i], j, price); j++)
			most++;
	x->price = mem_zero(most + 1, sizeof(*x->price));
	x->text = mem_zero(most + 1, sizeof(*x->text));
	x->count = 0;
	for (i = 0; i < conf->plans; i++)
		for (j = 0; plan_price(&conf->plan[i], j, price); j++)
			price_put(x, &conf->plan[i], price);
	for (i = 0; i < x->count; i++)
		x->price[i].price = x->text[i];
}

static int
is_order(const char *name)
{
	size_t i;

	for (i = 0; funnel_orders[i] != NULL; i++)
		if (text_equal(funnel_orders[i], name))
			return 1;
	return 0;
}

enum err
funnel(struct app *a, struct funnel_wish *w, struct funnel *ret_funnel)
{
	const struct billing_config *conf = &a->conf->billing;
	struct prices x;
	enum err e;

	if (w->until == 0)
		w->until = day_after((int64_t)clock_now());
	if (w->order == NULL)
		w->order = funnel_orders[0];
	if (w->currency == NULL)
		w->currency = conf->plans == 0 ? "" : conf->plan[0].currency;
	if (!is_order(w->order))
		return ERR_INPUT;
	prices_take(conf, &x);
	w->price = x.price;
	w->prices = x.count;
	e = funnel_find(a->db, w, ret_funnel);
	w->price = NULL;
	w->prices = 0;
	free(x.price);
	free(x.text);
	return e;
}

/* --- who refers --- */

struct codes {
	int	 all;
	char	 ucc[CODES_OWNED][UCC];
	size_t	 count;
};

/* An address is that of an account, which may be known by its organization. */
static enum err
codes_of(struct app *a, const char *who, struct codes *c)
{
	char organization[TEXT_UUID], first[TEXT_UUID];
	struct account account;
	enum err e;

	c->count = 0;
	if ((c->all = who == NULL))
		return ERR_OK;
	if (ucc_ok(who)) {
		text_cut(who, c->ucc[c->count++], UCC);
		return ERR_OK;
	}
	e = account_find(a->db, who, &account, NULL, 0);
	if (e == ERR_NOTFOUND)
		return code_list_owned(a->db, who, who, c->ucc, &c->count);
	if (e != ERR_OK || (e = organization_of(a->db, account.id,
	    organization, first)) != ERR_OK)
		return e;
	return code_list_owned(a->db, account.id, organization, c->ucc,
	    &c->count);
}

static int
is_wished(const struct codes *c, const struct funnel_row *x)
{
	size_t i;

	if (!x->referred)
		return 0;
	for (i = 0; i < c->count; i++)
		if (text_equal(c->ucc[i], x->key))
			return 1;
	return c->all;
}

static enum err
name(struct app *a, struct referrer *x)
{
	struct code code;
	enum err e = code_find(a->db, x->row->key, &code);

	if (e != ERR_OK)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	text_cut(code.owner, x->owner, sizeof(x->owner));
	if (!text_is_uuid(x->owner))
		return ERR_OK;
	e = account_email(a->db, x->owner, x->email);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

static enum err
name_page(struct app *a, const struct codes *c, int64_t page,
    struct referrers *r)
{
	const size_t from = (size_t)(page - 1) * REFERRERS_PAGE;
	enum err e = ERR_OK;
	size_t i;

	for (i = 0; i < r->funnel.rows; i++) {
		if (!is_wished(c, &r->funnel.row[i]))
			continue;
		if (r->all++ < from || r->count == REFERRERS_PAGE)
			continue;
		r->referrer[r->count].row = &r->funnel.row[i];
		if ((e = name(a, &r->referrer[r->count++])) != ERR_OK)
			return e;
	}
	return ERR_OK;
}

enum err
referrers(struct app *a, const struct referrers_wish *w,
    struct referrers *ret_referrers)
{
	struct funnel_wish wish = { .by = FUNNEL_REFERRER, .since = w->since,
	    .until = w->until, .order = w->order, .currency = w->currency };
	struct referrers *r = ret_referrers;
	struct codes *c = mem_zero(1, sizeof(*c));
	enum err e;

	*r = (struct referrers){ .count = 0 };
	if ((e = codes_of(a, w->who, c)) == ERR_OK &&
	    (e = funnel(a, &wish, &r->funnel)) == ERR_OK &&
	    (e = name_page(a, c, w->page, r)) != ERR_OK)
		referrers_done(r);
	r->currency = wish.currency;
	free(c);
	return e;
}

void
referrers_done(struct referrers *r)
{
	funnel_done(&r->funnel);
}
