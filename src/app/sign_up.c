/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "base/text.h"
#include "crypto/nfc.h"
#include "db/db.h"
#include "referral/code.h"
#include "referral/referral.h"
#include "referral/touch.h"

#include "app/app.h"
#include "app/config.h"
#include "app/order_customer.h"
#include "app/password.h"
#include "app/tell_of.h"

#include "app/sign_up.h"

const char *
sign_up_email_fault(const char *email)
{
	const char *p;

	if (email != NULL && account_email_ok(email))
		return NULL;
	for (p = email; !text_empty(p); p++)
		if ((unsigned char)*p >= 0x80)
			return "Use an address with plain letters, without"
			    " accents.";
	return "This is not an e-mail address.";
}

const char *
sign_up_password_fault(const struct app *a, const char *password,
    char ret_reason[SIGN_UP_REASON])
{
	const int least = a->conf->password.min_length;

	if (password == NULL)
		return "Please choose a password.";
	if (strlen(password) > PASSWORD_MAX)
		(void)snprintf(ret_reason, SIGN_UP_REASON,
		    "Use at most %d bytes.", PASSWORD_MAX);
	else if (nfc_length(password) < least)
		(void)snprintf(ret_reason, SIGN_UP_REASON,
		    "Use at least %d characters.", least);
	else
		return NULL;
	return ret_reason;
}

const char *
sign_up_name_fault(const char *name)
{
	return account_name_ok(name) ? NULL :
	    "This is too long, or no plain text.";
}

/* What is written for somebody, and with what. */
struct newcomer {
	const struct app	*a;
	struct sign_up		*s;
	char			 hash[PASSWORD_HASH];
	struct referral		 referral;	/* ucc "": nobody's */
};

static enum err
write_referral(struct db *db, const struct newcomer *n)
{
	enum err e = referral_record(db, n->s->account.id, &n->referral);

	if (e != ERR_OK || !cello_api_is_asked(&n->a->conf->cello))
		return e;
	return code_want(db, n->referral.ucc);
}

static enum err
write_all(struct db *db, void *arg)
{
	struct newcomer *n = arg;
	struct sign_up *s = n->s;
	const struct session_start start = { .account_id = s->account.id,
	    .remember = s->remember, .token = s->token };
	enum err e;

	e = account_create(db, &s->account, n->hash);
	if (e == ERR_OK && n->referral.ucc[0] != '\0')
		e = write_referral(db, n);
	if (e == ERR_OK && s->old[0] != '\0')
		e = session_close(db, s->old);
	if (e == ERR_OK)
		e = session_open(db, &start, &n->a->limits, s->token);
	if (e == ERR_OK)
		e = order_customer(db, n->a->conf, &s->account, NULL);
	if (e == ERR_OK)
		e = tell_of_signup(db, n->a->conf, &s->account);
	return e;
}

/* Is the session there?  Then all of it is. */
static enum err
is_written(struct db *db, void *arg)
{
	const struct newcomer *n = arg;
	struct account unused;
	int touch;

	return session_find(db, n->s->token, &n->a->limits, &unused, &touch);
}

static int
has_fault(const struct app *a, const struct sign_up *s)
{
	char reason[SIGN_UP_REASON];

	return sign_up_email_fault(s->account.email) != NULL ||
	    sign_up_password_fault(a, s->password, reason) != NULL ||
	    sign_up_name_fault(s->account.first_name) != NULL ||
	    sign_up_name_fault(s->account.last_name) != NULL ||
	    sign_up_name_fault(s->account.organization) != NULL;
}

/* Who referred them, if anybody did, and all that is known of it. */
static void
choose_referral(struct newcomer *n)
{
	const struct config *conf = n->a->conf;
	struct referral *x = &n->referral;
	struct ucc_offer offer = n->s->offer;
	struct touch touch = { .first_at = 0 };
	const char *source;

	if (n->s->touch != NULL && touch_read(n->s->touch,
	    (int64_t)n->s->now, &touch) == ERR_OK &&
	    text_equal(conf->referral.touch, "first"))
		offer.first = touch.first;
	if ((source = ucc_choose(&offer, x->ucc)) == NULL)
		return;
	text_cut(source, x->source, sizeof(x->source));
	text_cut(n->s->product, x->product, sizeof(x->product));
	x->clicked_at = touch_when(&touch, x->ucc);
	x->terms.percent = conf->cello.reward_percent;
	x->terms.months = conf->cello.reward_months;
}

enum err
sign_up(struct app *a, struct sign_up *s)
{
	struct newcomer n = { .a = a, .s = s };
	enum err e;

	s->busy = 0;
	if (has_fault(a, s))
		return ERR_INPUT;
	random_uuid(s->account.id);
	session_token(s->token);
	choose_referral(&n);

	/* Slow on purpose, so before the transaction. */
	e = password_make(a, s->password, n.hash, &s->busy);
	if (e == ERR_OK)
		e = db_transaction_keyed(a->db, write_all, is_written, &n);
	if (e == ERR_OK) {
		device_mark(&s->account, n.hash, s->now, s->device);
		app_ring(a);
	}
	return e;
}
