/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "account/account.h"
#include "account/session.h"
#include "app/config.h"
#include "base/json.h"
#include "base/slots.h"
#include "crypto/password.h"
#include "db/db.h"

#include "api/api.h"
#include "api/show.h"
#include "api/login.h"

#define DAY_SECONDS	86400L

/* Somebody who has shown the right password. */
struct entrant {
	const struct ctx	*c;
	struct account		 account;
	char			 hash[PASSWORD_HASH];
	char			 fresh[PASSWORD_HASH];	/* "": `hash` is fine */
	char			 old[SESSION_TOKEN];
	char			 token[SESSION_TOKEN];
};

void
login_old(const struct ctx *c, const struct req *q,
    char ret_token[SESSION_TOKEN])
{
	if (req_cookie(q, c->cookie, ret_token, SESSION_TOKEN) != ERR_OK)
		ret_token[0] = '\0';
}

void
login_cookie(const struct ctx *c, struct resp *p, const char *token)
{
	const struct cookie cookie = { .name = c->cookie,
	    .value = token == NULL ? "" : token,
	    .max_age = token == NULL ? 0 : c->conf->session.days * DAY_SECONDS,
	    .plain = !config_is_https(c->conf) };

	resp_cookie(p, &cookie);
}

/*
 * Does `password` belong to n->hash?  An unknown address (`known` is 0) costs
 * what a known one costs.
 */
static enum err
check(const struct ctx *c, int known, const char *password, struct entrant *n)
{
	size_t len = strlen(password);
	int old = 0;
	enum err e;

	/* Nobody has such a password; do not hash that much. */
	if (len > PASSWORD_MAX) {
		len = 0;
		known = 0;
	}
	if ((e = slots_take(c->slots, LOGIN_WAIT_MS)) != ERR_OK)
		return e;
	e = password_check(c->pepper, known ? n->hash : NULL, password, len,
	    &old);
	if (e == ERR_OK && old)
		e = password_hash(c->pepper, password, len, n->fresh);
	slots_give(c->slots);
	return e;
}

static enum err
enter(struct db *db, void *arg)
{
	struct entrant *n = arg;
	enum err e = ERR_OK;

	if (n->fresh[0] != '\0')
		e = account_rehash(db, n->account.id, n->hash, n->fresh);
	if (e == ERR_OK && n->old[0] != '\0')
		e = session_close(db, n->old);
	if (e == ERR_OK)
		e = session_open(db, n->account.id, &n->c->limits, n->token);
	return e;
}

/*
 * POST /api/login.  Whether the address is unknown, the password is wrong, or
 * either is no text at all, the answer and the work are the same.
 */
enum err
login(struct ctx *c, const struct req *q, struct resp *p)
{
	const char *email = json_text(q->json, "email");
	const char *password = json_text(q->json, "password");
	struct entrant n = { .c = c };
	enum err found, e;

	found = account_find(c->db, email == NULL ? "" : email, &n.account,
	    n.hash, sizeof(n.hash));
	if (found != ERR_OK && found != ERR_NOTFOUND)
		return found;
	e = check(c, found == ERR_OK && password != NULL,
	    password == NULL ? "" : password, &n);
	if (e == ERR_LATER)
		return resp_later(p, LOGIN_RETRY_S);
	if (e == ERR_DENIED)
		return resp_problem(p, 401, "invalid_credentials",
		    "The e-mail address or the password is wrong.");
	if (e != ERR_OK)
		return e;

	login_old(c, q, n.old);
	if ((e = db_transaction(c->db, enter, &n)) != ERR_OK)
		return e;
	login_cookie(c, p, n.token);
	account_put(resp_json(p, 200), "account", &n.account);
	return resp_json_end(p);
}

/* POST /api/logout: the session is over, here and on every other worker. */
enum err
logout(struct ctx *c, const struct req *q, struct resp *p)
{
	enum err e;

	(void)q;
	if (c->known && (e = session_close(c->db, c->token)) != ERR_OK)
		return e;
	login_cookie(c, p, NULL);
	return resp_empty(p, 204);
}
