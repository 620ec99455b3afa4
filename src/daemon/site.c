/* SPDX-License-Identifier: MIT */

#include <stdlib.h>

#include "api/api.h"
#include "api/visitor.h"
#include "base/log.h"
#include "base/mem.h"
#include "web/csp.h"
#include "web/page.h"

#include "daemon/site.h"

const struct route *const site_tables[] = { api_routes, web_routes, NULL };

static const struct {
	const char	*name;
	unsigned	 duties;
} roles[POOLS] = {
	[POOL_HOOK] = { "endpin hook", DUTY_HOOK },
	[POOL_SLOW] = { "endpin slow", DUTY_PASSWORD | DUTY_STRIPE },
	[POOL_WEB] = { "endpin web", DUTY_WEB }
};

static int
open_all(struct doors *d, const struct config *conf, enum pool pool,
    int doorbell)
{
	const struct app_role role = { .name = roles[pool].name,
	    .duties = roles[pool].duties, .doorbell = doorbell,
	    .patience = conf->pool[pool].request_timeout };

	if (d->csp.full) {
		log_error("config_bad", "api_base or assets_base of [cello] is"
		    " too long");
		return 0;
	}
	if ((d->app = app_open(conf, &role)) == NULL)
		return 0;
	if ((role.duties & DUTY_WEB) != 0 &&
	    (d->pages = pages_open(conf->server.www_dir)) == NULL)
		return 0;
	return 1;
}

struct doors *
doors_open(const struct config *conf, enum pool pool, int doorbell)
{
	struct doors *d = mem_zero(1, sizeof(*d));

	buf_init(&d->csp, CSP_MAX);
	csp_write(conf, &d->csp);
	if (!open_all(d, conf, pool, doorbell)) {
		doors_close(d);
		return NULL;
	}
	d->ctx.app = d->app;
	d->ctx.pages = d->pages;
	d->site = (struct site){ .tables = site_tables, .pool = pool,
	    .origin = conf->server.public_origin, .csp = d->csp.data,
	    .begin = visitor_forget, .identify = visitor_identify,
	    .account = visitor_account };
	return d;
}

void
doors_close(struct doors *d)
{
	if (d == NULL)
		return;
	app_close(d->app);
	pages_close(d->pages);
	buf_done(&d->csp);
	free(d);
}
