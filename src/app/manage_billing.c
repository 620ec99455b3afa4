/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "billing/call.h"
#include "billing/customer.h"
#include "billing/send.h"
#include "db/db.h"
#include "net/form.h"
#include "stripe/client.h"
#include "stripe/kind.h"

#include "app/app.h"
#include "app/config.h"
#include "app/know_home.h"

#include "app/manage_billing.h"

/* Somebody on the way there. */
struct visit {
	struct app		*a;
	const char		*account_id;
	int			*retry_after;
	char			 customer[STRIPE_ID];
	struct call		 call;		/* owned */
	enum err		 sent;
	struct sending		 sending;	/* owned */
};

static void
write_form(const struct visit *v, struct buf *out)
{
	struct buf url;

	buf_init(&url, MANAGE_URL);
	buf_format(&url, "%s/account", v->a->conf->site);
	form_text(out, "customer", v->customer);
	form_text(out, "return_url", url.data);
	buf_done(&url);
}

static enum err
announce(struct db *db, void *arg)
{
	struct visit *v = arg;
	struct buf form;
	enum err e;

	call_done(&v->call);
	call_init(&v->call, v->account_id, CALL_PORTAL,
	    STRIPE_PATH_PORTAL);
	if ((e = customer_of(db, v->account_id, v->customer)) != ERR_OK ||
	    (e = call_may_write(db, v->account_id, CALL_PORTAL,
	    v->retry_after)) != ERR_OK)
		return e;

	buf_init(&form, CALL_FORM);
	write_form(v, &form);
	v->call.form = mem_text(form.data);
	buf_done(&form);
	if ((e = call_write(db, &v->call)) != ERR_OK)
		return e;
	return call_sending(db, &v->call);
}

/* Stripe does not know the customer: what it was asked for says so. */
static int
has_lost_customer(const struct visit *v)
{
	return v->sent == ERR_INPUT &&
	    sending_lost_customer(&v->sending, &v->call, v->customer);
}

/*
 * A visit leaves nothing at Stripe, so one that failed is not sent again: the
 * next click is another.  A customer that is gone is written down, so that the
 * next purchase makes another; here a fresh one would have nothing to manage.
 */
static enum err
write_down(struct db *db, void *arg)
{
	struct visit *v = arg;
	const char *id = NULL;
	enum err e;

	if (v->sent == ERR_OK)
		id = json_text(v->sending.made, "id");
	if (id != NULL)
		return call_made(db, &v->call, id);
	e = call_refused(db, &v->call, v->sending.why);
	if (e == ERR_OK && has_lost_customer(v))
		e = customer_lost(db, v->customer);
	return e;
}

static enum err
take_url(const struct visit *v, struct portal_visit *ret_visit)
{
	const char *url;

	ret_visit->retry_after = v->sending.reply.retry_after;
	if (has_lost_customer(v))
		return ERR_NOTFOUND;
	if (know_home_refused_later(v->a, v->sending.reply.status,
	    &ret_visit->retry_after))
		return ERR_LATER;
	if (v->sent != ERR_OK)
		return v->sent == ERR_LATER ? ERR_LATER : ERR_INPUT;
	/* The next click is another call, and may have a better answer. */
	url = json_text(v->sending.made, "url");
	if (url == NULL || strlen(url) >= sizeof(ret_visit->url)) {
		log_error("portal_unreadable", "the answer to the portal call"
		    " %s has no address that can be read", v->call.id);
		return ERR_LATER;
	}
	memcpy(ret_visit->url, url, strlen(url) + 1);
	return ERR_OK;
}

enum err
manage_billing(struct app *a, const char *account_id, int64_t last_us,
    struct portal_visit *ret_visit)
{
	struct visit v = { .a = a, .account_id = account_id,
	    .retry_after = &ret_visit->retry_after };
	enum err e;

	e = know_home_or_later(a, &ret_visit->retry_after);
	if (e != ERR_OK || (e = db_transaction(a->db, announce, &v)) != ERR_OK)
		goto done;
	v.sent = call_send(a->stripe, &v.call, last_us, &v.sending);
	if ((e = db_transaction(a->db, write_down, &v)) == ERR_OK)
		e = take_url(&v, ret_visit);
	sending_done(&v.sending);
done:
	call_done(&v.call);
	return e;
}
