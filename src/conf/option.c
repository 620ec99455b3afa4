/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "conf/config.h"
#include "base/text.h"

#include "conf/option.h"

/* "/usr/local/share/endpin/www", as the build says. */
#ifndef ENDPIN_WWW_DIR
#define ENDPIN_WWW_DIR	"/usr/local/share/endpin/www"
#endif

#define AT(field)	offsetof(struct config, field)
#define PLAN(field)	offsetof(struct plan_config, field)
#define SOCKET_PATH	107	/* bytes in a sockaddr_un, less the NUL */

#define POOL(section, index, path, keep)				\
	{ section, "listen", OPTION_LISTEN, AT(pool[index].listen),	\
	    path, 1, SOCKET_PATH, NULL, OPTION_FIXED,			\
	    "The socket: an absolute path, or a loopback address and port." }, \
	{ section, "mode", OPTION_TEXT, AT(pool[index].mode), "0660",	\
	    3, 4, NULL, OPTION_FIXED, "Mode of the socket file, octal." }, \
	{ section, "group", OPTION_TEXT, AT(pool[index].group), "",	\
	    0, 64, NULL, OPTION_FIXED,					\
	    "Group of the socket file; empty: the one of endpind." },	\
	{ section, "workers", OPTION_NUMBER, AT(pool[index].workers), "4", \
	    1, 512, NULL, 0,						\
	    "Requests answered at the same time; also database "	\
	    "connections." },						\
	{ section, "max_requests", OPTION_NUMBER,			\
	    AT(pool[index].max_requests), "100000", 0, 1000000000, NULL, 0, \
	    "A worker that has answered about this many is replaced; "	\
	    "0: never." },						\
	{ section, "request_timeout", OPTION_NUMBER,			\
	    AT(pool[index].request_timeout), "25", 1, 300, NULL, 0,	\
	    "Seconds after which a worker busy with one request is killed." }, \
	{ section, "keep_connections", OPTION_NUMBER,			\
	    AT(pool[index].keep_connections), keep, 0, 256, NULL, 0,	\
	    "Connections that a worker keeps open between requests." }

/* In the order of endpin.conf(5); tests/lint/options compares the names. */
const struct option options[] = {
	{ "server", "public_origin", OPTION_ORIGIN, AT(server.public_origin), NULL,
	    1, 512, NULL, OPTION_MUST,
	    "Scheme, host and port under which browsers reach the pages." },
	{ "server", "www_dir", OPTION_TEXT, AT(server.www_dir), ENDPIN_WWW_DIR,
	    1, 1024, NULL, 0, "Where the pages are." },
	{ "server", "run_dir", OPTION_TEXT, AT(server.run_dir), "/run/endpin",
	    1, 1024, NULL, 0, "Where the file of password slots is." },
	{ "server", "peers", OPTION_TEXT, AT(server.peers), "www-data",
	    0, 1024, NULL, 0,
	    "Users, by name or number, that may connect to the sockets." },
	{ "server", "log_level", OPTION_TEXT, AT(server.log_level), "info",
	    1, 8, "debug|info|warn|error", 0, "The least that is logged." },
	{ "server", "start_timeout", OPTION_NUMBER, AT(server.start_timeout),
	    "30", 1, 600, NULL, 0,
	    "Seconds that a reload may take to get whole; then it is given up." },
	{ "server", "stop_timeout", OPTION_NUMBER, AT(server.stop_timeout), "30",
	    1, 600, NULL, 0,
	    "Seconds that a worker may take to finish once asked to stop." },
	{ "database", "conninfo", OPTION_TEXT, AT(database.conninfo), NULL,
	    1, 4096, NULL, OPTION_MUST,
	    "A libpq connection string; a password belongs in a passfile." },
	{ "database", "pooler", OPTION_TEXT, AT(database.pooler), "none",
	    1, 16, "none|transaction", 0,
	    "transaction: a pooler in transaction mode is in between." },
	POOL("pool hook", POOL_HOOK, "/run/endpin/hook.sock", "16"),
	POOL("pool slow", POOL_SLOW, "/run/endpin/slow.sock", "0"),
	POOL("pool web", POOL_WEB, "/run/endpin/web.sock", "16"),
	{ "courier", "processes", OPTION_NUMBER, AT(courier.processes), "2",
	    0, 64, NULL, 0,
	    "Couriers on this machine; 0: another machine has some." },
	{ "courier", "poll", OPTION_NUMBER, AT(courier.poll), "2",
	    1, 60, NULL, 0,
	    "Seconds after which a courier looks for work unasked." },
	{ "courier", "stuck_timeout", OPTION_NUMBER, AT(courier.stuck_timeout),
	    "50", 1, 600, NULL, 0,
	    "Seconds without a sign of life after which a courier is killed." },
	{ "session", "idle_hours", OPTION_NUMBER, AT(session.idle_hours), "24",
	    1, 720, NULL, 0,
	    "A session that was not used for this long is over." },
	{ "session", "days", OPTION_NUMBER, AT(session.days), "30",
	    1, 365, NULL, 0, "A session is over after this long in any case." },
	{ "password", "min_length", OPTION_NUMBER, AT(password.min_length), "12",
	    8, 64, NULL, 0, "The fewest characters of a password." },
	{ "password", "pepper_file", OPTION_TEXT, AT(password.pepper_file), "",
	    0, 1024, NULL, OPTION_SECRET,
	    "A file with lines id:hex, the first for new hashes." },
	{ "stripe", "api_base", OPTION_ORIGIN, AT(stripe.api_base),
	    "https://api.stripe.com", 1, 512, NULL, 0,
	    "Where Stripe's API is." },
	{ "stripe", "secret_key_file", OPTION_TEXT, AT(stripe.secret_key_file), NULL,
	    1, 1024, NULL, OPTION_MUST | OPTION_SECRET,
	    "A file with the secret or restricted key." },
	{ "stripe", "webhook_secret_file", OPTION_TEXT,
	    AT(stripe.webhook_secret_file), NULL, 1, 1024, NULL,
	    OPTION_MUST | OPTION_SECRET,
	    "A file with the webhook's signing secrets, one per line." },
	{ "stripe", "timeout", OPTION_NUMBER, AT(stripe.timeout), "10",
	    1, 25, NULL, 0, "Seconds that a call to Stripe may take." },
	{ "stripe", "grace_hours", OPTION_NUMBER, AT(stripe.grace_hours), "72",
	    0, 720, NULL, 0,
	    "How long access outlasts the paid period." },
	{ "cello", "enabled", OPTION_BOOL, AT(cello.enabled), "true",
	    0, 0, NULL, 0,
	    "Whether tokens are issued and Cello's scripts are loaded." },
	{ "cello", "environment", OPTION_TEXT, AT(cello.environment),
	    "sandbox", 1, 16, "sandbox|production", 0,
	    "Which of Cello's environments." },
	{ "cello", "product_id", OPTION_TEXT, AT(cello.product_id), "",
	    0, 255, NULL, 0, "From Cello's portal, Access Keys." },
	{ "cello", "product_secret_file", OPTION_TEXT,
	    AT(cello.product_secret_file), "", 0, 1024, NULL, OPTION_SECRET,
	    "A file with the product secret that signs tokens." },
	{ "cello", "api_base", OPTION_TEXT, AT(cello.api_base), "",
	    0, 512, NULL, 0, "Empty: Cello's host of the environment." },
	{ "cello", "assets_base", OPTION_TEXT, AT(cello.assets_base), "",
	    0, 512, NULL, 0, "Empty: Cello's host of the environment." },
	{ "plan", "price", OPTION_TEXT, PLAN(price), NULL, 1, 255, NULL,
	    OPTION_MUST, "Stripe's price id." },
	{ "plan", "label", OPTION_TEXT, PLAN(label), NULL, 1, 100, NULL,
	    OPTION_MUST, "What people call the plan." },
	{ "plan", "description", OPTION_TEXT, PLAN(description), "",
	    0, 500, NULL, 0, "One sentence about it." },
	{ "plan", "amount", OPTION_MONEY, PLAN(amount), NULL,
	    0, INT64_C(1000000000000), NULL, OPTION_MUST,
	    "Price in minor units, for showing." },
	{ "plan", "currency", OPTION_TEXT, PLAN(currency), NULL, 3, 3, NULL,
	    OPTION_MUST, "ISO 4217, lower-case letters." },
	{ "plan", "interval", OPTION_TEXT, PLAN(interval), NULL, 1, 8,
	    "day|week|month|year", OPTION_MUST, "How often it is paid." },
	{ "plan", "trial_days", OPTION_NUMBER, PLAN(trial_days), "0",
	    0, 730, NULL, 0, "Free days at the beginning." },
	{ "plan", "referral_coupon", OPTION_TEXT, PLAN(referral_coupon), "",
	    0, 255, NULL, 0,
	    "Stripe's coupon for a visitor who was referred." },
	{ NULL, NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};

const struct option *
option_find(const char *section, const char *name)
{
	const struct option *o;

	for (o = options; o->section != NULL; o++)
		if (text_equal(o->section, section) &&
		    text_equal(o->name, name))
			return o;
	return NULL;
}

/* Levenshtein's distance, for names of ordinary length. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[64], la = strlen(a), lb = strlen(b), i, j, up, left, best;

	if (la >= NELEM(row) || lb >= NELEM(row))
		return NELEM(row);
	for (j = 0; j <= lb; j++)
		row[j] = j;
	for (i = 1; i <= la; i++) {
		left = i - 1;		/* the cell up and to the left */
		row[0] = i;
		for (j = 1; j <= lb; j++) {
			up = row[j];
			best = left + (a[i - 1] != b[j - 1]);
			if (up + 1 < best)
				best = up + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
			left = up;
		}
	}
	return row[lb];
}

const char *
option_guess(const char *section, const char *name)
{
	const struct option *o;
	const char *guess = NULL;
	size_t d, best = 4;

	for (o = options; o->section != NULL; o++) {
		if (!text_equal(o->section, section))
			continue;
		if ((d = distance(o->name, name)) < best) {
			best = d;
			guess = o->name;
		}
	}
	return guess;
}
