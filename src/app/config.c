/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "conf/layout.h"
#include "conf/reader.h"

#include "app/config_check.h"
#include "app/options.h"

#include "app/config.h"

#define AT(field)	offsetof(struct config, field)

const struct chapter config_layout[] = {
	{ .name = "server", .rows = server_options, .at = AT(server) },
	{ .name = "database", .rows = database_options, .at = AT(database) },
	{ .name = "pool", .rows = pool_options, .at = AT(pool),
	    .size = sizeof(struct pool_config), .most = CONFIG_POOLS,
	    .count = AT(pools), .usual = pool_usual, .begin = pool_begin },
	{ .name = "limits", .rows = limits_options, .at = AT(limits) },
	{ .name = "courier", .rows = courier_options, .at = AT(courier) },
	{ .name = "retention", .rows = retention_options,
	    .at = AT(retention) },
	{ .name = "session", .rows = session_options, .at = AT(session) },
	{ .name = "password", .rows = password_options, .at = AT(password) },
	{ .name = "stripe", .rows = stripe_options, .at = AT(stripe) },
	{ .name = "stripe", .rows = billing_options, .at = AT(billing) },
	{ .name = "cello", .rows = cello_options, .at = AT(cello) },
	{ .name = "referral", .rows = referral_options,
	    .at = AT(referral) },
	{ .name = "plan", .rows = plan_options, .at = AT(billing.plan),
	    .size = sizeof(struct plan_config), .most = BILLING_PLANS,
	    .count = AT(billing.plans) },
	{ .name = NULL }
};

enum err
config_read(const char *path, const char *const override[], size_t count,
    const char *credentials_dir, FILE *complaints, struct config **ret_config)
{
	const struct source from = { path, override, count, complaints };
	struct config *c = mem_zero(1, sizeof(*c));
	enum err e;

	if (credentials_dir != NULL)
		c->credentials_dir = mem_text(credentials_dir);
	e = reader_read(config_layout, &from, config_check, c);
	if (e == ERR_OK)
		*ret_config = c;
	else
		config_free(c);
	return e;
}

void
config_free(struct config *c)
{
	if (c == NULL)
		return;
	layout_clear(config_layout, c);
	free(c->credentials_dir);
	free(c->site);
	free(c);
}

void
config_print(const struct config *c, FILE *out)
{
	layout_print(config_layout, c, out);
}

void
config_print_options(FILE *out)
{
	layout_print_options(config_layout, out);
}

void
config_print_json(const struct config *c, FILE *out)
{
	layout_print_json(config_layout, c, out);
}

void
config_print_options_json(FILE *out)
{
	layout_print_options_json(config_layout, out);
}

void
config_run_path(const struct config *c, const char *name,
    char ret_path[CONFIG_PATH])
{
	int len = snprintf(ret_path, CONFIG_PATH, "%s/%s", c->server.run_dir,
	    name);

	assert(len > 0 && len < CONFIG_PATH);
}

int
config_is_https(const struct config *c)
{
	return text_begins(c->server.public_origin, "https://");
}

static void
pools_swap(struct pool_config *a, struct pool_config *b)
{
	struct pool_config p = *a;

	*a = *b;
	*b = p;
}

/* 1: the pools of `fresh` have the names and the order of those of `old`. */
static int
pools_sort(const struct config *old, struct config *fresh)
{
	size_t i, j;

	for (i = 0; i < old->pools; i++) {
		for (j = i; j < fresh->pools; j++)
			if (text_equal(fresh->pool[j].name, old->pool[i].name))
				break;
		if (j >= fresh->pools)
			return 0;
		pools_swap(&fresh->pool[i], &fresh->pool[j]);
	}
	return fresh->pools == old->pools;
}

static void
pool_clear(struct pool_config *p)
{
	const struct option_row *o;

	for (o = pool_options; o->name != NULL; o++)
		option_clear(o, p);
	free(p->name);
}

static void
pool_copy(const struct pool_config *from, struct pool_config *to)
{
	*to = *from;
	to->name = mem_text(from->name);
	to->listen = mem_text(from->listen);
	to->mode = mem_text(from->mode);
	to->group = mem_text(from->group);
}

int
config_keep_pools(const struct config *old, struct config *fresh)
{
	size_t i;

	if (pools_sort(old, fresh))
		return 1;
	for (i = 0; i < fresh->pools; i++)
		pool_clear(&fresh->pool[i]);
	for (i = 0; i < old->pools; i++)
		pool_copy(&old->pool[i], &fresh->pool[i]);
	fresh->pools = old->pools;
	return 0;
}
