/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cores.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/slots.h"
#include "base/text.h"
#include "base/turns.h"
#include "cello/client.h"
#include "cello/reward.h"
#include "cello/token.h"
#include "conf/secret.h"
#include "crypto/password.h"
#include "db/db.h"
#include "http/duty.h"
#include "stripe/client.h"
#include "stripe/signature.h"

#include "app/config.h"
#include "app/password.h"

#include "app/app.h"

#define TIMES		3	/* that a command asks Stripe the same */

/* Who has other credentials for rewards, a worker. */
#define WRONG_MOST	20
#define WRONG_EVERY_US	INT64_C(1000000)

static enum err
open_hook(struct app *a)
{
	struct secret s;
	enum err e;

	e = secret_read("stripe.webhook_secret_file",
	    a->conf->stripe.webhook_secret_file, a->conf->credentials_dir, &s);
	if (e != ERR_OK)
		return e;
	a->signatures = signature_keys_new(&s);
	secret_done(&s);
	if (text_empty(a->conf->cello.rewards_user))
		return ERR_OK;
	e = secret_read("cello.rewards_password_file",
	    a->conf->cello.rewards_password_file, a->conf->credentials_dir,
	    &s);
	if (e != ERR_OK)
		return e;
	a->rewards = reward_keys_new(a->conf->cello.rewards_user, &s);
	a->wrong_rewards = (struct allowance){ .most = WRONG_MOST,
	    .every_us = WRONG_EVERY_US };
	secret_done(&s);
	return ERR_OK;
}

static enum err
open_pepper(struct app *a)
{
	struct secret s;
	enum err e;

	if (text_empty(a->conf->password.pepper_file))
		return pepper_new(NULL, &a->pepper);
	e = secret_read("password.pepper_file", a->conf->password.pepper_file,
	    a->conf->credentials_dir, &s);
	if (e != ERR_OK)
		return e;
	e = pepper_new(&s, &a->pepper);
	secret_done(&s);
	return e;
}

/*
 * One hash fills a core.  One core stays free for those who do not hash, and
 * a machine with one core hashes all the same.
 */
static enum err
open_slots(struct app *a)
{
	const int cores = cores_available("/");
	int count = cores > SLOTS_MOST ? SLOTS_MOST : cores - 1;
	char path[CONFIG_PATH];

	config_run_path(a->conf, "password.slots", path);
	a->slots = slots_open(path, count > 0 ? count : 1, PASSWORD_HOLD_MS);
	return a->slots == NULL ? ERR_INTERNAL : ERR_OK;
}

static enum err
open_turns(struct app *a)
{
	char path[CONFIG_PATH];

	config_run_path(a->conf, "password.turns", path);
	a->turns = turns_open(path);
	return a->turns == NULL ? ERR_INTERNAL : ERR_OK;
}

static enum err
open_password(struct app *a)
{
	enum err e = open_pepper(a);

	if (e == ERR_OK)
		e = open_slots(a);
	return e != ERR_OK ? e : open_turns(a);
}

/* Without a database nothing is counted, and hardly anything asked. */
static int
gate(void *arg, const char *endpoint)
{
	struct app *a = arg;
	const struct pace_limits limits = {
	    .per_second = a->conf->stripe.calls_per_second,
	    .per_endpoint = a->conf->stripe.calls_per_endpoint,
	    .people_percent = a->conf->stripe.people_percent };
	int wait_ms;

	if (pace_take(a->db, &limits, a->pace, a->begun, endpoint, a->slice,
	    &wait_ms) != ERR_OK)
		return 0;
	a->begun = a->pace != PACE_FREELY && wait_ms == 0;
	if (wait_ms > a->wait_ms)
		a->wait_ms = wait_ms;
	return wait_ms;
}

/* Without a database the others find out for themselves. */
static void
full(void *arg, const char *endpoint, int all, int retry_after)
{
	struct app *a = arg;

	log_warn("stripe_full", "Stripe takes no call %s%s for now: there are"
	    " too many", all ? "at all" : "to ", all ? "" : endpoint);
	(void)pace_close(a->db, endpoint, all, retry_after, a->slice);
}

static enum err
open_stripe(struct app *a)
{
	struct secret key;
	enum err e;

	e = secret_read("stripe.secret_key_file",
	    a->conf->stripe.secret_key_file, a->conf->credentials_dir, &key);
	if (e != ERR_OK)
		return e;
	a->stripe = stripe_open(a->conf->stripe.api_base, key.line[0],
	    a->conf->stripe.timeout);
	stripe_ask_first(a->stripe, gate, a);
	stripe_tell_full(a->stripe, full, a);
	secret_done(&key);
	return ERR_OK;
}

static enum err
open_signer(struct app *a)
{
	struct secret s;
	enum err e;

	if (!a->conf->cello.enabled)
		return ERR_OK;
	e = secret_read("cello.product_secret_file",
	    a->conf->cello.product_secret_file, a->conf->credentials_dir, &s);
	if (e != ERR_OK)
		return e;
	a->signer = token_signer_new(a->conf->cello.product_id, s.line[0]);
	secret_done(&s);
	return ERR_OK;
}

/*
 * What programs ask may take a while, and half of a pool is for people: /auth
 * and all pages of members wait for it.
 */
static enum err
open_questions(struct app *a)
{
	const struct pool_config *p = a->conf->pool;
	int least = CONFIG_WORKERS;
	char path[CONFIG_PATH];
	size_t i;

	for (i = 0; i < a->conf->pools; i++)
		if ((p[i].serves & DUTY_WEB) != 0 && p[i].workers < least)
			least = p[i].workers;
	config_run_path(a->conf, "mcp.slots", path);
	a->questions = slots_open(path, least < 4 ? 1 : least / 2, 0);
	return a->questions == NULL ? ERR_INTERNAL : ERR_OK;
}

static enum err
open_web(struct app *a)
{
	enum err e = open_signer(a);

	return e != ERR_OK ? e : open_questions(a);
}

static enum err
open_cello(struct app *a)
{
	const struct cello_config *c = &a->conf->cello;
	struct secret s;
	enum err e;

	if (!cello_api_is_asked(c))
		return ERR_OK;
	e = secret_read("cello.secret_access_key_file",
	    c->secret_access_key_file, a->conf->credentials_dir, &s);
	if (e != ERR_OK)
		return e;
	a->cello = cello_open(c->api_base, c->access_key_id, s.line[0],
	    c->timeout);
	secret_done(&s);
	return ERR_OK;
}

/* A row for each duty: what it needs. */
static const struct {
	enum duty	 duty;
	enum err	(*open)(struct app *a);
} needs[] = {
	{ DUTY_HOOK, open_hook },
	{ DUTY_PASSWORD, open_password },
	{ DUTY_STRIPE, open_stripe },
	{ DUTY_WEB, open_web },
	{ DUTY_CELLO, open_cello }
};

struct app *
app_open(const struct config *conf, const struct app_role *role)
{
	const struct db_settings database = { .conninfo =
	    conf->database.conninfo,
	    .pooled = text_equal(conf->database.pooler, "transaction"),
	    .name = role->name, .statement_ms = role->statement_ms };
	struct app *a = mem_zero(1, sizeof(*a));
	size_t i;

	a->conf = conf;
	a->doorbell = role->doorbell;
	a->patience = role->patience;
	a->beat = role->beat;
	a->beat_arg = role->beat_arg;
	a->meanwhile = role->meanwhile;
	a->meanwhile_arg = role->meanwhile_arg;
	a->limits.idle_hours = conf->session.idle_hours;
	a->limits.hours = conf->session.hours;
	a->limits.days = conf->session.days;
	a->db = db_open(&database);
	for (i = 0; i < NELEM(needs); i++)
		if ((role->duties & needs[i].duty) != 0 &&
		    needs[i].open(a) != ERR_OK) {
			app_close(a);
			return NULL;
		}
	if (role->persists)
		stripe_persist(a->stripe, TIMES);
	return a;
}

void
app_close(struct app *a)
{
	if (a == NULL)
		return;
	signature_keys_free(a->signatures);
	reward_keys_free(a->rewards);
	stripe_close(a->stripe);
	pepper_free(a->pepper);
	slots_close(a->slots);
	turns_close(a->turns);
	slots_close(a->questions);
	token_signer_free(a->signer);
	cello_close(a->cello);
	db_close(a->db);
	free(a);
}

void
app_beat(const struct app *a)
{
	if (a->beat != NULL)
		a->beat(a->beat_arg);
}

int
app_meanwhile(const struct app *a)
{
	return a->meanwhile == NULL || a->meanwhile(a->meanwhile_arg);
}

void
app_ring(const struct app *a)
{
	/*
	 * Full: it rings already.  Gone: couriers look by themselves, a little
	 * later.
	 */
	if (a->doorbell != -1 && write(a->doorbell, "", 1) == -1)
		log_debug("doorbell", "nobody heard the doorbell");
}

int64_t
app_last_us(const struct app *a, int64_t began_us)
{
	return began_us + INT64_C(1000000) *
	    (a->patience - a->conf->stripe.timeout);
}
