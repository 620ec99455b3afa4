/* SPDX-License-Identifier: MIT */

#include "billing/checkout.h"
#include "billing/object.h"

#include "app/app.h"

#include "app/look_at_purchase.h"

enum err
look_at_purchase(struct app *a, const char *account_id,
    const char *session_id)
{
	int awaited;
	enum err e;

	e = checkout_owned(a->db, account_id, session_id, &awaited);
	if (e != ERR_OK || !awaited)
		return e;
	e = object_await(a->db, STRIPE_CHECKOUT_SESSION, session_id);
	if (e == ERR_OK)
		app_ring(a);
	return e;
}
