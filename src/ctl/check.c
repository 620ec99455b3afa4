/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "app/config.h"
#include "base/text.h"
#include "conf/secret.h"
#include "crypto/password.h"
#include "web/page.h"

#include "ctl/args.h"
#include "ctl/checkup.h"
#include "ctl/ctl.h"

#define PROBLEM	128

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
say_unusable(struct checkup *c, const char *option, const char *path)
{
	static const char owner[] = "it has to be root's, mode 0640, and of the"
	    " group of endpind; \"cd / && runuser -u endpin -- endpin check\""
	    " sees what endpind sees";
	static const char credential[] = "a name without a slash is one of"
	    " systemd's credentials (LoadCredential=): they are there while"
	    " endpind runs, and root may look; or give the file's path";
	const char *hint = strchr(path, '/') == NULL ? credential : owner;
	char problem[PROBLEM];
	const struct fault fault = { "secrets", problem,
	    "the line above says why", hint };

	(void)snprintf(problem, sizeof(problem), "the file of %s cannot be"
	    " used", option);
	say_wrong(c, &fault);
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
		{ "cello.secret_access_key_file",
		    conf->cello.secret_access_key_file,
		    !text_empty(conf->cello.access_key_id), NULL },
		{ "cello.rewards_password_file",
		    conf->cello.rewards_password_file,
		    !text_empty(conf->cello.rewards_user), NULL },
		{ "password.pepper_file", conf->password.pepper_file,
		    !text_empty(conf->password.pepper_file), judge_pepper }
	};
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
		if (e == ERR_OK)
			say_well(c, "secrets", "%s", files[i].option);
		else
			say_unusable(c, files[i].option, files[i].path);
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
		say_well(c, "pages", "your own");
		return;
	}
	pages = pages_open(c->conf->server.www_dir);
	if (pages == NULL)
		say_wrong(c, &fault);
	else
		say_well(c, "pages", "%s", c->conf->server.www_dir);
	pages_close(pages);
}

/* endpin check [--statements] [--offline] [--json]: what is wrong here? */
int
ctl_check(const struct ctl *t)
{
	struct checkup c = { .conf = t->conf };
	struct checkup_print p = { .json = 0 };
	int statements = 0, offline = 0;
	const struct arg_option options[] = {
		{ "statements", ARG_FLAG, &statements, 0 },
		{ "offline", ARG_FLAG, &offline, 0 },
		{ "json", ARG_FLAG, &p.json, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = 0 };

	if (!args_take(t, options, &words))
		return CTL_USAGE;

	checkup_begin(&c, &p);
	say_well(&c, "configuration", "%s", t->path);
	check_secrets(&c);
	check_pages(&c);
	check_web(&c);
	check_database(&c, statements, offline);
	checkup_end(&p);
	return c.wrong > 0 ? CTL_WRONG : CTL_OK;
}
