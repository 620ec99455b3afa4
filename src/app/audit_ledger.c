/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "billing/customer.h"
#include "ledger/ledger.h"
#include "stripe/client.h"
#include "stripe/kind.h"

#include "app/app.h"
#include "app/know_home.h"
#include "app/walk.h"

#include "app/audit_ledger.h"

static const enum stripe_kind moving[] = {
	STRIPE_INVOICE, STRIPE_REFUND, STRIPE_DISPUTE, STRIPE_CREDIT_NOTE
};

struct work {
	struct app	*a;
	enum stripe_kind kind;
	audit_tell	*tell;
	void		*arg;
	struct audit	*audit;
};

/* Is it money of somebody whom we know? */
static enum err
is_ours(struct work *w, const struct json *object, int *ret_ours)
{
	const char *customer = ledger_customer(object);
	char account[TEXT_UUID] = "";
	enum err e = ERR_OK;

	if (customer != NULL)
		e = customer_owner(w->a->db, customer, account);
	*ret_ours = account[0] != '\0';
	return e;
}

static enum err
look_at(struct work *w, const struct json *object, const struct json *payments)
{
	struct ledger_entry entry[LEDGER_MOST];
	size_t count, i;
	int ours;
	enum err e;

	w->audit->objects++;
	if ((e = is_ours(w, object, &ours)) != ERR_OK)
		return e;
	if (!ours) {
		w->audit->foreign++;
		return ERR_OK;
	}
	e = ledger_entries(w->kind, object, payments, entry, &count);
	for (i = 0; e == ERR_OK && i < count; i++) {
		w->audit->entries++;
		e = ledger_find(w->a->db, &entry[i]);
		if (e != ERR_NOTFOUND)
			continue;
		w->audit->missing++;
		w->tell(w->audit, &entry[i], w->arg);
		e = ERR_OK;
	}
	return e;
}

/* An invoice whose payments are more than are shown in it. */
static enum err
look_at_whole(struct work *w, const struct json *object)
{
	struct stripe_reply reply;
	struct buf path;
	enum err e;

	if (w->kind != STRIPE_INVOICE || !ledger_has_more(object))
		return look_at(w, object, NULL);
	buf_init(&path, STRIPE_PATH);
	stripe_path_payments(json_text(object, "id"), &path);
	e = walk_whole(w->a, &path, LEDGER_PAGES, &reply);
	if (e == ERR_OK)
		e = look_at(w, object, reply.body);
	stripe_reply_done(&reply);
	buf_done(&path);
	return e;
}

static enum err
look_at_page(const struct json *page, void *arg)
{
	const size_t count = json_count(page, "data");
	struct work *w = arg;
	enum err e = ERR_OK;
	size_t i;

	for (i = 0; i < count && e == ERR_OK; i++)
		e = look_at_whole(w, json_item(page, "data", i));
	w->audit->pages++;
	w->tell(w->audit, NULL, w->arg);
	return e;
}

static enum err
look_at_list(struct work *w, int64_t since)
{
	struct stripe_reply last;
	struct buf path;
	enum err e;

	buf_init(&path, STRIPE_PATH);
	stripe_path_whole(w->kind, since, &path);
	e = walk(w->a, &path, look_at_page, w, &last);
	stripe_reply_done(&last);
	buf_done(&path);
	return e;
}

enum err
audit_ledger(struct app *a, int64_t since, audit_tell *tell, void *arg,
    struct audit *ret_audit)
{
	struct work w = { .a = a, .tell = tell, .arg = arg,
	    .audit = ret_audit };
	enum err e;
	size_t i;

	memset(ret_audit, 0, sizeof(*ret_audit));
	e = know_home(a);
	for (i = 0; e == ERR_OK && i < NELEM(moving); i++) {
		w.kind = moving[i];
		e = look_at_list(&w, since);
	}
	return e;
}
