/* SPDX-License-Identifier: MIT */

#include "http/route.h"

#include "web/page.h"

const struct route web_routes[] = {
	{ GET,  "/",        POOL_WEB, ANYONE, 0, NONE, 0, page },
	{ GET,  "/signup",  POOL_WEB, ANYONE, 0, NONE, 0, page },
	{ GET,  "/login",   POOL_WEB, ANYONE, 0, NONE, 0, page },
	{ GET,  "/pricing", POOL_WEB, ANYONE, 0, NONE, 0, page },
	{ GET,  "/account", POOL_WEB, ANYONE, 0, NONE, 0, page },

	{ GET,  NULL,       POOL_WEB, ANYONE, 0, NONE, 0, NULL }
};
