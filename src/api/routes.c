/* SPDX-License-Identifier: MIT */

#include "api/api.h"

#define KB	1024
#define HOOK	DUTY_HOOK
#define PASS	DUTY_PASSWORD
#define STRIPE	DUTY_STRIPE
#define WEB	DUTY_WEB

/*
 * The whole site.  What is not on this list does not exist; what a row does
 * not permit is refused in http/route.c before the handler runs.
 */
const struct route routes[] = {
	/* the pages */
	{ GET,  "/",                    WEB,  ANYONE,  NONE,  0,       page },
	{ GET,  "/signup",              WEB,  ANYONE,  NONE,  0,       page },
	{ GET,  "/login",               WEB,  ANYONE,  NONE,  0,       page },
	{ GET,  "/pricing",             WEB,  ANYONE,  NONE,  0,       page },
	{ GET,  "/account",             WEB,  ANYONE,  NONE,  0,       page },

	/* who it is */
	{ POST, "/api/signup",          PASS, ANYONE,  JSON,  8 * KB,  signup },
	{ POST, "/api/login",           PASS, ANYONE,  JSON,  8 * KB,  login },
	{ POST, "/api/logout",          WEB,  VISITOR, EMPTY, KB,      logout },
	{ GET,  "/api/session",         WEB,  VISITOR, NONE,  0,
	    session_show },
	{ GET,  "/auth",                WEB,  ANYONE,  NONE,  0,       auth },

	/* what is sold */
	{ GET,  "/api/config",          WEB,  ANYONE,  NONE,  0,
	    config_show },
	{ GET,  "/api/plans",           WEB,  ANYONE,  NONE,  0,
	    plans_show },
	{ GET,  "/api/subscription",    WEB,  MEMBER,  NONE,  0,
	    subscription_show },
	{ POST, "/api/checkout",        STRIPE, MEMBER, JSON, 4 * KB,
	    checkout_start },
	{ POST, "/api/checkout/return", WEB,  MEMBER,  JSON,  4 * KB,
	    checkout_return },
	{ POST, "/api/portal",          STRIPE, MEMBER, EMPTY, KB,
	    portal_open },

	/* referrals */
	{ GET,  "/api/cello/token",     WEB,  VISITOR, NONE,  0,
	    cello_token },

	/* machines */
	{ POST, "/webhooks/stripe",     HOOK, ANYONE,  RAW,   KB * KB,
	    stripe_webhook },
	{ GET,  "/livez",               WEB,  ANYONE,  NONE,  0,       livez },
	{ GET,  "/readyz",              WEB,  ANYONE,  NONE,  0,       readyz },

	{ GET,  NULL,                   WEB,  ANYONE,  NONE,  0,       NULL }
};
