/* SPDX-License-Identifier: MIT */

#include "http/route.h"

#include "web/page.h"

const struct route web_routes[] = {
	{ GET,  "/",        DUTY_WEB, ANYONE, 0, NONE, 0, LIMIT_USUAL, page },
	{ GET,  "/signup",  DUTY_WEB, ANYONE, 0, NONE, 0, LIMIT_USUAL, page },
	{ GET,  "/login",   DUTY_WEB, ANYONE, 0, NONE, 0, LIMIT_USUAL, page },
	{ GET,  "/pricing", DUTY_WEB, ANYONE, 0, NONE, 0, LIMIT_USUAL, page },
	{ GET,  "/account", DUTY_WEB, ANYONE, 0, NONE, 0, LIMIT_USUAL, page },
	{ GET,  "/erase",   DUTY_WEB, ANYONE, 0, NONE, 0, LIMIT_USUAL, page },

	{ GET,  NULL,       DUTY_WEB, ANYONE, 0, NONE, 0, LIMIT_USUAL, NULL }
};

/* Served without our pages, too. */
const struct route link_routes[] = {
	{ GET,  "/r",       DUTY_WEB, ANYONE, 0, NONE, 0, LIMIT_USUAL, forward },

	{ GET,  NULL,       DUTY_WEB, ANYONE, 0, NONE, 0, LIMIT_USUAL, NULL }
};
