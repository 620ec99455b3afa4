/* SPDX-License-Identifier: MIT */

#include "account/account.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "cello/reward.h"
#include "db/db.h"
#include "ledger/credit.h"

#include "app/app.h"
#include "app/config.h"

#include "app/hear_reward.h"

static enum err
write_entry(struct app *a, const struct reward *r)
{
	struct credit c = { .event = r->event, .reward = r->id,
	    .user = r->user, .amount = r->amount, .told_at = r->at };
	char email[ACCOUNT_EMAIL];
	enum err e = ERR_NOTFOUND;

	if (text_is_uuid(r->user))
		e = account_email(a->db, r->user, email);
	if (e == ERR_OK)
		c.account = r->user;
	else if (e != ERR_NOTFOUND)
		return e;
	if ((e = credit_write(a->db, &c)) == ERR_CONFLICT)
		return ERR_OK;
	if (e != ERR_OK)
		return e;
	log_info("reward_credited", "reward %s of event %s: %lld credits for"
	    " account %s", r->id, r->event, (long long)r->amount,
	    c.account == NULL ? "-" : c.account);
	if (c.account == NULL)
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
		return write_entry(a, &r);
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

enum err
hear_reward(struct app *a, const struct reward_telling *t)
{
	struct json *body = NULL;
	enum err e;

	if (a->rewards == NULL)
		return ERR_NOTFOUND;
	if (!reward_keys_ok(a->rewards, t->authorization)) {
		log_warn("reward_denied", "whoever told of a reward has other"
		    " credentials than [cello] rewards_user and its password");
		return ERR_DENIED;
	}
	if (!reward_env_ok(a->conf->cello.environment, t->env)) {
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
