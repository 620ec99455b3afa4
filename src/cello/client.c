/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "net/fetch.h"
#include "net/form.h"

#include "cello/client.h"

#define URL_MAX		4096
#define KEYS_MAX	(2 * CELLO_TOKEN)
#define HEADER_MAX	(CELLO_TOKEN + 64)

/* As documented, where an answer does not say. */
#define ACCESS_S	18000
#define REFRESH_S	432000

struct cello {
	const char	*base;		/* borrowed */
	char		*key_id;	/* owned */
	char		*key;		/* owned, secret */
	int		 timeout_ms;
	char		 digest[CELLO_DIGEST];
	unsigned char	 seal[SEAL_KEY];
	struct fetch	*fetch;		/* owned */
};

/* A path ends with {id}, or has something behind it. */
static const struct route {
	const char	*method;
	const char	*path;
	const char	*after;		/* the id; NULL: there is none */
	const char	*told_by;	/* a member of the answer; NULL: none */
	int		 says_yes;	/* and which is true */
} routes[CELLO_ROUTES] = {
	[CELLO_EVENT] = { "POST", "/events", NULL, "success", 1 },
	[CELLO_SIGNUP_V2] = { "POST", "/v2/events/signup-created", NULL,
	    "eventId", 0 },
	[CELLO_DEMO_V2] = { "POST", "/v2/events/demo-attended", NULL,
	    "eventId", 0 },
	[CELLO_PURCHASE_V2] = { "POST", "/v2/events/purchase-created", NULL,
	    "eventId", 0 },
	[CELLO_REFUND_V2] = { "POST", "/v2/events/purchase-refunded", NULL,
	    "eventId", 0 },
	[CELLO_CODE] = { "GET", "/referral-codes/", "", "valid", 0 },
	[CELLO_LINK] = { "GET", "/referral-codes/active-link/", "", "link",
	    0 },
	[CELLO_REWARD] = { "GET", "/new-users/", "/reward", "eligible", 0 },
	[CELLO_DEPERSONALIZE] = { "POST", "/referrers/", "/depersonalize",
	    NULL, 0 }
};

static void
keys_look(struct cello *c)
{
	static const char purpose[] = "endpin seals Cello's tokens";
	const struct piece who[] = { { c->base, strlen(c->base) },
	    { c->key_id, strlen(c->key_id) } };
	const struct piece what = { purpose, sizeof(purpose) - 1 };
	unsigned char digest[DIGEST_SHA256];
	struct hmac *h = hmac_sha256_new(c->key, strlen(c->key));

	hmac_digest(h, &what, 1, c->seal);
	hmac_digest(h, who, NELEM(who), digest);
	hmac_free(h);
	text_hex(digest, sizeof(digest), c->digest);
}

struct cello *
cello_open(const char *base, const char *access_key_id,
    const char *secret_access_key, int timeout_s)
{
	struct cello *c = mem_zero(1, sizeof(*c));

	c->base = base;
	c->key_id = mem_text(access_key_id);
	c->key = mem_text(secret_access_key);
	c->timeout_ms = timeout_s * 1000;
	keys_look(c);
	c->fetch = fetch_open();
	return c;
}

void
cello_close(struct cello *c)
{
	if (c == NULL)
		return;
	fetch_close(c->fetch);
	free(c->key_id);
	mem_free_secret(c->key, strlen(c->key));
	mem_free_secret(c, sizeof(*c));
}

const char *
cello_digest(const struct cello *c)
{
	return c->digest;
}

const unsigned char *
cello_seal(const struct cello *c)
{
	return c->seal;
}

void
cello_reply_done(struct cello_reply *r)
{
	json_free(r->body);
	r->body = NULL;
}

/* Status 0: there was no answer, and net/fetch has said why. */
static void
say_call(const char *method, const char *path, const struct cello_reply *r,
    int64_t us)
{
	log_info("cello_call", "%s %s status %d request %s%s in %lld us",
	    method, path, r->status, r->request_id[0] == '\0' ? "-" :
	    r->request_id, r->unsure ? " unsure" : "", (long long)us);
}

/* Of all that Cello says when it refuses only this is always there. */
static void
take_message(struct cello_reply *r)
{
	const char *text = json_text(r->body, "message");
	size_t i;
	struct buf b;

	buf_init(&b, CELLO_MESSAGE - 1);
	for (i = 0; text == NULL && i < json_count(r->body, "message"); i++)
		buf_format(&b, "%s%s", i == 0 ? "" : "; ",
		    json_text(json_item(r->body, "message", i), NULL));
	if (text == NULL)
		text = b.data;
	/* It may quote what was sent. */
	text_cut(strchr(text, '@') != NULL ? "(it quotes an address)" : text,
	    r->message, sizeof(r->message));
	buf_done(&b);
}

static enum err
meaning(struct cello_reply *r)
{
	const int status = r->status;

	if (status >= 200 && status <= 299)
		return ERR_OK;
	if (status == 401)
		return ERR_DENIED;
	if (status == 404)
		return ERR_NOTFOUND;
	if (status == 409)
		return ERR_CONFLICT;
	/* The gateway counts, and keeps out, before it hands on. */
	if (status == 429 || status == 403)
		return ERR_LATER;
	if (status == 408 || status >= 500) {
		r->unsure = 1;
		return ERR_LATER;
	}
	/* Cello does not redirect: somebody else answers at this address. */
	return status >= 400 ? ERR_INPUT : ERR_INTERNAL;
}

static enum err
call(struct cello *c, const char *path, struct fetch_request *q,
    struct cello_reply *r)
{
	struct fetch_reply reply;
	struct buf url;
	enum err e;

	memset(r, 0, sizeof(*r));
	fetch_reply_init(&reply);
	buf_init(&url, URL_MAX);
	buf_format(&url, "%s%s", c->base, path);
	q->url = url.data;
	q->timeout_ms = c->timeout_ms;
	e = url.full ? ERR_INPUT : fetch_run(c->fetch, q, &reply);
	if (e == ERR_OK) {
		r->status = reply.status;
		r->retry_after = reply.retry_after;
		memcpy(r->request_id, reply.request_id, sizeof(r->request_id));
		if (json_parse_kindly(reply.body.data, reply.body.len,
		    &r->body) != ERR_OK)
			r->body = NULL;
		take_message(r);
		e = meaning(r);
	} else {
		r->unsure = e == ERR_INTERNAL;
		/* Our configuration names this address. */
		e = e == ERR_INPUT ? ERR_INTERNAL : ERR_LATER;
	}
	buf_done(&url);
	fetch_reply_done(&reply);
	return e;
}

enum err
cello_ask(struct cello *c, const struct cello_request *q,
    struct cello_reply *r)
{
	const struct route *route = &routes[q->route];
	const int64_t start = clock_mono_us();
	const char *header[] = { NULL, "Content-Type: application/json", NULL,
	    NULL };
	struct fetch_request f = { .method = route->method, .header = header,
	    .body = q->body,
	    .body_len = q->body == NULL ? 0 : strlen(q->body) };
	struct buf bearer, key, path;
	enum err e;

	buf_init(&bearer, HEADER_MAX);
	buf_init(&key, HEADER_MAX);
	buf_init(&path, URL_MAX);
	buf_format(&bearer, "Authorization: Bearer %s", q->token);
	header[0] = bearer.data;
	if (q->key != NULL) {
		buf_format(&key, "Idempotency-Key: %s", q->key);
		header[2] = key.data;
	}
	buf_text(&path, route->path);
	if (route->after != NULL) {
		form_escape(&path, q->id);
		buf_text(&path, route->after);
	}
	e = path.full || bearer.full ? ERR_INPUT : call(c, path.data, &f, r);
	/* "Done" that does not say so may be anybody's. */
	if (e == ERR_OK && route->told_by != NULL &&
	    (!json_has(r->body, route->told_by) ||
	    (route->says_yes && !json_yes(r->body, route->told_by)))) {
		r->unsure = 1;
		e = ERR_LATER;
	}
	say_call(route->method, route->path, r, clock_mono_us() - start);
	buf_done(&path);
	buf_done(&key);
	buf_done(&bearer);
	return e;
}

static enum err
take_grant(const struct json *body, struct cello_grant *g)
{
	const char *access = json_text(body, "accessToken");
	const char *refresh = json_text(body, "refreshToken");

	memset(g, 0, sizeof(*g));
	if (access == NULL || strlen(access) >= sizeof(g->access) ||
	    access[strspn(access, "!#$%&'*+-./0123456789:=?@^_`|~"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")] != '\0')
		return ERR_LATER;
	memcpy(g->access, access, strlen(access) + 1);
	if (refresh != NULL && strlen(refresh) < sizeof(g->refresh))
		memcpy(g->refresh, refresh, strlen(refresh) + 1);
	if (json_int(body, "expiresIn", &g->access_s) != ERR_OK ||
	    g->access_s <= 0)
		g->access_s = ACCESS_S;
	if (json_int(body, "refreshTokenExpiresIn", &g->refresh_s) != ERR_OK ||
	    g->refresh_s <= 0)
		g->refresh_s = REFRESH_S;
	return ERR_OK;
}

enum err
cello_exchange(struct cello *c, const char *refresh,
    struct cello_grant *ret_grant)
{
	static const char *const header[] = { "Content-Type: application/json",
	    NULL };
	const int64_t start = clock_mono_us();
	struct fetch_request q = { .method = "POST", .header = header };
	struct cello_reply r;
	struct json_writer w;
	struct buf body;
	enum err e;

	buf_init(&body, KEYS_MAX);
	json_write_init(&w, &body);
	json_open(&w, NULL);
	if (refresh != NULL)
		json_put_text(&w, "refreshToken", refresh);
	else {
		json_put_text(&w, "accessKeyId", c->key_id);
		json_put_text(&w, "secretAccessKey", c->key);
	}
	json_close(&w);
	q.body = body.data;
	q.body_len = body.len;
	e = call(c, "/token", &q, &r);
	say_call("POST", "/token", &r, clock_mono_us() - start);
	/* 400 is documented for bad keys, and 401 is what comes. */
	if (e == ERR_INPUT && r.status == 400)
		e = ERR_DENIED;
	if (e == ERR_OK)
		e = take_grant(r.body, ret_grant);
	else if (e != ERR_DENIED)
		e = ERR_LATER;
	cello_reply_done(&r);
	buf_done(&body);
	return e;
}
