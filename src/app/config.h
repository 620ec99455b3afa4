/* SPDX-License-Identifier: MIT */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

/*
 * The configuration of the whole: what each folder brings (its options.h), and
 * what is nobody's alone.  See endpin.conf(5).
 */

#include <stddef.h>
#include <stdio.h>

#include "account/options.h"
#include "base/err.h"
#include "billing/options.h"
#include "cello/options.h"
#include "db/options.h"
#include "http/options.h"
#include "referral/options.h"
#include "stripe/options.h"

#define CONFIG_POOLS	16
#define CONFIG_WORKERS	1536	/* of all pools together */
#define CONFIG_RUN_DIR	1024	/* bytes of its name */
#define CONFIG_PATH	(CONFIG_RUN_DIR + 64)	/* of a file there, and a NUL */

struct server_config {
	char	*public_origin;		/* "https://app.example.com" */
	char	*prefix;		/* of all paths: "" or "/members" */
	int	 pages;			/* are ours served? */
	char	*www_dir;
	char	*doc_dir;
	char	*run_dir;
	char	*peers;			/* users that may connect, "a,b" */
	char	*log_level;
	int	 start_timeout;		/* seconds, as all of these */
	int	 stop_timeout;
	int	 hsts_days;		/* 0: no Strict-Transport-Security */
	int	 hsts_subdomains;
	/* What the pages' policy allows besides, source by source. */
	char	*csp_script;
	char	*csp_style;
	char	*csp_img;
	char	*csp_font;
	char	*csp_connect;
	char	*csp_frame;
};

struct pool_config {
	char		*name;		/* from [pool NAME] */
	unsigned	 serves;	/* of enum duty: never none */
	char		*listen;	/* path, 127.0.0.1:port, [::1]:port */
	char		*mode;		/* of the socket file, octal */
	char		*group;		/* "": the process's own */
	int		 workers;
	int		 max_requests;
	int		 request_timeout;	/* seconds */
	int		 keep_connections;	/* per worker; 0: close each */
};

struct courier_config {
	int	 processes;
	int	 poll;			/* seconds */
	int	 stuck_timeout;
	int	 reconcile_hours;
};

/* Days after which what is settled is deleted. */
struct retention_config {
	int	 event_days;
	int	 object_days;
	int	 call_days;
	int	 checkout_days;
	int	 fact_days;
	int	 view_days;
	int	 card_days;		/* 0: cards are not compared */
};

struct config {
	struct server_config	 server;
	struct database_config	 database;
	/* [pool NAME], in the order of the file; together they serve all */
	struct pool_config	 pool[CONFIG_POOLS];
	size_t			 pools;
	struct limits_config	 limits;
	struct courier_config	 courier;
	struct retention_config	 retention;
	struct session_config	 session;
	struct password_config	 password;
	struct stripe_config	 stripe;
	struct billing_config	 billing;
	struct cello_config	 cello;
	struct referral_config	 referral;

	char	*credentials_dir;	/* $CREDENTIALS_DIRECTORY; NULL: none */
	char	*site;			/* public_origin and prefix together */
};

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

/* Both as JSON. */
void config_print_json(const struct config *c, FILE *out);
void config_print_options_json(FILE *out);

/* Is the public origin https?  If not it is a loopback address. */
int config_is_https(const struct config *c);

/* Where the file `name` that workers share is; it is one of our own names. */
void config_run_path(const struct config *c, const char *name,
    char ret_path[CONFIG_PATH]);

/*
 * Put the pools of `fresh` into the order that they have in `old`, so that a
 * number means the same pool in both.  If they are not the same ones, `fresh`
 * gets copies of those of `old` instead, and 0 comes back.
 */
int config_keep_pools(const struct config *old, struct config *fresh);

#endif /* !APP_CONFIG_H */
