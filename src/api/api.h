/* SPDX-License-Identifier: MIT */
#ifndef API_API_H
#define API_API_H

/*
 * The JSON door: fields in, a verb of app/, words out.  No SQL, no transaction,
 * no rule of the business.
 */

#include "app/ctx.h"
#include "base/err.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

extern const struct route api_routes[];		/* routes.c */
extern const struct together api_together[];

typedef enum err handler(struct ctx *c, const struct req *q, struct resp *p);

handler signup, login, logout;
handler session_show;					/* GET /api/session */
handler config_show;					/* GET /api/config */
handler plans_show;
handler checkout_start, checkout_return;
handler portal_open;
handler subscription_show;
handler subscription_preview, subscription_change, subscription_quantity;
handler subscription_cancel, subscription_resume;
handler invoices_show;
handler cello_boot;
handler cello_token;
handler referral_offer;				/* GET /api/referral/offer */
handler account_erase_start;			/* POST /api/account/erase */
handler server_demo, server_erase, server_link,
    server_verified;
handler auth, auth_login, auth_pricing;
handler entitlements_show;
handler stripe_webhook, cello_webhook;
void stripe_webhooks(struct ctx *c, const struct req *const q[],
    struct resp *const p[], enum err ret[], size_t n);
handler livez, readyz;

#endif /* !API_API_H */
