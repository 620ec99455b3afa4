/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/meter.h"
#include "base/network.h"

#include "http/options.h"

#include "http/limit.h"

#define EXEMPT_MOST	64	/* networks */
#define NETWORK_TEXT	64	/* of one, with the NUL */
#define SAY_AGAIN_US	INT64_C(600000000)

struct limits {
	struct meter			*meter;
	const struct limits_config	*conf;
	struct network			 exempt[EXEMPT_MOST];
	size_t				 exempts;
	int64_t				 said_us;	/* 0: not yet */
};

static const struct {
	const char	*name;
	const char	*reason;
} limits[LIMITS] = {
	[LIMIT_LOGIN] = { "login", NULL },
	[LIMIT_SIGNUP] = { "signup", NULL },
	[LIMIT_ERASE] = { "erase", NULL },
	[LIMIT_BILLING] = { "billing", NULL },
	[LIMIT_USUAL] = { "usual", NULL },
	[LIMIT_SERVER] = { "server", NULL },
	[FREE_SIGNED] = { NULL, "who sends it has to prove who they are" },
	[FREE_ASKED] = { NULL, "the web server asks for each request" },
	[FREE_WATCHED] = { NULL, "who watches is always answered" }
};

const char *
limit_name(enum limit which)
{
	return limits[which].name;
}

const char *
limit_reason(enum limit which)
{
	return limits[which].reason;
}

/* Into `ret` of EXEMPT_MOST.  ERR_INPUT: these are no networks, or too many. */
static enum err
exempt_read(const char *text, struct network *ret, size_t *ret_count)
{
	char one[NETWORK_TEXT];
	size_t count = 0, len;

	for (text += strspn(text, " "); *text != '\0';
	    text += len, text += strspn(text, " ")) {
		len = strcspn(text, " ");
		if (count == EXEMPT_MOST || len >= sizeof(one))
			return ERR_INPUT;
		memcpy(one, text, len);
		one[len] = '\0';
		if (network_read(one, &ret[count++]) != ERR_OK)
			return ERR_INPUT;
	}
	*ret_count = count;
	return ERR_OK;
}

int
limits_exempt_ok(const char *exempt)
{
	struct network unused[EXEMPT_MOST];
	size_t count;

	return exempt_read(exempt, unused, &count) == ERR_OK;
}

struct limits *
limits_open(const struct limits_config *c, const char *path)
{
	struct limits *l = mem_zero(1, sizeof(*l));

	l->conf = c;
	if (exempt_read(c->exempt, l->exempt, &l->exempts) != ERR_OK)
		log_error("config_bad", "exempt of [limits] is not networks");
	else
		l->meter = meter_open(path);
	if (l->meter == NULL) {
		limits_close(l);
		return NULL;
	}
	return l;
}

void
limits_close(struct limits *l)
{
	if (l == NULL)
		return;
	meter_close(l->meter);
	free(l);
}

static int
is_exempt(const struct limits *l, const struct network *who)
{
	size_t i;

	for (i = 0; i < l->exempts; i++)
		if (network_has(&l->exempt[i], who))
			return 1;
	return 0;
}

/* A front that hides the addresses of people makes one of them all. */
static void
say_if_front(struct limits *l, const struct network *who, const char *remote,
    int64_t now_us)
{
	if ((l->said_us != 0 && now_us - l->said_us < SAY_AGAIN_US) ||
	    !network_is_private(who))
		return;
	l->said_us = now_us;
	log_warn("limit_private", "%s asked too often, which is no address of"
	    " the Internet: if a load balancer or a tunnel is there, the web"
	    " server has to look behind it (set_real_ip_from, RemoteIPHeader)",
	    remote);
}

int
limits_take(struct limits *l, enum limit which, const char *remote,
    int64_t now_us)
{
	struct network who;
	int most = l->conf->each[which], seconds;

	if (limits[which].name == NULL || most == 0 ||
	    network_read(remote, &who) != ERR_OK || is_exempt(l, &who))
		return 0;
	seconds = meter_take(l->meter, which, network_neighbour(&who), most,
	    now_us);
	if (seconds > 0)
		say_if_front(l, &who, remote, now_us);
	return seconds;
}
