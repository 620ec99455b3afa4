/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "app/config.h"
#include "app/ctx.h"
#include "app/device.h"
#include "account/account.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/network.h"
#include "base/turns.h"
#include "crypto/digest.h"
#include "http/request.h"
#include "http/response.h"

#include "api/visitor.h"

#include "api/device.h"

const char *
device_cookie_name(const struct config *conf)
{
	return config_is_https(conf) ? "__Host-endpin_device" :
	    "endpin_device";
}

void
device_cookie(const struct ctx *c, struct resp *p, const char *token)
{
	const struct config *conf = c->app->conf;
	const struct cookie cookie = { .name = device_cookie_name(conf),
	    .value = token == NULL ? "" : token,
	    .max_age = token == NULL ? 0 : DEVICE_DAYS * CLOCK_DAY_S,
	    .plain = !config_is_https(conf) };

	resp_cookie(p, &cookie);
}

/* Addresses of which no letter counts as large or small. */
static uint64_t
key_of(const char *text)
{
	unsigned char digest[DIGEST_SHA256];
	char small[ACCOUNT_EMAIL];
	uint64_t key;
	size_t i;

	for (i = 0; i + 1 < sizeof(small) && text[i] != '\0'; i++)
		small[i] = text[i] >= 'A' && text[i] <= 'Z' ?
		    (char)(text[i] - 'A' + 'a') : text[i];
	digest_sha256(small, i, digest);
	memcpy(&key, digest, sizeof(key));
	return key;
}

/* All whose address the web server does not say are of one. */
static uint64_t
network_of(const char *remote)
{
	struct network n;

	return network_read(remote, &n) == ERR_OK ?
	    network_neighbour(&n) >> 8 : 0;
}

void
device_claim(const struct ctx *c, const struct req *q,
    struct claim *ret_claim)
{
	struct claim claim = { .network = network_of(q->remote),
	    .since_us = q->began_us };
	char token[DEVICE_TOKEN], session[SESSION_TOKEN];
	struct json *body = NULL;
	const char *email = NULL;

	if (q->body_len > 0 &&
	    json_parse(q->body, q->body_len, &body) == ERR_OK)
		email = json_text(body, "email");
	visitor_token(c, q, session);
	/* Who erases an account has a session, and says no address. */
	claim.account = key_of(email != NULL ? email : session);
	claim.is_known = req_cookie(q, device_cookie_name(c->app->conf),
	    token, sizeof(token)) == ERR_OK &&
	    device_is_known(c->app, email, q->now, token);
	json_free(body);
	*ret_claim = claim;
}
