/* SPDX-License-Identifier: MIT */

#include "account/key.h"

#include "api/api.h"

#define KB	1024
#define HOOK	DUTY_HOOK
#define PASS	DUTY_PASSWORD
#define STRIPE	DUTY_STRIPE
#define WEB	DUTY_WEB

/*
 * What is not on this list, nor on that of another door, does not exist; what a
 * row does not permit is refused in http/enforce.c before the handler runs.
 */
const struct route api_routes[] = {
	/* who it is */
	{ POST, "/api/signup",          PASS, ANYONE,  0, JSON,  8 * KB,
	    LIMIT_SIGNUP, signup },
	{ POST, "/api/login",           PASS, ANYONE,  0, JSON,  8 * KB,
	    LIMIT_LOGIN, login },
	{ POST, "/api/logout",          WEB,  VISITOR, 0, EMPTY, KB,
	    LIMIT_USUAL, logout },
	{ GET,  "/api/session",         WEB,  VISITOR, 0, NONE,  0,
	    LIMIT_USUAL, session_show },
	{ GET,  "/auth",                WEB,  ANYONE,  0, NONE,  0,
	    FREE_ASKED, auth },
	{ GET,  "/auth/login",          WEB,  ANYONE,  0, NONE,  0,
	    FREE_ASKED, auth_login },
	{ GET,  "/auth/pricing",        WEB,  ANYONE,  0, NONE,  0,
	    FREE_ASKED, auth_pricing },

	{ GET,  "/api/entitlements",    WEB,  MEMBER,  0, NONE,  0,
	    LIMIT_USUAL, entitlements_show },

	{ POST, "/api/account/erase",   PASS, MEMBER,  0, JSON,  8 * KB,
	    LIMIT_ERASE, account_erase_start },

	/* what is sold */
	{ GET,  "/api/config",          WEB,  ANYONE,  0, NONE,  0,
	    LIMIT_USUAL, config_show },
	{ GET,  "/api/plans",           WEB,  ANYONE,  0, NONE,  0,
	    LIMIT_USUAL, plans_show },
	{ GET,  "/api/subscription",    WEB,  MEMBER,  0, NONE,  0,
	    LIMIT_USUAL, subscription_show },
	{ POST, "/api/subscription/preview", STRIPE, MEMBER, 0, JSON, 4 * KB,
	    LIMIT_BILLING, subscription_preview },
	{ POST, "/api/subscription/change", STRIPE, MEMBER, 0, JSON, 4 * KB,
	    LIMIT_BILLING, subscription_change },
	{ POST, "/api/subscription/quantity", STRIPE, MEMBER, 0, JSON, 4 * KB,
	    LIMIT_BILLING, subscription_quantity },
	{ POST, "/api/subscription/cancel", STRIPE, MEMBER, 0, JSON, 4 * KB,
	    LIMIT_BILLING, subscription_cancel },
	{ POST, "/api/subscription/resume", STRIPE, MEMBER, 0, EMPTY, KB,
	    LIMIT_BILLING, subscription_resume },
	{ GET,  "/api/invoices",        WEB,  MEMBER,  0, NONE,  0,
	    LIMIT_USUAL, invoices_show },
	{ POST, "/api/checkout",        STRIPE, MEMBER, 0, JSON, 4 * KB,
	    LIMIT_BILLING, checkout_start },
	{ POST, "/api/checkout/return", WEB,  MEMBER,  0, JSON,  4 * KB,
	    LIMIT_USUAL, checkout_return },
	{ POST, "/api/portal",          STRIPE, MEMBER, 0, EMPTY, KB,
	    LIMIT_BILLING, portal_open },

	/* referrals */
	{ GET,  "/api/referral/offer",  WEB,  VISITOR, 0, NONE,  0,
	    LIMIT_USUAL, referral_offer },
	{ GET,  "/api/cello/token",     WEB,  VISITOR, 0, NONE,  0,
	    LIMIT_USUAL, cello_token },
	{ POST, "/api/cello/boot",      WEB,  MEMBER,  0, JSON,  4 * KB,
	    LIMIT_USUAL, cello_boot },

	/* machines */
	{ POST, "/api/server/demo",     WEB,  PROGRAM, KEY_SERVER, JSON,
	    4 * KB, LIMIT_SERVER, server_demo },
	{ POST, "/api/server/erase",    WEB,  PROGRAM, KEY_SERVER, JSON,
	    4 * KB, LIMIT_SERVER, server_erase },
	{ POST, "/api/server/verified", WEB,  PROGRAM, KEY_SERVER, JSON,
	    4 * KB, LIMIT_SERVER, server_verified },
	{ GET,  "/api/server/referral-link", WEB, PROGRAM, KEY_SERVER, NONE,
	    0, LIMIT_SERVER, server_link },
	{ POST, "/webhooks/stripe",     HOOK, ANYONE,  0, RAW,   KB * KB,
	    FREE_SIGNED, stripe_webhook },
	{ POST, "/webhooks/cello",      HOOK, ANYONE,  0, RAW,   64 * KB,
	    FREE_SIGNED, cello_webhook },
	{ GET,  "/livez",               WEB,  ANYONE,  0, NONE,  0,
	    FREE_WATCHED, livez },
	{ GET,  "/readyz",              WEB,  ANYONE,  0, NONE,  0,
	    FREE_WATCHED, readyz },

	{ GET,  NULL,                   WEB,  ANYONE,  0, NONE,  0,
	    LIMIT_USUAL, NULL }
};

const struct together api_together[] = {
	{ stripe_webhook, stripe_webhooks },
	{ NULL, NULL }
};
