/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "conf/secret.h"
#include "crypto/digest.h"

#include "cello/options.h"

#include "cello/reward.h"

/* Of "user:password" in base64, without the padding. */
struct reward_keys {
	size_t		 count;
	unsigned char	 digest[SECRET_LINES][DIGEST_SHA256];
};

static void
digest_pair(const char *user, const char *password,
    unsigned char ret_digest[DIGEST_SHA256])
{
	const size_t len = strlen(user) + 1 + strlen(password);
	char *pair = mem_zero(len + 1, 1);
	char *text = mem_zero(TEXT_BASE64_LEN(len) + 1, 1);

	memcpy(pair, user, strlen(user));
	pair[strlen(user)] = ':';
	memcpy(pair + strlen(user) + 1, password, strlen(password));
	text_base64(pair, len, text);
	digest_sha256(text, strlen(text), ret_digest);
	mem_free_secret(text, strlen(text));
	mem_free_secret(pair, len);
}

struct reward_keys *
reward_keys_new(const char *user, const struct secret *passwords)
{
	struct reward_keys *k = mem_zero(1, sizeof(*k));

	for (; k->count < passwords->count; k->count++)
		digest_pair(user, passwords->line[k->count],
		    k->digest[k->count]);
	return k;
}

void
reward_keys_free(struct reward_keys *k)
{
	mem_free_secret(k, sizeof(*k));
}

/* Digests are compared, so that nothing is learnt from how long it takes. */
int
reward_keys_ok(const struct reward_keys *k, const char *credentials)
{
	unsigned char given[DIGEST_SHA256];
	size_t i, len;
	int ok = 0;

	if (credentials == NULL)
		return 0;
	for (len = strlen(credentials); len > 0 &&
	    credentials[len - 1] == '='; len--)
		continue;
	digest_sha256(credentials, len, given);
	for (i = 0; i < k->count; i++)
		ok |= digest_equal(k->digest[i], given, sizeof(given));
	return ok;
}

int
reward_env_ok(const struct cello_config *conf, const char *env)
{
	return text_equal(env, cello_is_production(conf) ? "prod" : "sandbox");
}

static int
is_id(const char *text)
{
	return !text_empty(text) && strlen(text) <= REWARD_ID;
}

enum err
reward_read(const struct json *body, struct reward *ret_reward,
    const char **ret_what)
{
	struct reward *r = ret_reward;
	const char *at = json_text(body, "createdTs");

	if (!text_equal(json_text(body, "eventType"), "new-reward") ||
	    !text_equal(json_text(body, "data.rewardType"), "credits"))
		return ERR_NOTFOUND;
	r->event = json_text(body, "eventId");
	r->id = json_text(body, "data.rewardId");
	r->user = json_text(body, "data.productUserId");
	*ret_what = !is_id(r->event) ? "eventId" :
	    !is_id(r->id) ? "data.rewardId" :
	    !is_id(r->user) ? "data.productUserId" :
	    json_int(body, "data.reward.amount", &r->amount) != ERR_OK ||
	    r->amount <= 0 ? "data.reward.amount" :
	    at == NULL || clock_read(at, &r->at) != ERR_OK ? "createdTs" :
	    NULL;
	return *ret_what == NULL ? ERR_OK : ERR_INPUT;
}
