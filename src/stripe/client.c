/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <ctype.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "net/fetch.h"

#include "stripe/client.h"

#define URL_MAX		4096
#define HEADER_MAX	(STRIPE_KEY_MAX + 32)
#define TEMPLATE_MAX	128
#define MESSAGE_READ	1024	/* of a message, before it is cut */

struct stripe {
	const char	*base;		/* borrowed */
	char		*authorization;	/* owned, secret */
	int		 timeout_ms;
	int		 live;
	int		 restricted;
	char		 digest[2 * DIGEST_SHA256 + 1];
	struct fetch	*fetch;		/* owned */
	stripe_gate	*gate;		/* NULL: every call may be made */
	void		*gate_arg;
	stripe_full	*full;		/* NULL: nobody wants to know */
	void		*full_arg;
	int		 times;		/* that a GET is sent, at most */
};

static void
key_look(struct stripe *s, const char *key)
{
	unsigned char digest[DIGEST_SHA256];

	s->live = text_begins(key, "sk_live_") || text_begins(key, "rk_live_");
	s->restricted = text_begins(key, "rk_");
	digest_sha256(key, strlen(key), digest);
	text_hex(digest, sizeof(digest), s->digest);
}

struct stripe *
stripe_open(const char *base, const char *key, int timeout_s)
{
	static const char bearer[] = "Authorization: Bearer ";
	struct stripe *s = mem_zero(1, sizeof(*s));
	size_t len = strlen(key);

	/* By hand, because a buf that grows leaves copies behind. */
	s->authorization = mem_zero(1, sizeof(bearer) + len);
	memcpy(s->authorization, bearer, sizeof(bearer) - 1);
	memcpy(s->authorization + sizeof(bearer) - 1, key, len);
	s->base = base;
	s->times = 1;
	s->timeout_ms = timeout_s * 1000;
	key_look(s, key);
	s->fetch = fetch_open();
	return s;
}

void
stripe_close(struct stripe *s)
{
	if (s == NULL)
		return;
	mem_free_secret(s->authorization, strlen(s->authorization));
	fetch_close(s->fetch);
	free(s);
}

void
stripe_ask_first(struct stripe *s, stripe_gate *gate, void *arg)
{
	s->gate = gate;
	s->gate_arg = arg;
}

void
stripe_tell_full(struct stripe *s, stripe_full *full, void *arg)
{
	s->full = full;
	s->full_arg = arg;
}

void
stripe_persist(struct stripe *s, int times)
{
	s->times = times;
}

int
stripe_is_live(const struct stripe *s)
{
	return s->live;
}

int
stripe_is_restricted(const struct stripe *s)
{
	return s->restricted;
}

const char *
stripe_key_digest(const struct stripe *s)
{
	return s->digest;
}

void
stripe_reply_done(struct stripe_reply *r)
{
	json_free(r->body);
	r->body = NULL;
}

/*
 * "/v1/customers/{id}" for "/v1/customers/cus_N1?expand[]=x".  An id has a
 * digit or a capital, a word of Stripe's has neither, apart from "v1".
 */
static void
template_of(const char *path, struct buf *out)
{
	size_t i, len;
	int is_id, first = 1;

	while (*path == '/') {
		path++;
		len = strcspn(path, "/?");
		for (is_id = 0, i = 0; i < len; i++)
			if (isdigit((unsigned char)path[i]) ||
			    isupper((unsigned char)path[i]))
				is_id = 1;
		buf_char(out, '/');
		if (is_id && !first)
			buf_text(out, "{id}");
		else
			buf_add(out, path, len);
		first = 0;
		path += len;
	}
}

static const char *
or_dash(const char *text)
{
	return text_empty(text) ? "-" : text;
}

static void
endpoint_of(const char *method, const char *path, struct buf *out)
{
	buf_format(out, "%s ", method);
	template_of(path, out);
}

/* May it be called now?  Else say for how long not. */
static int
may_call(struct stripe *s, const char *method, const char *path,
    struct stripe_reply *r)
{
	struct buf endpoint;

	if (s->gate == NULL)
		return 1;
	buf_init(&endpoint, TEMPLATE_MAX);
	endpoint_of(method, path, &endpoint);
	r->wait_ms = s->gate(s->gate_arg, endpoint.data);
	buf_done(&endpoint);
	return r->wait_ms == 0;
}

static void
tell_full(struct stripe *s, const char *method, const char *path,
    const struct fetch_reply *from)
{
	const int all = text_begins(from->limited, "global-");
	struct buf endpoint;

	if (s->full == NULL || from->status != 429 ||
	    (!all && !text_begins(from->limited, "endpoint-")))
		return;
	buf_init(&endpoint, TEMPLATE_MAX);
	endpoint_of(method, path, &endpoint);
	s->full(s->full_arg, endpoint.data, all, from->retry_after);
	buf_done(&endpoint);
}

/* Status 0: there was no answer, and net/fetch has said why. */
static void
say_call(const char *method, const char *path, const struct stripe_reply *r,
    int64_t us)
{
	struct buf template;

	buf_init(&template, TEMPLATE_MAX);
	template_of(path, &template);
	log_info("stripe_call", "%s %s status %d code %s param %s request %s%s"
	    " in %lld us", method, template.data, r->status, or_dash(r->code),
	    or_dash(r->param), or_dash(r->request_id),
	    r->replayed ? " replayed" : "", (long long)us);
	buf_done(&template);
}

/*
 * What an answer means.  Whether to come back is decided by what is safe and
 * not by Stripe-Should-Retry: false, which tells a client that loops; we come
 * back later, with the same key.
 */
static enum err
meaning(const struct stripe_reply *r, int should_retry)
{
	if (r->status >= 200 && r->status <= 299)
		return ERR_OK;
	if (r->status == 401 || r->status == 403)
		return ERR_INTERNAL;
	if (r->status == 409 && text_equal(r->code, "idempotency_key_in_use"))
		return ERR_CONFLICT;
	if (r->status == 408 || r->status == 409 || r->status == 429 ||
	    r->status >= 500 || text_equal(r->code, "rate_limit") ||
	    text_equal(r->code, "lock_timeout") || should_retry == 1)
		return ERR_LATER;
	if (r->status == 404 || text_equal(r->code, "resource_missing"))
		return ERR_NOTFOUND;

	/* Stripe does not redirect: somebody else answers at this address. */
	return r->status >= 400 ? ERR_INPUT : ERR_INTERNAL;
}

static void
copy_text(char *to, size_t size, const char *text)
{
	size_t len;

	if (text == NULL)
		return;
	if ((len = strlen(text)) >= size)
		len = size - 1;
	memcpy(to, text, len);
	to[len] = '\0';
}

/*
 * Stripe's own words, for whoever has to mend what it refuses.  They may quote
 * what was sent, so an e-mail address is not taken over; keys Stripe masks.
 */
static void
copy_message(char *to, size_t size, const char *text)
{
	static const char blank[] = " \t\r\n";
	size_t len;
	struct buf b;

	if (text == NULL)
		return;
	buf_init(&b, MESSAGE_READ);
	while (*text != '\0' && !b.full) {
		len = strcspn(text, blank);
		if (memchr(text, '@', len) != NULL)
			buf_text(&b, "(address)");
		else
			buf_add(&b, text, len);
		text += len;
		if (*text != '\0')
			buf_char(&b, ' ');
		text += strspn(text, blank);
	}
	text_cut(b.data, to, size);
	buf_done(&b);
}

static enum err
take_reply(const struct fetch_reply *from, struct stripe_reply *r)
{
	enum err e;

	r->status = from->status;
	r->replayed = from->replayed;
	r->retry_after = from->retry_after;
	r->date = from->date;
	copy_text(r->request_id, sizeof(r->request_id), from->request_id);

	/* An object with an odd member somewhere must not stay unread for ever. */
	if (json_parse_kindly(from->body.data, from->body.len, &r->body) !=
	    ERR_OK)
		r->body = NULL;
	if (r->body != NULL) {
		copy_text(r->code, sizeof(r->code),
		    json_text(r->body, "error.code"));
		copy_text(r->param, sizeof(r->param),
		    json_text(r->body, "error.param"));
		copy_message(r->message, sizeof(r->message),
		    json_text(r->body, "error.message"));
	}

	/* Success that cannot be read is no answer yet. */
	if ((e = meaning(r, from->should_retry)) == ERR_OK && r->body == NULL)
		return ERR_LATER;
	return e;
}

/* `q` lacks its address and its time-out. */
static enum err
call(struct stripe *s, const char *path, struct fetch_request *q,
    struct stripe_reply *r)
{
	int64_t start = clock_mono_us();
	struct fetch_reply reply;
	struct buf url;
	enum err e;

	memset(r, 0, sizeof(*r));
	if (!may_call(s, q->method, path, r))
		return ERR_LATER;
	fetch_reply_init(&reply);
	buf_init(&url, URL_MAX);
	buf_text(&url, s->base);
	buf_text(&url, path);
	assert(path[0] == '/' && !url.full);

	q->url = url.data;
	q->timeout_ms = s->timeout_ms;
	switch (fetch_run(s->fetch, q, &reply)) {
	case ERR_OK:
		e = take_reply(&reply, r);
		tell_full(s, q->method, path, &reply);
		break;
	case ERR_INPUT:
		/* Our configuration names this address. */
		e = ERR_INTERNAL;
		break;
	default:
		/* Sent or not: asking again, under the same key, is right. */
		e = ERR_LATER;
		break;
	}
	say_call(q->method, path, r, clock_mono_us() - start);

	buf_done(&url);
	fetch_reply_done(&reply);
	return e;
}

/* Without a form, and without a key that could be in use. */
static enum err
call_bare(struct stripe *s, const char *method, const char *path,
    struct stripe_reply *r)
{
	const char *const header[] = { s->authorization,
	    "Stripe-Version: " STRIPE_VERSION, NULL };
	struct fetch_request q = { .method = method, .header = header };
	enum err e = call(s, path, &q, r);

	return e == ERR_CONFLICT ? ERR_LATER : e;
}

/* Longer each time, unless Stripe says how long. */
static void
wait_for_stripe(const struct stripe_reply *r, int sent)
{
	int s = r->retry_after > 0 ? r->retry_after : sent;

	if (s > STRIPE_WAIT_MOST_S)
		s = STRIPE_WAIT_MOST_S;
	(void)poll(NULL, 0, s * 1000);
}

enum err
stripe_get_once(struct stripe *s, const char *path, struct stripe_reply *r)
{
	return call_bare(s, "GET", path, r);
}

enum err
stripe_get(struct stripe *s, const char *path, struct stripe_reply *r)
{
	int sent = 1;
	enum err e;

	while ((e = stripe_get_once(s, path, r)) == ERR_LATER &&
	    sent < s->times && r->wait_ms == 0) {
		wait_for_stripe(r, sent++);
		stripe_reply_done(r);
	}
	return e;
}

enum err
stripe_delete(struct stripe *s, const char *path, struct stripe_reply *r)
{
	return call_bare(s, "DELETE", path, r);
}

enum err
stripe_post(struct stripe *s, const char *path, const char *form,
    const char *key, struct stripe_reply *r)
{
	const char *header[] = { s->authorization,
	    "Stripe-Version: " STRIPE_VERSION,
	    "Content-Type: application/x-www-form-urlencoded", NULL, NULL };
	struct fetch_request q = { .method = "POST", .header = header,
	    .body = form, .body_len = strlen(form) };
	struct buf b;
	enum err e;

	assert(key[0] != '\0' && strlen(key) <= STRIPE_KEY_MAX);
	buf_init(&b, HEADER_MAX);
	buf_format(&b, "Idempotency-Key: %s", key);
	header[3] = b.data;
	e = call(s, path, &q, r);
	buf_done(&b);
	return e;
}
