/* SPDX-License-Identifier: MIT */
#ifndef CELLO_REWARD_H
#define CELLO_REWARD_H

/*
 * What Cello tells of rewards in credits: Basic credentials, which its support
 * has given out, and X-Cello-Env; the same event for ever, at least once.
 * https://docs.cello.so/attribution/credit-based-rewards
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct cello_config;
struct json;
struct reward_keys;
struct secret;

/* Any of the passwords is good, so that one can be rolled. */
struct reward_keys *reward_keys_new(const char *user,
    const struct secret *passwords);
void reward_keys_free(struct reward_keys *k);

/*
 * Are `credentials`, of the scheme Basic or NULL, among them?  In time that
 * does not depend on how far they are.
 */
int reward_keys_ok(const struct reward_keys *k, const char *credentials);

/* Is `env`, of X-Cello-Env or NULL, the word for this [cello] environment? */
int reward_env_ok(const struct cello_config *conf, const char *env);

#define REWARD_ID	127	/* bytes of an id */

/* Borrowed from the body. */
struct reward {
	const char	*event;
	const char	*id;
	const char	*user;		/* productUserId */
	int64_t		 amount;
	int64_t		 at;		/* seconds since 1970 */
};

/*
 * ERR_NOTFOUND: it is of something else than credits.  ERR_INPUT: something is
 * missing, or not as Cello has it; *ret_what names it.
 */
MUST_USE enum err reward_read(const struct json *body,
    struct reward *ret_reward, const char **ret_what);

#endif /* !CELLO_REWARD_H */
