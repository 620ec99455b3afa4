/* SPDX-License-Identifier: MIT */
#ifndef REFERRAL_FACT_H
#define REFERRAL_FACT_H

/*
 * What Cello is to be told by its API: an errand for each fact, written in the
 * transaction that makes it one.  Its id is what happened and to what, so that
 * it is told once, however often it is learnt; its body stays as it was
 * written.
 *
 * In v1 Cello has no means of knowing that something came before.  So a fact
 * whose delivery ended in doubt is held: it is "attended", no courier takes it,
 * and a person says what became of it (fact_resolve()).  In v2 its id is the
 * key under which Cello knows it for CELLO_FRESH_HOURS: so long it is repeated,
 * and after that it is held.  That somebody is to be forgotten is the same the
 * second time, so it is repeated as in v2.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "cello/event.h"
#include "cello/ucc.h"
#include "errand/errand.h"

struct db;
struct stmt;

#define FACT_ID		224	/* less than CELLO_KEY_MAX */
#define FACT_LEASE_S	90	/* two calls and a token take less */
#define FACT_ATTEMPTS	200	/* as OBJECT_ATTEMPTS */
#define FACT_WHY	256

extern const struct errand_kind fact_errands;

/*
 * "invoice-paid:in_1": `what` is an id of ours or of Stripe's.  ERR_INPUT: it
 * is too long to be one.
 */
MUST_USE enum err fact_id(enum cello_trigger trigger, const char *what,
    char ret_id[FACT_ID]);

/* One to be written; texts are borrowed. */
struct fact_order {
	const char	*id;
	enum cello_trigger trigger;
	enum cello_api	 api;
	const char	*account_id;	/* whose lane it is in */
	const char	*ucc;
	const char	*body;
	const char	*after;		/* an id of the account's; NULL: none */
};

/*
 * In a transaction; nothing if it is there.  One that is to come `after`
 * another is parked until that is told or dropped.
 */
MUST_USE enum err fact_write(struct db *db, const struct fact_order *o);

struct fact {
	char		 id[FACT_ID];
	enum cello_trigger trigger;
	enum cello_api	 api;
	char		 account_id[TEXT_UUID];
	char		 ucc[UCC];
	char		*body;		/* owned; fact_done() */
	int		 sent;		/* before, and what came is not known */
	int		 stale;		/* first too long ago to repeat */
};

MUST_USE enum err fact_find(struct db *db, const struct errand *x,
    struct fact *ret_fact);
void fact_done(struct fact *f);

/* It is about to be sent: committed before the socket opens. */
MUST_USE enum err fact_sending(struct db *db, const struct errand *x);

/* It certainly was not taken.  Before errand_later() or errand_back(). */
MUST_USE enum err fact_unsent(struct db *db, const struct errand *x);

/* Cello has it.  In a transaction; what comes after it is due. */
struct fact_answer {
	const char	*event_id;	/* NULL: v1 */
	const char	*warnings;	/* NULL: none */
};
MUST_USE enum err fact_told(struct db *db, const struct errand *x,
    const struct fact_answer *answer);

/* Nobody can know whether Cello has it: a person has to look. */
MUST_USE enum err fact_hold(struct db *db, const struct errand *x,
    const char *why);

/* What a person found out about one that is held. */
enum fact_end {
	FACT_IS_TOLD,		/* Cello has it */
	FACT_AGAIN,		/* it has not: tell it */
	FACT_NEVER		/* and is not to have it */
};

/*
 * In a transaction; in the first and the last case what comes after it is due.
 * ERR_NOTFOUND: none that is held has this id.
 */
MUST_USE enum err fact_resolve(struct db *db, int lane, const char *id,
    enum fact_end end);

/* How many are held. */
MUST_USE enum err fact_count_held(struct db *db, int64_t *ret_held);

/*
 * How it goes with those of one trigger.  What was told is counted up to
 * FACT_NEWS_TOLD only: in the end that is nearly all there is.
 */
#define FACT_NEWS_TOLD	1000
struct fact_news {
	int64_t	told, held, dead;	/* how many */
	int64_t	told_at;		/* the last; 0: never */
	int64_t	waiting, waits_s;	/* and the oldest, for so long */
	char	why[ERRAND_WHY];	/* of one that is dead; "" */
};
MUST_USE enum err fact_news(struct db *db, enum cello_trigger trigger,
    struct fact_news *ret_news);

/*
 * The account is erased: its name and address are in no body any more that is
 * to be sent, and no body is kept that was.  One that v2 may have taken stays as
 * it was sent until that is known: under its key Cello takes no other.
 */
MUST_USE enum err fact_erase(struct db *db, const char *account_id);

/* Is there such a one? */
MUST_USE enum err fact_under_way(struct db *db, const char *account_id,
    int *ret_under_way);

/* Erase what was sent of those settled for `days` days; as lane_tidy(). */
MUST_USE enum err fact_tidy(struct db *db, int lane, int days, int most,
    int *ret_erased);

extern const struct stmt *const fact_statements[];

#endif /* !REFERRAL_FACT_H */
