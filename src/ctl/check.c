/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "app/config.h"
#include "base/text.h"
#include "conf/secret.h"
#include "crypto/password.h"
#include "db/db.h"
#include "db/migrate.h"
#include "web/page.h"

#include "ctl/args.h"
#include "ctl/checkup.h"
#include "ctl/ctl.h"
#include "ctl/statements.h"

/* A handler must be able to wait for Stripe before the master ends it. */
static void
check_times(struct checkup *c)
{
	char problem[96];
	const struct fault fault = { "times", problem,
	    "a worker is killed before it has waited for Stripe",
	    "make it more than [stripe] timeout, and twice that is better" };
	const struct pool_config *p;
	int wrong = c->wrong;

	for (p = c->conf->pool; p < c->conf->pool + c->conf->pools; p++) {
		if ((p->serves & DUTY_STRIPE) == 0 ||
		    p->request_timeout > c->conf->stripe.timeout)
			continue;
		(void)snprintf(problem, sizeof(problem), "request_timeout of"
		    " pool %s is too short", p->name);
		say_wrong(c, &fault);
	}
	if (c->wrong == wrong)
		say_well("times", "no wait outlasts its request");
}

/* Is what is in the file good for what it is for? */
static enum err
judge_pepper(const struct secret *s)
{
	struct pepper *pepper = NULL;
	enum err e = pepper_new(s, &pepper);

	pepper_free(pepper);
	return e;
}

static enum err
judge_key(const struct secret *s)
{
	return secret_looks_like("stripe.secret_key_file", s, "sk_", "rk_");
}

static enum err
judge_webhook(const struct secret *s)
{
	return secret_looks_like("stripe.webhook_secret_file", s, "whsec_",
	    "whsec_");
}

static void
check_secrets(struct checkup *c)
{
	const struct config *conf = c->conf;
	const struct {
		const char	*option;
		const char	*path;
		int		 wanted;
		enum err	(*judge)(const struct secret *s);
	} files[] = {
		{ "stripe.secret_key_file", conf->stripe.secret_key_file, 1,
		    judge_key },
		{ "stripe.webhook_secret_file", conf->stripe.webhook_secret_file, 1,
		    judge_webhook },
		{ "cello.product_secret_file", conf->cello.product_secret_file,
		    conf->cello.enabled, NULL },
		{ "password.pepper_file", conf->password.pepper_file,
		    !text_empty(conf->password.pepper_file), judge_pepper }
	};
	struct fault fault = { .what = "secrets",
	    .detail = "the line above says why",
	    .hint = "a name without a slash is looked for in"
	    " $CREDENTIALS_DIRECTORY, which only the service has" };
	struct secret s;
	size_t i;
	enum err e;

	for (i = 0; i < NELEM(files); i++) {
		if (!files[i].wanted)
			continue;
		e = secret_read(files[i].option, files[i].path,
		    conf->credentials_dir, &s);
		if (e == ERR_OK) {
			if (files[i].judge != NULL)
				e = files[i].judge(&s);
			secret_done(&s);
		}
		fault.problem = files[i].option;
		if (e != ERR_OK)
			say_wrong(c, &fault);
		else
			say_well("secrets", "%s", files[i].option);
	}
}

static void
check_pages(struct checkup *c)
{
	static const struct fault fault = { "pages",
	    "the pages cannot be read", "the line above says which",
	    "set [server] www_dir to where they were installed" };
	struct pages *pages;

	if (!c->conf->server.pages) {
		say_well("pages", "your own");
		return;
	}
	pages = pages_open(c->conf->server.www_dir);
	if (pages == NULL)
		say_wrong(c, &fault);
	else
		say_well("pages", "%s", c->conf->server.www_dir);
	pages_close(pages);
}

/* Returns whether there is one to look at further. */
static int
check_schema(struct checkup *c, struct db *db)
{
	char detail[128];
	const struct fault old = { "schema",
	    "migrations have not been applied", detail,
	    "run \"endpin migrate\"" };
	static const struct fault away = { "database",
	    "the database does not answer", "the line above says why",
	    "look at [database] conninfo, and whether the server runs" };
	int version = 0;
	enum err e;

	e = db_ping(db);
	if (e == ERR_OK)
		e = migrate_version(db, &version);
	if (e != ERR_OK && e != ERR_NOTFOUND) {
		say_wrong(c, &away);
		return 0;
	}
	say_well("database", "it answers");
	if (version < MIGRATE_NEEDED) {
		(void)snprintf(detail, sizeof(detail), "the database is at"
		    " version %d, this program needs %d", version,
		    MIGRATE_NEEDED);
		say_wrong(c, &old);
		return 0;
	}
	say_well("schema", "version %d", version);
	return 1;
}

static void
check_statements(struct checkup *c, struct db *db)
{
	static const struct fault fault = { "statements",
	    "the database does not take every statement",
	    "the lines above say which",
	    "the schema is not the one that this program was built for" };
	int count, refused = statements_prepare(db, &count);

	if (refused > 0)
		say_wrong(c, &fault);
	else
		say_well("statements", "%d statements prepared", count);
}

/* Returns whether there is a schema to look at further. */
static int
check_database(struct checkup *c, int statements)
{
	const struct db_settings settings = { .conninfo = c->conf->database.conninfo,
	    .pooled = text_equal(c->conf->database.pooler, "transaction"),
	    .name = "endpin check" };
	struct db *db = db_open(&settings);
	int there = check_schema(c, db);

	if (there && statements)
		check_statements(c, db);
	db_close(db);
	return there;
}

/* endpin check [--statements] [--offline]: is here all that endpind needs? */
int
ctl_check(const struct ctl *t)
{
	struct checkup c = { .conf = t->conf };
	int statements = 0, offline = 0;
	const struct arg_option options[] = {
		{ "statements", ARG_FLAG, &statements, 0 },
		{ "offline", ARG_FLAG, &offline, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = 0 };

	if (!args_take(t, options, &words))
		return CTL_USAGE;

	/* So that a sentence stands after the line of the log it is about. */
	(void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	say_well("configuration", "%s", t->path);
	check_times(&c);
	check_secrets(&c);
	check_pages(&c);
	if (check_database(&c, statements))
		check_work(&c, offline);
	return c.wrong > 0 ? CTL_WRONG : CTL_OK;
}
