/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "account/account.h"
#include "account/session.h"
#include "app/config.h"
#include "base/json.h"
#include "base/slots.h"
#include "base/text.h"
#include "billing/customer.h"
#include "billing/customer_call.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "db/db.h"
#include "referral/referral.h"
#include "cello/ucc.h"

#include "api/api.h"
#include "api/login.h"
#include "api/show.h"

#define REASON_MAX	80
#define UCC_OFFERED	256	/* more than this is no code in any case */

/* Somebody who is about to have an account. */
struct newcomer {
	const struct ctx	*c;
	struct account		 account;
	char			 hash[PASSWORD_HASH];
	const char		*source;	/* of the code; NULL: none */
	char			 ucc[UCC];
	char			 old[SESSION_TOKEN];
	char			 token[SESSION_TOKEN];
};

/* What is wrong with a password?  NULL: nothing. */
static const char *
password_fault(const char *password, int least, char reason[REASON_MAX])
{
	size_t len;

	if (password == NULL)
		return "Please choose a password.";
	len = strlen(password);
	if (len > PASSWORD_MAX) {
		(void)snprintf(reason, REASON_MAX, "Use at most %d bytes.",
		    PASSWORD_MAX);
		return reason;
	}
	if (text_utf8_length(password, len) < least) {
		(void)snprintf(reason, REASON_MAX,
		    "Use at least %d characters.", least);
		return reason;
	}
	return NULL;
}

/* Copy an optional name.  Returns what is wrong with it; NULL: nothing. */
static const char *
take_name(const struct json *j, const char *field, char ret_name[ACCOUNT_NAME])
{
	const char *name = json_text(j, field);

	if (name == NULL)
		return json_has(j, field) ? "This must be a text." : NULL;
	if (!account_name_ok(name))
		return "This is too long, or no plain text.";
	(void)snprintf(ret_name, ACCOUNT_NAME, "%s", name);
	return NULL;
}

/*
 * Read and judge all fields, so that somebody hears of all faults at once.
 * *ret_faults: how many there were; they are in `p` then.
 */
static void
take_fields(const struct ctx *c, const struct req *q, struct newcomer *n,
    struct resp *p, int *ret_faults)
{
	const char *email = json_text(q->json, "email");
	char reason[REASON_MAX];
	const struct {
		const char	*field;
		const char	*fault;
	} judged[] = {
		{ "email", email == NULL || !account_email_ok(email) ?
		    "This is not an e-mail address." : NULL },
		{ "password", password_fault(json_text(q->json, "password"),
		    c->conf->password.min_length, reason) },
		{ "firstName", take_name(q->json, "firstName",
		    n->account.first_name) },
		{ "lastName", take_name(q->json, "lastName",
		    n->account.last_name) },
		{ "organization", take_name(q->json, "organization",
		    n->account.organization) }
	};
	size_t i;

	*ret_faults = 0;
	for (i = 0; i < NELEM(judged); i++) {
		if (judged[i].fault == NULL)
			continue;
		if ((*ret_faults)++ == 0)
			resp_invalid_begin(p);
		resp_invalid_add(p, judged[i].field, judged[i].fault);
	}
	if (*ret_faults == 0)
		(void)snprintf(n->account.email, sizeof(n->account.email),
		    "%s", email);
}

/* Whose link brought this visitor?  Never an error. */
static void
take_ucc(const struct req *q, struct newcomer *n)
{
	char query[UCC_OFFERED], cookie[UCC_OFFERED];
	struct ucc_offer offer = { .form = json_text(q->json, "ucc") };

	if (req_query(q, "ucc", query, sizeof(query)) == ERR_OK)
		offer.query = query;
	if (req_cookie(q, UCC_COOKIE, cookie, sizeof(cookie)) == ERR_OK)
		offer.cookie = cookie;
	n->source = ucc_choose(&offer, n->ucc);
}

/* Slow on purpose, so outside the transaction, and not many at once. */
static enum err
hash(const struct ctx *c, const char *password, struct newcomer *n)
{
	enum err e;

	if ((e = slots_take(c->slots, LOGIN_WAIT_MS)) != ERR_OK)
		return e;
	e = password_hash(c->pepper, password, strlen(password), n->hash);
	slots_give(c->slots);
	return e;
}

static enum err
write_customer(struct db *db, const struct newcomer *n)
{
	const struct customer_facts facts = { .account_id = n->account.id,
	    .email = n->account.email, .first_name = n->account.first_name,
	    .last_name = n->account.last_name,
	    .organization = n->account.organization,
	    .ucc = n->source == NULL ? NULL : n->ucc };

	return customer_call_write(db, &facts, NULL);
}

/*
 * All of it or nothing: an account that lost its referrer could not be
 * repaired later, and one without a customer would not count at Cello.
 */
static enum err
settle_in(struct db *db, void *arg)
{
	struct newcomer *n = arg;
	enum err e;

	e = account_create(db, &n->account, n->hash);
	if (e == ERR_OK && n->source != NULL)
		e = referral_record(db, n->account.id, n->ucc, n->source);
	if (e == ERR_OK && n->old[0] != '\0')
		e = session_close(db, n->old);
	if (e == ERR_OK)
		e = session_open(db, n->account.id, &n->c->limits, n->token);
	if (e == ERR_OK)
		e = write_customer(db, n);
	return e;
}

/* POST /api/signup: an account, who referred it, its session, its errand. */
enum err
signup(struct ctx *c, const struct req *q, struct resp *p)
{
	struct newcomer n = { .c = c };
	int faults;
	enum err e;

	take_fields(c, q, &n, p, &faults);
	if (faults > 0)
		return resp_invalid_end(p);
	random_uuid(n.account.id);
	take_ucc(q, &n);
	login_old(c, q, n.old);

	e = hash(c, json_text(q->json, "password"), &n);
	if (e == ERR_LATER)
		return resp_later(p, LOGIN_RETRY_S);
	if (e != ERR_OK)
		return e;

	e = db_transaction(c->db, settle_in, &n);
	if (e == ERR_CONFLICT)
		return resp_problem(p, 409, "email_taken",
		    "There is an account with this address already.");
	if (e != ERR_OK)
		return e;

	ctx_ring(c);
	login_cookie(c, p, n.token);
	account_put(resp_json(p, 201), "account", &n.account);
	return resp_json_end(p);
}
