/* SPDX-License-Identifier: MIT */
#ifndef API_API_H
#define API_API_H

/* All that a handler may reach: made once per worker, lent per request. */

#include "account/account.h"
#include "account/session.h"
#include "base/buf.h"
#include "app/config.h"
#include "base/err.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

struct db;
struct pages;
struct pepper;
struct signature_keys;
struct slots;
struct stripe;
struct token_signer;

struct ctx {
	const struct config	*conf;
	size_t			 pool;		/* of conf->pool[] */
	char			 label[64];	/* in pg_stat_activity */
	struct db		*db;
	struct session_limits	 limits;
	const char		*cookie;	/* name of the session cookie */
	int			 doorbell;	/* -1: no courier to wake */
	int			 draining;	/* set by the worker */
	/* What this pool's duties need and nothing else; NULL elsewhere. */
	struct signature_keys	*signatures;	/* hook */
	struct stripe		*stripe;	/* stripe */
	struct pepper		*pepper;	/* password */
	struct slots		*slots;		/* password */
	struct token_signer	*signer;	/* web; NULL: Cello is off */
	struct pages		*pages;		/* web */
	/* Of the request at hand, set by identify(). */
	int			 known;		/* somebody is logged in */
	struct account		 member;
	char			 token[SESSION_TOKEN];
	/* What ctx_site() answers with. */
	struct buf		 csp;
	struct site		 site;
};

/*
 * For a worker of conf->pool[pool].  NULL: a secret or a file cannot be had;
 * logged.  `conf` is borrowed.
 */
struct ctx *ctx_open(const struct config *conf, size_t pool, int doorbell);
void ctx_close(struct ctx *c);

/* The site of this context's pool; borrowed, lives as long as `c`. */
const struct site *ctx_site(struct ctx *c);

/*
 * Until when, of clock_mono_us(), something may be asked of Stripe: an answer
 * that takes as long as it may still comes before the master loses its patience.
 */
int64_t ctx_last_us(const struct ctx *c, const struct req *q);

/* After a commit that left something to do. */
void ctx_ring(const struct ctx *c);

extern const struct route routes[];	/* routes.c: the whole site */

typedef enum err handler(struct ctx *c, const struct req *q, struct resp *p);

handler page;						/* page.c */
handler signup, login, logout;
handler session_show;					/* GET /api/session */
handler config_show;					/* GET /api/config */
handler plans_show;
handler checkout_start, checkout_return;
handler portal_open;
handler subscription_show;
handler cello_token;
handler auth;
handler stripe_webhook;
handler livez, readyz;

#endif /* !API_API_H */
