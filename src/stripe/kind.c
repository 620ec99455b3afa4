/* SPDX-License-Identifier: MIT */

#include "base/buf.h"
#include "base/text.h"
#include "net/form.h"

#include "stripe/kind.h"

static const struct {
	const char	*name;
	const char	*path;
	const char	*query;
} kinds[STRIPE_KINDS] = {
	[STRIPE_CUSTOMER] = { "customer", "/v1/customers/", "" },
	/* Whether it is paid stands in its invoice: one answer, one moment. */
	[STRIPE_SUBSCRIPTION] = { "subscription", "/v1/subscriptions/",
	    "?expand[]=latest_invoice" },
	[STRIPE_INVOICE] = { "invoice", "/v1/invoices/", "" },
	[STRIPE_CHECKOUT_SESSION] = { "checkout.session",
	    "/v1/checkout/sessions/", "" }
};

enum stripe_kind
stripe_kind(const char *name)
{
	enum stripe_kind k;

	for (k = 0; k < STRIPE_KINDS; k++)
		if (text_equal(kinds[k].name, name))
			break;
	return k;
}

const char *
stripe_kind_name(enum stripe_kind kind)
{
	return kinds[kind].name;
}

int
stripe_id_ok(const char *id)
{
	return id[0] != '\0' && !text_begins(id, "upcoming_in");
}

void
stripe_path(enum stripe_kind kind, const char *id, struct buf *out)
{
	buf_text(out, kinds[kind].path);
	form_escape(out, id);
	buf_text(out, kinds[kind].query);
}
