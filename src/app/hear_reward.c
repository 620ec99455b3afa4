/* SPDX-License-Identifier: MIT */

#include "account/account.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "billing/balance.h"
#include "cello/reward.h"
#include "db/db.h"
#include "ledger/credit.h"

#include "app/app.h"
#include "app/book_rewards.h"
#include "app/config.h"

#include "app/hear_reward.h"

struct entering {
	const struct config	*conf;
	struct credit		 credit;
	int			 is_new;
};

/* What it is worth is what a credit is worth by now. */
static void
evaluate(struct entering *n)
{
	const struct cello_config *conf = &n->conf->cello;
	struct credit *c = &n->credit;

	if (text_empty(conf->credit_currency))
		return;
	if (c->amount > BALANCE_MOST / conf->credit_value) {
		log_error("reward_large", "reward %s of %lld credits is worth"
		    " more than Stripe takes: it is not booked", c->reward,
		    (long long)c->amount);
		return;
	}
	c->value = c->amount * conf->credit_value;
	c->currency = conf->credit_currency;
}

static enum err
write_entry(struct db *db, void *arg)
{
	struct entering *n = arg;
	struct credit *c = &n->credit;
	enum err e = credit_write(db, c);

	n->is_new = e == ERR_OK;
	if (e == ERR_CONFLICT)
		return ERR_OK;
	return e != ERR_OK || c->account == NULL ? e :
	    book_rewards(db, &n->conf->cello, c->account);
}

static enum err
enter(struct app *a, const struct reward *r)
{
	struct entering n = { .conf = a->conf, .credit = { .event = r->event,
	    .reward = r->id, .user = r->user, .amount = r->amount,
	    .told_at = r->at } };
	struct account who = { .email = "" };
	enum err e = ERR_NOTFOUND;
	int64_t since;

	if (text_is_uuid(r->user))
		e = account_since(a->db, r->user, &who, &since);
	if (e == ERR_OK)
		n.credit.account = r->user;
	else if (e != ERR_NOTFOUND)
		return e;
	/* Who is erased has no balance any more that it could be. */
	if (!account_is_erased(&who))
		evaluate(&n);
	e = db_transaction(a->db, write_entry, &n);
	if (e != ERR_OK || !n.is_new)
		return e;
	app_ring(a);
	log_info("reward_credited", "reward %s of event %s: %lld credits for"
	    " account %s", r->id, r->event, (long long)r->amount,
	    n.credit.account == NULL ? "-" : n.credit.account);
	if (n.credit.account == NULL)
		log_error("reward_nobodys", "reward %s is for somebody of whom"
		    " there is no account", r->id);
	return ERR_OK;
}

static enum err
take(struct app *a, const struct json *body)
{
	const char *what = NULL;
	struct reward r;

	switch (reward_read(body, &r, &what)) {
	case ERR_OK:
		return enter(a, &r);
	case ERR_NOTFOUND:
		log_info("reward_ignored", "Cello tells of something else than"
		    " credits");
		return ERR_OK;
	default:
		log_error("reward_odd", "a reward cannot be entered: %s is"
		    " missing, or not as Cello has it", what);
		return ERR_INPUT;
	}
}

static enum err
deny(struct app *a, int *ret_many)
{
	*ret_many = !allowance_take(&a->wrong_rewards, clock_mono_us());
	if (*ret_many) {
		a->wrong_unsaid++;
		return ERR_DENIED;
	}
	log_warn("reward_denied", "whoever told of a reward has other"
	    " credentials than [cello] rewards_user and its password; before,"
	    " %d more", a->wrong_unsaid);
	a->wrong_unsaid = 0;
	return ERR_DENIED;
}

enum err
hear_reward(struct app *a, const struct reward_telling *t, int *ret_many)
{
	struct json *body = NULL;
	enum err e;

	*ret_many = 0;
	if (a->rewards == NULL)
		return ERR_NOTFOUND;
	if (!reward_keys_ok(a->rewards, t->credentials))
		return deny(a, ret_many);
	if (!reward_env_ok(&a->conf->cello, t->env)) {
		log_error("reward_elsewhere", "a reward is of another"
		    " environment of Cello's than [cello] environment");
		return ERR_INPUT;
	}
	if ((e = json_parse_kindly(t->body, t->len, &body)) != ERR_OK)
		log_error("reward_odd", "a reward is no JSON");
	else
		e = take(a, body);
	json_free(body);
	return e;
}
