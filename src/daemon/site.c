/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>

#include "api/api.h"
#include "api/visitor.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/together.h"
#include "mcp/mcp.h"
#include "web/csp.h"
#include "web/page.h"

#include "daemon/site.h"

/*
 * Of request_timeout: a batch is given no more, so that the last one that is
 * begun has the rest, and the master has no reason to end all of them.
 */
#define TOGETHER_PART	4

#define ANSWER_MS	5000	/* for who does not read */
#define ANSWER_PART	4	/* of request_timeout, at most */

const struct route *const site_rooms[] = { api_routes, mcp_routes,
    link_routes, web_routes, NULL };

const struct route *const *
site_tables(const struct config *conf)
{
	static const struct route *const no_pages[] = { api_routes,
	    mcp_routes, link_routes, NULL };

	return conf->server.pages ? site_rooms : no_pages;
}

/*
 * "" unless the operator asks for it: it is the whole host's, and browsers keep
 * it for long.  On plain http, as on a loopback address, it says nothing.
 */
static void
hsts_write(const struct config *conf, char *out, size_t size)
{
	const struct server_config *s = &conf->server;

	out[0] = '\0';
	if (s->hsts_days > 0 && config_is_https(conf))
		(void)snprintf(out, size, "max-age=%ld%s",
		    s->hsts_days * CLOCK_DAY_S,
		    s->hsts_subdomains ? "; includeSubDomains" : "");
}

static struct limits *
open_limits(const struct config *conf)
{
	char path[CONFIG_PATH];

	config_run_path(conf, "limits", path);
	return limits_open(&conf->limits, path);
}

static int
open_all(struct doors *d, const struct config *conf,
    const struct pool_config *pool, int doorbell)
{
	const struct app_role role = { .name = d->label,
	    .duties = pool->serves, .doorbell = doorbell,
	    .patience = pool->request_timeout };

	(void)snprintf(d->label, sizeof(d->label), "endpin %s", pool->name);
	if (d->csp.full || d->component_csp.full) {
		log_error("config_bad", "the policy of the pages, with csp_..."
		    " of [server] and the bases of [cello], is too long");
		return 0;
	}
	/* Nothing that only webhooks come to has a limit, or needs the file. */
	if (pool->serves != DUTY_HOOK &&
	    (d->limits = open_limits(conf)) == NULL)
		return 0;
	if ((d->app = app_open(conf, &role)) == NULL)
		return 0;
	if ((pool->serves & DUTY_WEB) != 0 && conf->server.pages &&
	    (d->pages = pages_open(conf->server.www_dir)) == NULL)
		return 0;
	return 1;
}

/*
 * What its slowest duty takes, without a queue: a person waits a while for a
 * password or for Stripe.  At three times what can be served a queue becomes
 * longer by two thirds of a second each second, and it is seen 250 ms after it
 * began: of those who are served in 20 s less than one in a hundred has waited
 * for 100 ms, and nobody for 250.  Who is served one by one is few sooner: of a
 * call to Stripe that takes a second each worker has so many in as many seconds,
 * and a web server gives up after 30.
 */
static struct late
late_for(unsigned duties)
{
	if ((duties & (DUTY_PASSWORD | DUTY_STRIPE)) != 0)
		return (struct late){ .calm_ms = 2000, .stand_ms = 4000,
		    .few = 8 };
	return (struct late){ .calm_ms = 60, .stand_ms = 150, .few = 64,
	    .room = TOGETHER };
}

/* Who does not read is waited for, but not until the worker is overdue. */
static int
answer_ms(const struct pool_config *pool)
{
	const int most = 1000 * pool->request_timeout / ANSWER_PART;

	return most < ANSWER_MS ? most : ANSWER_MS;
}

struct doors *
doors_open(const struct config *conf, size_t pool, int doorbell)
{
	const struct pool_config *own = &conf->pool[pool];
	struct doors *d = mem_zero(1, sizeof(*d));

	buf_init(&d->csp, CSP_MAX);
	csp_write(conf, &d->csp);
	buf_init(&d->component_csp, CSP_MAX);
	csp_write_component(conf, &d->component_csp);
	hsts_write(conf, d->hsts, sizeof(d->hsts));
	if (!open_all(d, conf, own, doorbell)) {
		doors_close(d);
		return NULL;
	}
	d->late = late_for(own->serves);
	d->ctx.app = d->app;
	d->ctx.pages = d->pages;
	d->ctx.component_csp = d->component_csp.data;
	d->site = (struct site){ .tables = site_tables(conf),
	    .together = api_together,
	    .duties = own->serves, .pool = own->name,
	    .origin = conf->server.public_origin,
	    .prefix = conf->server.prefix,
	    .session_cookie = visitor_cookie_name(conf),
	    .limits = d->limits,
	    .late = &d->late,
	    .together_us = INT64_C(1000000) * own->request_timeout /
	    TOGETHER_PART,
	    .policy = { .csp = d->csp.data, .hsts = d->hsts,
	    .wait_ms = answer_ms(own) },
	    .begin = visitor_forget, .ahead = visitor_ahead,
	    .ahead_over = visitor_ahead_over, .identify = visitor_identify,
	    .admit = visitor_admit, .account = visitor_account };
	return d;
}

void
doors_close(struct doors *d)
{
	if (d == NULL)
		return;
	app_close(d->app);
	pages_close(d->pages);
	limits_close(d->limits);
	buf_done(&d->csp);
	buf_done(&d->component_csp);
	free(d);
}
