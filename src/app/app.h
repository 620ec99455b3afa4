/* SPDX-License-Identifier: MIT */
#ifndef APP_APP_H
#define APP_APP_H

/*
 * What a process of endpin's keeps, and all that a verb may reach.  A verb is a
 * file of this folder: it owns the transaction and composes the nouns below;
 * of HTTP, of commands and of the shape of an answer it knows nothing.
 */

#include <stdint.h>

#include "account/session.h"
#include "base/allowance.h"
#include "base/err.h"
#include "billing/home.h"
#include "billing/pace.h"
#include "billing/trait.h"
#include "cello/boot.h"

struct cello;
struct config;
struct db;
struct pepper;
struct reward_keys;
struct signature_keys;
struct slots;
struct stripe;
struct token_signer;
struct turns;

/* What was written down of events a moment ago: it is not written again. */
#define APP_NOTED	16
struct noted {
	enum trait	 trait;
	char		 value[TRAIT_VALUE];
	int64_t		 until_us;
};

/* How it stands with a database that answers. */
enum unready {
	UNREADY_NOT,
	READY_CLOCK_APART,	/* from ours, and work goes on */
	UNREADY_SCHEMA,
	UNREADY_READ_ONLY,
	UNREADY_CLOCK		/* ours is */
};

struct app {
	const struct config	*conf;		/* borrowed */
	struct db		*db;
	struct session_limits	 limits;
	int			 doorbell;	/* -1: no courier to wake */
	int			 patience;	/* seconds of a request */
	/* What its duties need and nothing else; NULL elsewhere. */
	struct signature_keys	*signatures;
	struct reward_keys	*rewards;	/* NULL too: none come */
	struct allowance	 wrong_rewards;	/* with other credentials, */
	int			 wrong_unsaid;	/* or past it, not logged yet */
	struct pepper		*pepper;
	struct slots		*slots;		/* of passwords */
	struct turns		*turns;		/* at those slots */
	struct slots		*questions;	/* of MCP's tools */
	struct stripe		*stripe;
	struct token_signer	*signer;	/* NULL too: Cello is off */
	struct cello		*cello;		/* NULL too: without its API */
	int64_t			 cello_well_us;	/* when it answered last */
	int			 cello_away_ms;	/* how long to leave it alone */
	struct pace_slice	 cello_slice[PACE_SLICES];
	enum pace		 pace;		/* of what it does now */
	int			 begun;		/* an errand, with a call */
	int			 wait_ms;	/* leave whom it asks alone */
	struct pace_slice	 slice[PACE_SLICES];
	int			 at_home;	/* know_home() has found so */
	int			 refused;	/* Stripe said 401 since */
	int64_t			 away_until_us;	/* or not, and asks then */
	int64_t			 touch_from_us;	/* sessions, not before */
	struct home		 home;		/* whose the rows are, */
	int			 home_found;	/* or nobody's yet, */
	int64_t			 home_until_us;	/* as known until then */
	int64_t			 apart_until_us;	/* events, one by one */
	struct noted		 noted[APP_NOTED];
	size_t			 noted_next;	/* the oldest place */
	int64_t			 untimely_until_us;	/* said of events */
	enum unready		 unready;	/* said of the database */
	int64_t			 sighted_until_us[SIGHTS];	/* the like */
	void			(*beat)(void *arg);	/* NULL: nobody watches */
	void			*beat_arg;
	/* Do what else is due for a while; 0: leave.  NULL: nothing is. */
	int			(*meanwhile)(void *arg);
	void			*meanwhile_arg;
};

/* Who a process is going to be. */
struct app_role {
	const char	*name;		/* as pg_stat_activity shows it */
	unsigned	 duties;	/* of http/duty.h */
	int		 doorbell;	/* -1: none */
	int		 patience;	/* seconds that a request may take */
	int64_t		 statement_ms;	/* as in struct db_settings */
	int		 persists;	/* asks Stripe again: a command */
	void		(*beat)(void *arg);	/* as in struct app */
	void		*beat_arg;
	int		(*meanwhile)(void *arg);	/* as in struct app */
	void		*meanwhile_arg;
};

/* NULL: a secret or a file cannot be had; logged. */
struct app *app_open(const struct config *conf, const struct app_role *role);
void app_close(struct app *a);

/* Tell whoever watches that this process is not stuck. */
void app_beat(const struct app *a);

/*
 * On the way through what takes long: let through who waits behind it.  0: the
 * process is to leave, so stop.
 */
int app_meanwhile(const struct app *a);

/* After a commit that left something to do. */
void app_ring(const struct app *a);

/*
 * Until when, of clock_mono_us(), something may be asked of Stripe for a
 * request that began at `began_us`: an answer that takes as long as it may
 * still comes before the master loses its patience.
 */
int64_t app_last_us(const struct app *a, int64_t began_us);

#endif /* !APP_APP_H */
