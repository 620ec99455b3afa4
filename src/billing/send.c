/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "stripe/client.h"
#include "stripe/kind.h"

#include "billing/call.h"
#include "billing/refusal.h"

#include "billing/send.h"

#define LOOK_PATH	4096
#define LOOK_MOST	100	/* that a list shows at once */

/*
 * Where to look for what a call has made: in the list at `path` of what has
 * the same `field`, newest first, the one that carries our id.  The field's
 * value is taken from the form as it was frozen, percent-encoding included.
 */
static const struct look {
	const char	*path;
	const char	*field;
	int		 limit;
	const char	*metadata;
	int		 of_account;	/* the id is the account's */
	int		 is_own;	/* the list is where it was sent */
} looks[CALL_KINDS] = {
	[CALL_CUSTOMER] = { STRIPE_PATH_CUSTOMERS, "email", 100,
	    "new_user_id", 1, 0 },
	[CALL_CHECKOUT] = { STRIPE_PATH_SESSIONS, "customer", 10,
	    "endpin_call", 0, 0 },
	[CALL_REFUND] = { STRIPE_PATH_REFUNDS, "payment_intent", 100,
	    "endpin_call", 0, 0 },
	[CALL_CREDIT] = { .limit = LOOK_MOST, .metadata = "endpin_call",
	    .is_own = 1 }
};

/* The encoded value of `name` in `form`; *ret_len is 0 if it is not there. */
static const char *
form_value(const char *form, const char *name, size_t *ret_len)
{
	size_t len = strlen(name);
	const char *at = form;

	while (strncmp(at, name, len) != 0 || at[len] != '=') {
		if ((at = strchr(at, '&')) == NULL) {
			*ret_len = 0;
			return "";
		}
		at++;
	}
	at += len + 1;
	*ret_len = strcspn(at, "&");
	return at;
}

/*
 * Not even the list can be read.  Whatever page there is, nobody was given its
 * address, so nobody can pay on it: another may take its place.
 */
static int
is_page_lost(const struct call *c, enum err e, const struct sending *s)
{
	return c->kind == CALL_CHECKOUT && e == ERR_LATER &&
	    s->reply.status >= 200 && s->reply.status <= 299;
}

/* Where to look; empty: what expires or opens something is asked for anew. */
static void
look_path(const struct call *c, struct buf *path)
{
	const struct look *l = &looks[c->kind];
	const char *value;
	size_t len;

	if (l->is_own) {
		buf_format(path, "%s?limit=%d", c->path, l->limit);
		return;
	}
	if (l->path == NULL)
		return;
	value = form_value(c->form, l->field, &len);
	if (len > 0)
		buf_format(path, "%s?%s=%.*s&limit=%d", l->path, l->field,
		    (int)len, value, l->limit);
}

/*
 * Which of those that were listed carries our id?  ERR_INPUT: none, and there
 * are more of what may not be done twice.
 */
static enum err
find_made(const struct call *c, struct sending *s)
{
	const struct look *l = &looks[c->kind];
	const char *id = l->of_account ? c->account_id : c->id;
	const struct json *found;
	size_t i;

	for (i = 0; i < json_count(s->reply.body, "data"); i++) {
		found = json_item(s->reply.body, "data", i);
		if (text_equal(json_text(json_at(found, "metadata"),
		    l->metadata), id)) {
			s->made = found;
			return ERR_OK;
		}
	}
	return l->is_own && json_yes(s->reply.body, "has_more") ? ERR_INPUT :
	    ERR_NOTFOUND;
}

/* ERR_NOTFOUND: Stripe has nothing of this call. */
static enum err
look_up(struct stripe *stripe, const struct call *c, struct sending *s)
{
	struct buf path;
	enum err e = ERR_NOTFOUND;

	sending_done(s);
	buf_init(&path, LOOK_PATH);
	look_path(c, &path);
	if (path.len > 0 && !path.full &&
	    (e = stripe_get(stripe, path.data, &s->reply)) == ERR_OK)
		e = find_made(c, s);
	else if (is_page_lost(c, e, s))
		e = ERR_NOTFOUND;
	buf_done(&path);
	return e;
}

/*
 * Is the key spent, so that nothing else will be said under it?  That other
 * parameters came under it cannot be of one that was never sent before: then
 * another key would fare no better.
 */
static int
is_spent(const struct call *c, enum err e, const struct stripe_reply *r)
{
	if (e == ERR_INPUT)
		return c->sent && text_equal(json_text(r->body, "error.type"),
		    "idempotency_error");
	return e == ERR_LATER && r->replayed;
}

/* "answered 400 coupon_expired discounts[0][coupon] request req_1: ..." */
static void
quote(const struct stripe_reply *r, char ret_why[SEND_WHY])
{
	struct buf b;

	buf_init(&b, SEND_WHY - 1);
	buf_format(&b, "answered %d", r->status);
	if (r->code[0] != '\0')
		buf_format(&b, " %s", r->code);
	if (r->param[0] != '\0')
		buf_format(&b, " %s", r->param);
	if (r->request_id[0] != '\0')
		buf_format(&b, " request %s", r->request_id);
	if (r->message[0] != '\0')
		buf_format(&b, ": %s", r->message);
	memcpy(ret_why, b.data, b.len + 1);
	buf_done(&b);
}

/* Keep for the journal why it did not work; and say what somebody must fix. */
static void
explain(const struct call *c, enum err e, struct sending *s)
{
	const struct stripe_reply *r = &s->reply;

	if (e == ERR_NOTFOUND)
		(void)snprintf(s->why, sizeof(s->why), "nothing came of it");
	else if (r->status == 0)
		(void)snprintf(s->why, sizeof(s->why), "no answer");
	else if (e == ERR_INPUT && r->status == 200)
		(void)snprintf(s->why, sizeof(s->why), "Stripe's list is too"
		    " long to say if it was done");
	else
		quote(r, s->why);

	/* A page that was paid on cannot be closed: nobody's mistake. */
	if (c->kind == CALL_EXPIRE && e == ERR_INPUT)
		log_info("call_refused", "page %s is not open any more",
		    c->subject);
	else if (c->kind == CALL_CHECKOUT && e == ERR_INPUT &&
	    refusal_of(r, c->form) == REFUSAL_DISCOUNT)
		log_warn("discount_refused", "Stripe refuses the coupon that"
		    " the checkout call %s gives, so its page will have none:"
		    " %s", c->id, s->why);
	else if (e == ERR_INPUT || e == ERR_INTERNAL)
		log_error("call_refused", "Stripe refuses the %s call %s: %s",
		    call_kind_name(c->kind), c->id, s->why);
}

/* Asked for under no key: a second time it is not there any more. */
static int
is_deletion(const struct call *c)
{
	return c->kind == CALL_END || c->kind == CALL_CLOSE ||
	    c->kind == CALL_DELETE;
}

/* What has ended is not there to be ended: that is all that was wanted. */
static enum err
call_send_deletion(struct stripe *stripe, const struct call *c, struct sending *s)
{
	enum err e = stripe_delete(stripe, c->path, &s->reply);

	s->made = s->reply.body;
	if (e == ERR_NOTFOUND)
		return ERR_OK;
	if (e != ERR_OK)
		explain(c, e, s);
	return e;
}

enum err
call_send(struct stripe *stripe, const struct call *c, int64_t last_us,
    struct sending *s)
{
	enum err e;

	memset(s, 0, sizeof(*s));
	if (is_deletion(c))
		return call_send_deletion(stripe, c, s);
	if (c->stale)
		e = look_up(stripe, c, s);
	else if ((e = stripe_post(stripe, c->path, c->form, c->id,
	    &s->reply)) == ERR_OK)
		s->made = s->reply.body;
	else if (is_spent(c, e, &s->reply))
		e = clock_mono_us() < last_us ? look_up(stripe, c, s) :
		    ERR_LATER;
	else if (e == ERR_NOTFOUND)
		e = ERR_INPUT;	/* something that the form names */
	else if (e == ERR_CONFLICT) {
		s->twin = 1;
		e = ERR_LATER;
	}
	if (e != ERR_OK)
		explain(c, e, s);
	return e;
}

void
sending_done(struct sending *s)
{
	stripe_reply_done(&s->reply);
	memset(&s->reply, 0, sizeof(s->reply));
	s->made = NULL;
}

int
sending_lost_customer(const struct sending *s, const struct call *c,
    const char *customer_id)
{
	const char *value;
	size_t len;

	if (!text_equal(s->reply.code, "resource_missing") ||
	    !text_equal(s->reply.param, "customer"))
		return 0;
	value = form_value(c->form, "customer", &len);
	return len == strlen(customer_id) &&
	    strncmp(value, customer_id, len) == 0;
}
