/* SPDX-License-Identifier: MIT */

#include "http/route.h"

#include "web/page.h"

const struct route web_routes[] = {
	{ GET,  "/",        DUTY_WEB, ANYONE, 0, NONE, 0, page },
	{ GET,  "/signup",  DUTY_WEB, ANYONE, 0, NONE, 0, page },
	{ GET,  "/login",   DUTY_WEB, ANYONE, 0, NONE, 0, page },
	{ GET,  "/pricing", DUTY_WEB, ANYONE, 0, NONE, 0, page },
	{ GET,  "/account", DUTY_WEB, ANYONE, 0, NONE, 0, page },
	{ GET,  "/erase",   DUTY_WEB, ANYONE, 0, NONE, 0, page },

	{ GET,  NULL,       DUTY_WEB, ANYONE, 0, NONE, 0, NULL }
};

/* Served without our pages, too. */
const struct route link_routes[] = {
	{ GET,  "/r",       DUTY_WEB, ANYONE, 0, NONE, 0, forward },

	{ GET,  NULL,       DUTY_WEB, ANYONE, 0, NONE, 0, NULL }
};
