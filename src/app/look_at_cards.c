/* SPDX-License-Identifier: MIT */

/* With which cards does somebody pay who was referred, or refers? */

#include <stdio.h>
#include <string.h>

#include "account/account.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "billing/customer.h"
#include "db/db.h"
#include "referral/card.h"
#include "stripe/client.h"
#include "stripe/kind.h"

#include "app/app.h"
#include "app/book_welcome.h"
#include "app/config.h"
#include "app/doubt.h"
#include "app/errands.h"
#include "app/know_home.h"
#include "app/walk.h"

#define WHY	96
#define REFERRER_FIRST	"whoever referred them is looked at first"

struct looking {
	struct app		*a;
	const struct errand	*errand;
	struct cards		 cards;
	char			 why[WHY];
	int			 after;		/* seconds */
};

/* Stripe lists the newest first: what is too much is old. */
static enum err
take_page(const struct json *page, void *arg)
{
	const size_t count = json_count(page, "data");
	struct looking *l = arg;
	struct cards *c = &l->cards;
	const char *said;
	size_t i;

	app_beat(l->a);
	for (i = 0; i < count && c->count < CARDS_MOST; i++) {
		said = json_text(json_item(page, "data", i),
		    "card.fingerprint");
		if (!text_empty(said) && strlen(said) < CARD_FINGERPRINT)
			text_cut(said, c->fingerprint[c->count++],
			    CARD_FINGERPRINT);
	}
	return errand_renew(l->a->db, &card_errands, l->errand);
}

static enum err
look_at_customer(struct looking *l, const char *customer)
{
	struct stripe_reply last;
	struct buf path;
	enum err e;

	buf_init(&path, STRIPE_PATH);
	stripe_path_cards(customer, &path);
	e = walk(l->a, &path, take_page, l, &last);
	buf_done(&path);
	(void)know_home_refused(l->a, last.status);
	/* A customer that is gone has none. */
	if (e == ERR_LATER && (last.status == 404 ||
	    text_equal(last.code, "resource_missing")))
		e = ERR_OK;
	else if (last.status != 200 && last.status != 0)
		(void)snprintf(l->why, sizeof(l->why), "Stripe answered %d"
		    " when it was asked for cards", last.status);
	l->after = e == ERR_INTERNAL ? STRIPE_KEY_REFUSED_S : last.retry_after;
	stripe_reply_done(&last);
	return e;
}

static enum err
look_at_customers(struct looking *l)
{
	char customer[CUSTOMERS_MOST][STRIPE_ID], after[STRIPE_ID] = "";
	size_t count, i;
	enum err e;

	do {
		count = 0;
		e = customers_of(l->a->db, l->errand->id, after, customer,
		    &count);
		for (i = 0; i < count && e == ERR_OK; i++)
			e = look_at_customer(l, customer[i]);
		if (count > 0)
			memcpy(after, customer[count - 1], sizeof(after));
	} while (e == ERR_OK && count == CUSTOMERS_MOST);
	return e;
}

/*
 * Of who is erased nothing is kept, whatever they have paid since.  What is
 * decided with theirs wants those of whoever referred them as well.
 */
static enum err
write_down(struct db *db, void *arg)
{
	const struct looking *l = arg;
	struct account who;
	int awaited = 0;
	enum err e = account_lock(db, l->errand->id, &who);

	if (e == ERR_NOTFOUND || (e == ERR_OK && account_is_erased(&who)))
		return card_erase(db, l->errand->id);
	if (e == ERR_OK && l->errand->attempts < CARD_PATIENCE)
		e = doubt_awaits_referrer(db, l->a->conf, l->errand->id,
		    &awaited);
	if (e == ERR_OK && awaited)
		return errand_later(db, &card_errands, l->errand,
		    REFERRER_FIRST, 0);
	if (e == ERR_OK)
		e = card_found(db, l->errand, &l->cards);
	return e != ERR_OK ? e : resume_welcome(db, l->errand->id);
}

static enum err
write_off(struct db *db, void *arg)
{
	const struct looking *l = arg;
	enum err e = errand_later(db, &card_errands, l->errand,
	    l->why[0] == '\0' ? "Stripe could not be asked" : l->why,
	    l->after);

	return e != ERR_OK || l->errand->attempts < CARD_PATIENCE ? e :
	    resume_welcome(db, l->errand->id);
}

/* They are not compared any more. */
static enum err
write_none(struct db *db, void *arg)
{
	const struct looking *l = arg;
	enum err e = card_erase(db, l->errand->id);

	return e != ERR_OK ? e : resume_welcome(db, l->errand->id);
}

static enum err
settle(struct looking *l, enum err e)
{
	struct app *a = l->a;

	if (e == ERR_OK)
		return db_transaction(a->db, write_down, l);
	if (a->wait_ms > 0)
		return errand_back(a->db, &card_errands, l->errand);
	return e == ERR_CONFLICT ? e : db_transaction(a->db, write_off, l);
}

enum err
look_at_cards(struct app *a, const struct errand *x)
{
	struct looking l = { .a = a, .errand = x };
	enum err e;

	if (a->conf->retention.card_days == 0)
		return db_transaction(a->db, write_none, &l);
	if (know_home_or_later(a, &l.after) != ERR_OK)
		return errand_later(a->db, &card_errands, x, KNOW_HOME_LATER,
		    l.after);
	e = settle(&l, look_at_customers(&l));
	return e == ERR_CONFLICT ? ERR_OK : e;
}
