/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/config.h"
#include "base/log.h"
#include "base/mem.h"
#include "conf/secret.h"
#include "base/slots.h"
#include "base/text.h"
#include "stripe/signature.h"
#include "crypto/password.h"
#include "db/db.h"
#include "http/request.h"
#include "stripe/client.h"
#include "cello/token.h"

#include "api/api.h"
#include "api/csp.h"
#include "api/page.h"

#define PATH_LEN	4096

static enum err
open_hook(struct ctx *c)
{
	struct secret s;
	enum err e;

	e = secret_read("stripe.webhook_secret_file",
	    c->conf->stripe.webhook_secret_file, c->conf->credentials_dir, &s);
	if (e != ERR_OK)
		return e;
	c->signatures = signature_keys_new(&s);
	secret_done(&s);
	return ERR_OK;
}

static enum err
open_pepper(struct ctx *c)
{
	struct secret s;
	enum err e;

	if (text_empty(c->conf->password.pepper_file))
		return pepper_new(NULL, &c->pepper);
	e = secret_read("password.pepper_file", c->conf->password.pepper_file,
	    c->conf->credentials_dir, &s);
	if (e != ERR_OK)
		return e;
	e = pepper_new(&s, &c->pepper);
	secret_done(&s);
	return e;
}

/*
 * One hash fills a core.  One core stays free for those who do not hash, and
 * a machine with one core hashes all the same.
 */
static enum err
open_slots(struct ctx *c)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	char path[PATH_LEN];
	int len;

	len = snprintf(path, sizeof(path), "%s/password.slots",
	    c->conf->server.run_dir);
	if (len < 0 || (size_t)len >= sizeof(path)) {
		log_error("slots_bad", "run_dir of [server] is too long");
		return ERR_INPUT;
	}
	c->slots = slots_open(path, cores > 1 ? (int)cores - 1 : 1);
	return c->slots == NULL ? ERR_INTERNAL : ERR_OK;
}

static enum err
open_password(struct ctx *c)
{
	enum err e = open_pepper(c);

	return e == ERR_OK ? open_slots(c) : e;
}

static enum err
open_stripe(struct ctx *c)
{
	struct secret key;
	enum err e;

	e = secret_read("stripe.secret_key_file", c->conf->stripe.secret_key_file,
	    c->conf->credentials_dir, &key);
	if (e != ERR_OK)
		return e;
	c->stripe = stripe_open(c->conf->stripe.api_base, key.line[0],
	    c->conf->stripe.timeout);
	secret_done(&key);
	return ERR_OK;
}

static enum err
open_web(struct ctx *c)
{
	struct secret s;
	enum err e;

	if ((c->pages = pages_open(c->conf->server.www_dir)) == NULL)
		return ERR_NOTFOUND;
	if (!c->conf->cello.enabled)
		return ERR_OK;
	e = secret_read("cello.product_secret_file",
	    c->conf->cello.product_secret_file, c->conf->credentials_dir, &s);
	if (e != ERR_OK)
		return e;
	c->signer = token_signer_new(c->conf->cello.product_id, s.line[0]);
	secret_done(&s);
	return ERR_OK;
}

/* What the duties need, and no secret more. */
static enum err
open_duties(struct ctx *c, unsigned duties)
{
	static const struct {
		enum duty	 duty;
		enum err	(*open)(struct ctx *c);
	} rows[] = {
		{ DUTY_HOOK, open_hook }, { DUTY_PASSWORD, open_password },
		{ DUTY_STRIPE, open_stripe }, { DUTY_WEB, open_web }
	};
	enum err e = ERR_OK;
	size_t i;

	for (i = 0; i < NELEM(rows) && e == ERR_OK; i++)
		if (duties & rows[i].duty)
			e = rows[i].open(c);
	return e;
}

static enum err
identify(struct ctx *c, const struct req *q)
{
	enum err e;

	c->known = 0;
	/* One that is too long, or sent twice, is nobody's. */
	if (req_cookie(q, c->cookie, c->token, sizeof(c->token)) != ERR_OK)
		return ERR_NOTFOUND;
	e = session_find(c->db, c->token, &c->limits, &c->member);
	c->known = e == ERR_OK;
	return e;
}

static const char *
account_of(const struct ctx *c)
{
	return c->known ? c->member.id : NULL;
}

struct ctx *
ctx_open(const struct config *conf, size_t pool, int doorbell)
{
	const struct pool_config *own = &conf->pool[pool];
	struct ctx *c = mem_zero(1, sizeof(*c));
	const struct db_settings database = { .conninfo = conf->database.conninfo,
	    .pooled = text_equal(conf->database.pooler, "transaction"),
	    .name = c->label };

	c->conf = conf;
	c->pool = pool;
	c->doorbell = doorbell;
	c->limits.idle_hours = conf->session.idle_hours;
	c->limits.days = conf->session.days;
	c->cookie = config_is_https(conf) ? "__Host-endpin" : "endpin";
	(void)snprintf(c->label, sizeof(c->label), "endpin %s", own->name);
	c->db = db_open(&database);

	buf_init(&c->csp, CSP_MAX);
	csp_write(conf, &c->csp);
	c->site = (struct site){ .routes = routes,
	    .duties = own->serves, .pool = own->name,
	    .origin = conf->server.public_origin, .csp = c->csp.data,
	    .identify = identify, .account = account_of };

	if (c->csp.full)
		log_error("config_bad", "api_base or assets_base of [cello] is"
		    " too long");
	if (c->csp.full || open_duties(c, own->serves) != ERR_OK) {
		ctx_close(c);
		return NULL;
	}
	return c;
}

void
ctx_close(struct ctx *c)
{
	if (c == NULL)
		return;
	signature_keys_free(c->signatures);
	stripe_close(c->stripe);
	pepper_free(c->pepper);
	slots_close(c->slots);
	token_signer_free(c->signer);
	pages_close(c->pages);
	buf_done(&c->csp);
	db_close(c->db);
	free(c);
}

const struct site *
ctx_site(struct ctx *c)
{
	return &c->site;
}

void
ctx_ring(const struct ctx *c)
{
	/*
	 * Full: it rings already.  Gone: couriers look by themselves, a little
	 * later.
	 */
	if (c->doorbell != -1 && write(c->doorbell, "", 1) == -1)
		log_debug("doorbell", "nobody heard the doorbell");
}

int64_t
ctx_last_us(const struct ctx *c, const struct req *q)
{
	return q->began_us + INT64_C(1000000) *
	    (c->conf->pool[c->pool].request_timeout - c->conf->stripe.timeout);
}
