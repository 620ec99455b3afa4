/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

#include "base/log.h"
#include "conf/secret.h"
#include "base/text.h"
#include "crypto/password.h"

#include "daemon/check.h"

/* RFC 7518 asks for 64 bytes with HS512; Cello hands out what it hands out. */
#define PRODUCT_SECRET_LEAST	32

static enum err
read_one(const struct config *c, const char *option, const char *path,
    struct secret *s)
{
	return secret_read(option, path, c->credentials_dir, s);
}

static enum err
check_cello(const struct config *c)
{
	struct secret s = { .count = 0 };
	enum err e;

	if (!c->cello.enabled)
		return ERR_OK;
	e = read_one(c, "product_secret_file", c->cello.product_secret_file, &s);
	if (e == ERR_OK && strlen(s.line[0]) < PRODUCT_SECRET_LEAST)
		log_warn("secret_short", "product_secret_file has fewer than "
		    "%d characters", PRODUCT_SECRET_LEAST);
	secret_done(&s);
	return e;
}

static enum err
check_pepper(const struct config *c)
{
	struct secret s = { .count = 0 };
	struct pepper *p = NULL;
	enum err e;

	if (text_empty(c->password.pepper_file))
		return ERR_OK;
	if ((e = read_one(c, "pepper_file", c->password.pepper_file, &s)) == ERR_OK)
		e = pepper_new(&s, &p);
	pepper_free(p);
	secret_done(&s);
	return e;
}

static enum err
check_stripe(const struct config *c)
{
	struct secret key = { .count = 0 }, hook = { .count = 0 };
	enum err e;

	if ((e = read_one(c, "secret_key_file", c->stripe.secret_key_file,
	    &key)) == ERR_OK)
		e = read_one(c, "webhook_secret_file", c->stripe.webhook_secret_file,
		    &hook);
	/* Odd ones are told and tried: Stripe has changed prefixes before. */
	if (e == ERR_OK) {
		(void)!secret_looks_like("secret_key_file", &key, "sk_", "rk_");
		(void)!secret_looks_like("webhook_secret_file", &hook, "whsec_",
		    "whsec_");
	}
	secret_done(&key);
	secret_done(&hook);
	return e;
}

/* All of them, so that one start tells everything that is wrong. */
static int
check_all(const struct config *c)
{
	int bad = 0;

	bad |= check_stripe(c) != ERR_OK;
	bad |= check_cello(c) != ERR_OK;
	bad |= check_pepper(c) != ERR_OK;
	return bad;
}

enum err
check_secrets(const struct config *conf)
{
	int status;
	pid_t pid;

	if ((pid = fork()) == 0)
		_exit(check_all(conf));
	if (pid == -1) {
		log_error("fork_failed", "cannot fork: %s", strerror(errno));
		return ERR_INTERNAL;
	}
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return ERR_INTERNAL;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? ERR_OK :
	    ERR_INPUT;
}
