/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cores.h"
#include "base/mem.h"
#include "base/text.h"
#include "billing/feature.h"
#include "conf/reader.h"
#include "http/duty.h"
#include "http/limit.h"

#include "app/config.h"

#include "app/config_check.h"

#define WORKERS_MOST	512	/* of a pool */
#define SITE_MAX	1024	/* of both options' limits together */

/* What is shown must be what somebody gets. */
static void
check_discount(struct reader *r, const struct plan_config *p)
{
	struct discount d;

	switch (plan_discount(p, &d)) {
	case ERR_OK:
		if (text_empty(p->referral_coupon))
			reader_complain(r, "[plan %s] has a referral_discount "
			    "and no referral_coupon that would give it",
			    p->name);
		break;
	case ERR_NOTFOUND:
		if (p->referral_months > 0)
			reader_complain(r, "[plan %s] has referral_months and "
			    "no referral_discount that would last so long",
			    p->name);
		break;
	default:
		reader_complain(r, "referral_discount of [plan %s] is neither "
		    "a percentage like 20%% nor an amount up to the plan's",
		    p->name);
	}
}

/* From here on they are in the form in which they are told. */
static void
tidy_features(struct reader *r, const struct plan_config *p)
{
	if (features_tidy(p->features) != ERR_OK)
		reader_complain(r, "features of [plan %s] are not names with "
		    "blanks between, each once", p->name);
	if (limits_tidy(p->limits) != ERR_OK)
		reader_complain(r, "limits of [plan %s] are not like "
		    "\"projects=10, seats=3\", each name once", p->name);
}

/* Of ISO 4217, as Stripe writes it. */
static int
is_currency(const char *text)
{
	return strlen(text) == 3 &&
	    strspn(text, "abcdefghijklmnopqrstuvwxyz") == 3;
}

static void
check_plans(struct reader *r, const struct billing_config *c)
{
	const struct plan_config *p;
	char price[PLAN_PRICE];
	size_t i, j;

	for (i = 0; i < c->plans; i++) {
		p = &c->plan[i];
		if (!is_currency(p->currency))
			reader_complain(r, "currency of [plan %s] is not three "
			    "lower-case letters", p->name);
		for (j = 0; plan_price(p, j, price); j++)
			if (plan_of_price(c, price) != p)
				reader_complain(r, "[plan %s] has the price of "
				    "another plan", p->name);
		check_discount(r, p);
		if (p->referral_trial_days > 0 &&
		    p->referral_trial_days < p->trial_days)
			reader_complain(r, "referral_trial_days of [plan %s] "
			    "are fewer than its trial_days", p->name);
		tidy_features(r, p);
		if (c->entitlements && !text_empty(p->features))
			reader_complain(r, "[plan %s] has features, and with "
			    "entitlements of [stripe] they are Stripe's",
			    p->name);
	}
}

/* "https://assets.cello.so" or as the file says, without a slash at the end. */
static void
resolve_base(struct reader *r, const struct cello_config *c, const char *host,
    char **at)
{
	const char *dot = cello_is_production(c) ? "" : ".sandbox";
	char text[64];
	size_t len;

	if (text_empty(*at)) {
		(void)snprintf(text, sizeof(text), "https://%s%s.cello.so",
		    host, dot);
		free(*at);
		*at = mem_text(text);
	}
	if (!text_begins(*at, "https://") &&
	    !text_begins(*at, "http://127.0.0.1:") &&
	    !text_begins(*at, "http://localhost:") &&
	    !text_begins(*at, "http://[::1]:"))
		reader_complain(r, "%s_base of [cello] is not https:// "
		    "(http:// is for loopback addresses)", host);
	for (len = strlen(*at); len > 0 && (*at)[len - 1] == '/'; len--)
		(*at)[len - 1] = '\0';
}

/* A password in a connection string, a user's or a key's. */
static int
has_password(const char *conninfo)
{
	const char *p, *at, *colon;

	for (p = conninfo; (p = strstr(p, "password")) != NULL;) {
		p += strlen("password");
		if (p[strspn(p, " ")] == '=')
			return 1;
	}
	/* "postgresql://user:password@host", taken apart as libpq does it. */
	if ((p = strstr(conninfo, "://")) == NULL)
		return 0;
	p += strlen("://");
	at = p + strcspn(p, "@/");
	colon = p + strcspn(p, ":");
	return *at == '@' && colon < at;
}

static void
check_pool(struct reader *r, const struct pool_config *p)
{
	if (strspn(p->mode, "01234567") != strlen(p->mode))
		reader_complain(r, "mode of [pool %s] is not octal", p->name);
	if (p->serves != 0)
		return;
	if (text_equal(p->name, "slow"))
		reader_complain(r, "serves of [pool slow] must be set; it was "
		    "divided: make it [pool password] and [pool stripe], here "
		    "and in the web server's configuration");
	else
		reader_complain(r, "serves of [pool %s] must be set (%s)",
		    p->name, DUTY_WORDS);
}

/* A worker must be able to wait for Stripe before the master ends it. */
static void
check_patience(struct reader *r, const struct config *c)
{
	const struct pool_config *p;

	for (p = c->pool; p < c->pool + c->pools; p++)
		if ((p->serves & DUTY_STRIPE) != 0 &&
		    p->request_timeout <= c->stripe.timeout)
			reader_complain(r, "request_timeout of [pool %s] must "
			    "be more than timeout of [stripe], which is %d; "
			    "twice that is better", p->name,
			    c->stripe.timeout);
}

/* Is there somebody for everything, once, and not too many of them? */
static void
check_pools(struct reader *r, const struct config *c)
{
	const struct pool_config *p, *q;
	unsigned duty, served = 0;
	int workers = 0;

	for (p = c->pool; p < c->pool + c->pools; p++) {
		check_pool(r, p);
		served |= p->serves;
		workers += p->workers;
		for (q = c->pool; q < p; q++)
			if (text_equal(p->listen, q->listen))
				reader_complain(r, "[pool %s] and [pool %s] "
				    "have the same socket", q->name,
				    p->name);
	}
	for (duty = 1; duty_name(duty) != NULL; duty <<= 1)
		if ((served & duty) == 0)
			reader_complain(r, "no pool serves \"%s\"; [pool %s] "
			    "would", duty_name(duty), duty_name(duty));
	if (workers > CONFIG_WORKERS)
		reader_complain(r, "the pools have more than %d workers",
		    CONFIG_WORKERS);
}

/* One for each core; two at least, so that one can wait for the database. */
static void
count_workers(struct config *c)
{
	const int cores = cores_available("/");
	size_t i;

	for (i = 0; i < c->pools; i++)
		if (c->pool[i].workers == 0)
			c->pool[i].workers = cores < 2 ? 2 :
			    cores > WORKERS_MOST ? WORKERS_MOST : cores;
}

/*
 * "" or "/a/b".  What is in it goes into paths, headers and the web server's
 * files as it is.
 */
static void
check_prefix(struct reader *r, const char *prefix)
{
	const char *at = prefix;
	size_t len;

	for (; *at == '/'; at += len) {
		len = 1 + strspn(at + 1, "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
		if (len == 1)
			break;
	}
	if (*at != '\0')
		reader_complain(r, "prefix of [server] is neither empty nor a"
		    " path like /members, without a slash at the end");
}

/* One directive's sources, between which only spaces are. */
static void
check_sources(struct reader *r, const char *name, const char *sources)
{
	const char *p;

	for (p = sources; *p != '\0'; p++)
		if (*p < ' ' || *p > '~' || *p == ';' || *p == ',')
			break;
	if (*p != '\0')
		reader_complain(r, "%s of [server] has a character that no"
		    " source of a policy has", name);
}

static void
check_server(struct reader *r, struct config *c)
{
	const struct server_config *s = &c->server;
	char site[SITE_MAX];

	check_prefix(r, s->prefix);
	check_sources(r, "csp_script", s->csp_script);
	check_sources(r, "csp_style", s->csp_style);
	check_sources(r, "csp_img", s->csp_img);
	check_sources(r, "csp_font", s->csp_font);
	check_sources(r, "csp_connect", s->csp_connect);
	check_sources(r, "csp_frame", s->csp_frame);
	(void)snprintf(site, sizeof(site), "%s%s", s->public_origin, s->prefix);
	c->site = mem_text(site);
}

static void
check_cello(struct reader *r, const struct cello_config *c)
{
	if (c->enabled && (text_empty(c->product_id) ||
	    text_empty(c->product_secret_file)))
		reader_complain(r, "[cello] is enabled: product_id and "
		    "product_secret_file must be set");
	if (!text_empty(c->access_key_id) &&
	    text_empty(c->secret_access_key_file))
		reader_complain(r, "[cello] has an access_key_id: "
		    "secret_access_key_file must be set");
	if (!text_empty(c->rewards_user) &&
	    text_empty(c->rewards_password_file))
		reader_complain(r, "[cello] has a rewards_user: "
		    "rewards_password_file must be set");
	if (!text_empty(c->credit_currency) &&
	    !is_currency(c->credit_currency))
		reader_complain(r, "credit_currency of [cello] is not three "
		    "lower-case letters");
	if ((cello_signups_by_api(c) || cello_purchases_by_api(c)) &&
	    text_empty(c->access_key_id))
		reader_complain(r, "[cello] tells by the API: access_key_id "
		    "must be set");
	if ((cello_signups_by_api(c) || cello_purchases_by_api(c)) &&
	    !c->enabled)
		reader_complain(r, "[cello] tells by the API and is not "
		    "enabled");
}

void
config_check(struct reader *r, void *whole)
{
	struct config *c = whole;

	check_server(r, c);
	if (!limits_exempt_ok(c->limits.exempt))
		reader_complain(r, "exempt of [limits] is not addresses and "
		    "networks like 192.0.2.7 or 2001:db8::/32, with spaces "
		    "between, 64 at most");
	check_plans(r, &c->billing);
	resolve_base(r, &c->cello, "api", &c->cello.api_base);
	resolve_base(r, &c->cello, "assets", &c->cello.assets_base);
	check_cello(r, &c->cello);
	if (has_password(c->database.conninfo))
		reader_complain(r, "conninfo of [database] has a password; "
		    "use passfile=FILE in it instead");
	count_workers(c);
	check_pools(r, c);
	check_patience(r, c);
}
