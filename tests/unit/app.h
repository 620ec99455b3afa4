/* SPDX-License-Identifier: MIT */
#ifndef TESTS_APP_H
#define TESTS_APP_H

/*
 * What tests of verbs share: a process with all duties, whose Stripe is
 * server.h and whose doorbell is a pipe.  app_make() and app_break() are a
 * group's setup and teardown, after rows_open(); app_clean() is a test's.
 */

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/config.h"
#include "base/clock.h"
#include "folder.h"
#include "http/duty.h"
#include "rows.h"
#include "server.h"

static struct app *app;
static int bell[2];

static char http[] = "http://127.0.0.1", none_pooled[] = "none", empty[] = "";
static char key_file[PATH_SIZE], hook_file[PATH_SIZE], cello_file[PATH_SIZE];
static char product[] = "app.example.com";
static char assets[] = "https://assets.cello.so";
static char api[] = "https://api.cello.so";
static char pro[] = "pro", price_pro[] = "price_pro";
static char team[] = "team", price_team[] = "price_team";

static struct config conf = {
	.server = { .public_origin = http, .prefix = empty, .run_dir = dir },
	.site = http,
	.database.pooler = none_pooled,
	.courier = { .poll = 5, .reconcile_hours = 6 },
	.retention = { .event_days = 30, .object_days = 30, .call_days = 30,
	    .checkout_days = 30 },
	.session = { .idle_hours = 20, .hours = 24, .days = 30 },
	.password = { .min_length = 8, .pepper_file = empty },
	.stripe = { .api_base = origin, .secret_key_file = key_file,
	    .webhook_secret_file = hook_file, .timeout = 5,
	    .calls_per_second = 10000, .calls_per_endpoint = 10000,
	    .people_percent = 50 },
	.cello = { .enabled = 1, .product_id = product,
	    .product_secret_file = cello_file, .api_base = api,
	    .assets_base = assets },
	.billing = { .grace_hours = 48, .plan = {
	    { .name = pro, .price = price_pro, .referral_coupon = empty },
	    { .name = team, .price = price_team, .referral_coupon = empty } },
	    .plans = 2 }
};

static inline void
secret_write(char path[PATH_SIZE], const char *name, const char *text)
{
	(void)snprintf(path, PATH_SIZE, "%s", path_in(name));
	file_write(path, text, strlen(text), 0600);
}

static inline struct app *
app_start(void)
{
	const struct app_role role = { .name = "app", .duties = DUTY_HOOK |
	    DUTY_PASSWORD | DUTY_STRIPE | DUTY_WEB, .doorbell = bell[1],
	    .patience = 25 };

	return app_open(&conf, &role);
}

static inline int
app_make(void **state)
{
	if (folder_make(state) != 0 || start(state) != 0 ||
	    pipe2(bell, O_NONBLOCK | O_CLOEXEC) == -1)
		return 1;
	secret_write(key_file, "key", "sk_test_1\n");
	secret_write(hook_file, "hook", "whsec_test\n");
	secret_write(cello_file, "cello", "secret\n");
	conf.database.conninfo = getenv("TEST_CONNINFO");
	app = app_start();
	return app == NULL;
}

static inline int
app_break(void **state)
{
	app_close(app);
	(void)close(bell[0]);
	(void)close(bell[1]);
	return stop(state) + folder_remove(state);
}

/* How often a courier was rung for since the last time. */
static inline int
rings(void)
{
	char ring[64];
	ssize_t n = read(bell[0], ring, sizeof(ring));

	return n < 0 ? 0 : (int)n;
}

#define ACCOUNT	"GET /v1/account"

/* Whose key and whose rows it is will be asked again. */
static inline void
forget_home(void)
{
	app->at_home = 0;
	app->away_until_us = app->home_until_us = 0;
	memset(app->noted, 0, sizeof(app->noted));
}

/*
 * No rows but accounts, the rows are of the key's account, and nobody has
 * rung.
 */
static inline int
app_clean(void **state)
{
	static const char *const tables[] = {
		"subscription_item", "subscription", "invoice",
		"checkout_session", "customer", "stripe_call", "stripe_object",
		"stripe_event", "stripe_sweep", "stripe_pace", "event_trait",
		"stripe_home", "session",
		"referral"
	};
	char text[128];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(tables); i++) {
		(void)snprintf(text, sizeof(text), "DELETE FROM %s",
		    tables[i]);
		sql(text, NULL, NULL);
	}
	sql("INSERT INTO stripe_home (account, livemode, key_digest)"
	    " VALUES ('acct_1', false, 'the one before')", NULL, NULL);
	server_forgets();
	server_says(ACCOUNT, ANSWER, "200 OK", "{\"id\":\"acct_1\"}");
	forget_home();
	(void)rings();
	return 0;
}

/* Until rows_come() no row can be written into `table`. */
static inline void
rows_stop(const char *table)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "ALTER TABLE %s ADD CONSTRAINT"
	    " none_comes CHECK (false) NOT VALID", table);
	sql(text, NULL, NULL);
}

static inline void
rows_come(const char *table)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "ALTER TABLE %s DROP CONSTRAINT"
	    " none_comes", table);
	sql(text, NULL, NULL);
}

/* Nothing is asked of Stripe after that. */
static inline int64_t
in_time(void)
{
	return clock_mono_us() + INT64_C(20000000);
}

#endif /* !TESTS_APP_H */
