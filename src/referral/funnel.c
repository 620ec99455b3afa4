/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "db/array.h"
#include "db/db.h"

#include "referral/funnel.h"

const char *const funnel_orders[] = { "paid", "signups", "trials", "views",
    "came", "yearly", NULL };

const char *
funnel_by_name(enum funnel_by by)
{
	static const char *const names[] = { [FUNNEL_WEEK] = "week",
	    [FUNNEL_MONTH] = "month", [FUNNEL_REFERRER] = "referrer",
	    [FUNNEL_PLAN] = "plan" };

	return names[by];
}

/* In times of UTC, to be held against days. */
#define SPAN								\
	"span AS (SELECT to_timestamp($2::bigint) AT TIME ZONE 'UTC' AS since," \
	" to_timestamp($3::bigint) AT TIME ZONE 'UTC' AS until)"

#define PRICES								\
	"plan AS (SELECT * FROM unnest($4::text[], $5::text[], $6::bigint[]," \
	" $7::text[]) AS p (price, name, yearly, currency))"

#define THEIRS								\
	"their AS (SELECT id, coalesce(account_id, former_account_id)"	\
	" AS account_id FROM customer WHERE coalesce(livemode ="	\
	" (SELECT livemode FROM stripe_home), true))"

#define WHO								\
	"who AS (SELECT a.id, a.created_at AT TIME ZONE 'UTC' AS at, r.ucc" \
	" FROM account a LEFT JOIN referral r ON r.account_id = a.id"	\
	" WHERE a.created_at >= to_timestamp($2::bigint)"		\
	" AND a.created_at < to_timestamp($3::bigint))"

/* All that they have subscribed to, the plan of each first. */
#define HELD								\
	"held AS (SELECT w.id AS account_id, s.id, s.status, s.pause,"	\
	" s.trial_end, s.created, coalesce(i.price, s.price) AS price,"	\
	" coalesce(i.quantity, s.quantity, 1) AS quantity,"		\
	" i.position, p.name, p.yearly, p.currency"			\
	" FROM who w JOIN their t ON t.account_id = w.id"		\
	" JOIN subscription s ON s.customer_id = t.id"			\
	" LEFT JOIN subscription_item i ON i.subscription_id = s.id"	\
	" LEFT JOIN plan p ON p.price = coalesce(i.price, s.price))"

/* What ended is still what was chosen. */
#define CHOSEN								\
	"chosen AS (SELECT DISTINCT ON (account_id) account_id,"	\
	" coalesce(name, price, '') AS name FROM held ORDER BY account_id," \
	" created DESC, id DESC, name IS NULL, position, price)"

#define MONEY								\
	"got AS (SELECT e.account_id, e.currency,"			\
	" coalesce(sum(e.amount) FILTER (WHERE e.kind = 'payment'), 0) AS came," \
	" coalesce(sum(e.amount) FILTER (WHERE e.kind <> 'payment'), 0) AS went" \
	" FROM ledger_entry e JOIN who w ON w.id = e.account_id"	\
	" WHERE EXISTS (SELECT FROM their t WHERE t.id = e.customer_id)" \
	" GROUP BY 1, 2),"						\
	" runs AS (SELECT account_id, currency, sum(yearly * quantity)"	\
	" AS yearly FROM held WHERE name IS NOT NULL AND pause IS NULL"	\
	" AND status IN ('active', 'past_due') GROUP BY 1, 2)"

#define KEY(at, ucc, plan)						\
	"CASE $1 WHEN 'week' THEN to_char(" at ", 'IYYY-\"W\"IW')"	\
	" WHEN 'month' THEN to_char(" at ", 'YYYY-MM')"			\
	" WHEN 'referrer' THEN " ucc " ELSE " plan " END"

#define WENT								\
	"went AS (SELECT w.id, w.ucc IS NOT NULL AS referred, "		\
	KEY("w.at", "coalesce(w.ucc, '')", "coalesce(c.name, '')") " AS key," \
	" EXISTS (SELECT FROM trial t WHERE t.account_id = w.id)"	\
	" OR EXISTS (SELECT FROM held h WHERE h.account_id = w.id"	\
	" AND h.trial_end IS NOT NULL) AS tried,"			\
	" EXISTS (SELECT FROM got g WHERE g.account_id = w.id"		\
	" AND g.came + g.went > 0) AS paid"				\
	" FROM who w LEFT JOIN chosen c ON c.account_id = w.id)"

/* Every week or month from the first day of which there is something. */
#define EMPTY								\
	"empty AS (SELECT " KEY("d.d", "''", "''") " AS key, r.referred" \
	" FROM span, generate_series(date_trunc(CASE $1 WHEN 'month'"	\
	" THEN $1 ELSE 'week' END, greatest(since, coalesce(least("	\
	"(SELECT min(created_at) AT TIME ZONE 'UTC' FROM account),"	\
	" (SELECT min(day)::timestamp FROM referral_view)), until))),"	\
	" until - interval '1 second', CASE $1 WHEN 'month'"		\
	" THEN interval '1 month' ELSE interval '1 week' END) AS d (d),"	\
	" (VALUES (true), (false)) AS r (referred)"			\
	" WHERE $1 IN ('week', 'month'))"

/* Currency '' counts people, and comes first; the others count their money. */
#define CELLS								\
	"cell AS (SELECT key, referred, '' AS currency, 0 AS views,"	\
	" 0 AS signups, 0 AS trials, 0 AS paid, 0 AS came, 0 AS went,"	\
	" 0 AS yearly FROM empty"					\
	" UNION ALL SELECT " KEY("day::timestamp", "ucc", "''")		\
	", true, '', views, 0, 0, 0, 0, 0, 0 FROM span, referral_view"	\
	" WHERE day >= since AND day < until"				\
	" UNION ALL SELECT key, referred, '', 0, 1, tried::int, paid::int," \
	" 0, 0, 0 FROM went"						\
	" UNION ALL SELECT key, referred, g.currency, 0, 0, 0, 0, g.came," \
	" g.went, 0 FROM went JOIN got g ON g.account_id = went.id"	\
	" UNION ALL SELECT key, referred, r.currency, 0, 0, 0, 0, 0, 0,"	\
	" r.yearly FROM went JOIN runs r ON r.account_id = went.id)"

static const struct stmt funnel_select = {
	.name = "funnel_select",
	.text =
	    "WITH " SPAN ", " PRICES ", " THEIRS ", " WHO ", " HELD ", "
	    CHOSEN ", " MONEY ", " WENT ", " EMPTY ", " CELLS ","
	    " one AS (SELECT key, referred, currency, sum(views)::bigint"
	    " AS views, sum(signups)::bigint AS signups, sum(trials)::bigint"
	    " AS trials, sum(paid)::bigint AS paid, sum(came)::bigint AS came,"
	    " sum(went)::bigint AS went, sum(yearly)::bigint AS yearly"
	    " FROM cell GROUP BY 1, 2, 3)"
	    " SELECT key, referred, currency, views, signups, trials, paid,"
	    " came, went, yearly FROM one"
	    " ORDER BY key = '', CASE WHEN $1 <> 'referrer' THEN key END,"
	    " sum(CASE WHEN $1 <> 'referrer' OR currency NOT IN ('', $9)"
	    " THEN 0 ELSE CASE $8"
	    " WHEN 'signups' THEN signups WHEN 'trials' THEN trials"
	    " WHEN 'views' THEN views WHEN 'came' THEN came + went"
	    " WHEN 'yearly' THEN yearly ELSE paid END END)"
	    " OVER (PARTITION BY key, referred) DESC,"
	    " CASE WHEN $1 = 'referrer' THEN"
	    " sum(signups) OVER (PARTITION BY key, referred) END DESC,"
	    " key, referred DESC, currency",
	.nparams = 9
};

/* --- what is asked --- */

#define ARRAY_MAX	(1u << 20)
#define ARRAYS		4

static void
prices_put(const struct funnel_wish *w, struct buf array[ARRAYS])
{
	char yearly[TEXT_DIGITS];
	size_t i;

	for (i = 0; i < ARRAYS; i++)
		array_begin(&array[i], ARRAY_MAX);
	for (i = 0; i < w->prices; i++) {
		array_add(&array[0], w->price[i].price);
		array_add(&array[1], w->price[i].plan);
		array_add(&array[2], text_digits(w->price[i].yearly, yearly));
		array_add(&array[3], w->price[i].currency);
	}
	for (i = 0; i < ARRAYS; i++)
		array_end(&array[i]);
}

static enum err
query(struct db *db, const struct funnel_wish *w, struct rows **ret_rows)
{
	char since[TEXT_DIGITS], until[TEXT_DIGITS];
	struct buf array[ARRAYS];
	const char *arg[] = { funnel_by_name(w->by),
	    text_digits(w->since, since), text_digits(w->until, until), NULL,
	    NULL, NULL, NULL, w->order, w->currency };
	enum err e;
	size_t i;

	prices_put(w, array);
	for (i = 0; i < ARRAYS; i++)
		arg[3 + i] = array[i].data;
	e = db_query(db, &funnel_select, arg, NELEM(arg), ret_rows);
	for (i = 0; i < ARRAYS; i++)
		buf_done(&array[i]);
	return e;
}

/* --- what is answered --- */

static void
money_fill(const struct rows *r, int i, struct funnel_money *m)
{
	text_cut(rows_text(r, i, 2), m->currency, sizeof(m->currency));
	m->came = rows_int(r, i, 7);
	m->went = rows_int(r, i, 8);
	m->yearly = rows_int(r, i, 9);
}

static enum err
row_fill(const struct rows *r, int i, struct funnel_row *x)
{
	x->referred = rows_bool(r, i, 1);
	x->views = rows_int(r, i, 3);
	x->signups = rows_int(r, i, 4);
	x->trials = rows_int(r, i, 5);
	x->paid = rows_int(r, i, 6);
	return rows_copy(r, i, 0, x->key, sizeof(x->key));
}

static enum err
fill(const struct rows *r, struct funnel *f)
{
	struct funnel_money *m = f->money;
	struct funnel_row *x = NULL;
	enum err e = ERR_OK;
	int i;

	for (i = 0; i < rows_count(r) && e == ERR_OK; i++)
		if (text_empty(rows_text(r, i, 2))) {
			x = &f->row[f->rows++];
			x->money = m;
			e = row_fill(r, i, x);
		} else {
			money_fill(r, i, m++);
			x->moneys++;
		}
	return e;
}

/* They stay in the order of their currencies. */
static void
money_add(struct funnel_row *sum, const struct funnel_money *m)
{
	struct funnel_money *to;
	size_t i = 0;

	while (i < sum->moneys && strcmp(sum->money[i].currency,
	    m->currency) < 0)
		i++;
	to = &sum->money[i];
	if (i == sum->moneys || !text_equal(to->currency, m->currency)) {
		memmove(to + 1, to, (sum->moneys++ - i) * sizeof(*to));
		*to = *m;
		return;
	}
	to->came += m->came;
	to->went += m->went;
	to->yearly += m->yearly;
}

static void
total(struct funnel *f)
{
	const struct funnel_row *x;
	struct funnel_row *sum;
	size_t i, j;

	for (i = 0; i < f->rows; i++) {
		x = &f->row[i];
		sum = &f->total[x->referred];
		sum->views += x->views;
		sum->signups += x->signups;
		sum->trials += x->trials;
		sum->paid += x->paid;
		for (j = 0; j < x->moneys; j++)
			money_add(sum, &x->money[j]);
	}
}

enum err
funnel_find(struct db *db, const struct funnel_wish *w,
    struct funnel *ret_funnel)
{
	struct funnel f = { .rows = 0 };
	struct rows *r = NULL;
	size_t most;
	enum err e;

	if ((e = query(db, w, &r)) != ERR_OK)
		return e;
	most = (size_t)rows_count(r) + 1;
	f.row = mem_zero(most, sizeof(*f.row));
	f.money = mem_zero(3 * most, sizeof(*f.money));
	f.total[0].money = f.money + most;
	f.total[1].money = f.money + 2 * most;
	f.total[1].referred = 1;
	e = fill(r, &f);
	rows_free(r);
	if (e != ERR_OK) {
		funnel_done(&f);
		return e;
	}
	total(&f);
	*ret_funnel = f;
	return ERR_OK;
}

void
funnel_done(struct funnel *f)
{
	free(f->row);
	free(f->money);
	f->row = NULL;
	f->money = NULL;
}

const struct stmt *const funnel_statements[] = {
	&funnel_select,
	NULL
};
