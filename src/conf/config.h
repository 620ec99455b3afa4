/* SPDX-License-Identifier: MIT */
#ifndef CONF_CONFIG_H
#define CONF_CONFIG_H

/*
 * The configuration: one INI file, read with libinih by the table of options
 * (option.c) that also prints it, documents it and says its limits.  Unknown
 * and bad options are errors with file and line; nothing is guessed.
 */

#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

#define CONFIG_PLANS	64

enum pool { POOL_HOOK, POOL_SLOW, POOL_WEB, POOLS };

struct pool_config {
	char	*listen;		/* path, 127.0.0.1:port, [::1]:port */
	char	*mode;			/* of the socket file, octal */
	char	*group;			/* "": the process's own */
	int	 workers;
	int	 max_requests;
	int	 request_timeout;	/* seconds */
	int	 keep_connections;	/* per worker; 0: close after each */
};

struct plan_config {
	char	*name;			/* from [plan NAME] */
	char	*price;			/* Stripe price id */
	char	*label;
	char	*description;
	int64_t	 amount;		/* minor units, for showing */
	char	*currency;		/* ISO 4217, lower case as at Stripe */
	char	*interval;		/* day, week, month, year */
	int	 trial_days;
	char	*referral_coupon;	/* "": none */
};

struct server_config {
	char	*public_origin;		/* "https://app.example.com" */
	char	*www_dir;
	char	*run_dir;
	char	*peers;			/* users that may connect, "a,b" */
	char	*log_level;
	int	 start_timeout;		/* seconds, as all of these */
	int	 stop_timeout;
};

struct database_config {
	char	*conninfo;
	char	*pooler;		/* "none" or "transaction" */
};

struct courier_config {
	int	 processes;
	int	 poll;			/* seconds */
	int	 stuck_timeout;
};

struct session_config {
	int	 idle_hours;
	int	 days;
};

struct password_config {
	int	 min_length;
	char	*pepper_file;		/* "": none */
};

struct stripe_config {
	char	*api_base;
	char	*secret_key_file;
	char	*webhook_secret_file;
	int	 timeout;		/* seconds */
	int	 grace_hours;
};

struct cello_config {
	int	 enabled;
	char	*environment;		/* "sandbox" or "production" */
	char	*product_id;
	char	*product_secret_file;
	char	*api_base;		/* "": by environment */
	char	*assets_base;		/* "": by environment */
};

/* One struct for each section of the file. */
struct config {
	struct server_config	 server;
	struct database_config	 database;
	struct pool_config	 pool[POOLS];
	struct courier_config	 courier;
	struct session_config	 session;
	struct password_config	 password;
	struct stripe_config	 stripe;
	struct cello_config	 cello;
	/* [plan NAME], in the order of the file */
	struct plan_config	 plan[CONFIG_PLANS];
	size_t			 plans;

	char	*credentials_dir;	/* $CREDENTIALS_DIRECTORY; NULL: none */
};

extern const char *const pool_names[POOLS];	/* "hook", "slow", "web" */

/*
 * Read `path` and then the `count` overrides "section.option=value" (of a plan:
 * "plan NAME.option=value").  ERR_INPUT: every complaint has been printed to
 * `complaints` as "endpin: FILE:LINE: ..."; read no further.  The caller owns
 * *ret_config.  `credentials_dir` may be NULL.
 */
MUST_USE enum err config_read(const char *path, const char *const override[],
    size_t count, const char *credentials_dir, FILE *complaints,
    struct config **ret_config);
void config_free(struct config *c);

/* Print the effective values in the form of the file, secrets' paths too. */
void config_print(const struct config *c, FILE *out);

/* Print one line per option: section, name, kind, default, limits, reload?. */
void config_print_options(FILE *out);

/* NULL: there is no such plan.  Borrowed. */
const struct plan_config *config_plan(const struct config *c,
    const char *name);
const struct plan_config *config_plan_of_price(const struct config *c,
    const char *price);

/* Is the public origin https?  If not it is a loopback address. */
int config_is_https(const struct config *c);

#endif /* !CONF_CONFIG_H */
