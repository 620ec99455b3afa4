/* SPDX-License-Identifier: MIT */
#ifndef BILLING_EVENT_H
#define BILLING_EVENT_H

/* What Stripe told us, as it came: evidence, never a source of state. */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "errand/errand.h"
#include "stripe/kind.h"

struct db;
struct errand;
struct event;
struct json;
struct stmt;

/*
 * Keep the event, and if it is new and names an object that is followed here
 * (stripe/kind.h) say that the object was heard of: one statement, one round
 * trip, one commit.  If it is odd and names none, it is an errand itself, of
 * kind "event", that is dead from the beginning.  A foreign one is kept and no
 * more.  *ret_fresh: 0 if the event was known.
 */
MUST_USE enum err event_record(struct db *db, const struct event *e,
    const char *payload, size_t len, int *ret_fresh);

/*
 * Can it be kept with others?  One that is odd and names no object, that is too
 * large, or that has bytes which a column of text does not take or which stand
 * between payloads, is kept alone.
 */
#define EVENT_ALL_BYTES	(256u << 10)	/* of payloads kept at once */
int event_is_plain(const struct event *e, const char *payload, size_t len);

/*
 * Keep several plain ones, of EVENT_ALL_BYTES at most, as event_record() keeps
 * one: one statement, one round trip, one commit, for all or for none; not in a
 * transaction.  Each has its own `fresh`, set with ERR_OK only; of the same
 * event twice the first is.  ERR_CONFLICT: somebody has one of their rows, and
 * may be waiting for another of them.
 */
struct event_told {
	const struct event	*event;
	const char		*payload;
	size_t			 len;
	int			 fresh;		/* set by event_record_all() */
	int			 apart;		/* set by event_find_apart() */
};
MUST_USE enum err event_record_all(struct db *db, struct event_told told[],
    size_t n);

/*
 * Which of those had better be recorded alone, because somebody has the row of
 * their object now?  `apart` says so, and is 0 for all on an error.  A row that
 * somebody is only inserting is not seen.  Not in a transaction: it would end
 * without waiting for the disk.
 */
MUST_USE enum err event_find_apart(struct db *db, struct event_told told[],
    size_t n);

/*
 * The newest events about an object, the errand `x`, of those that came since
 * the object was seen last: an array, owned, for Stripe's clock has seconds.
 * ERR_NOTFOUND: none came, or one of them is not JSON.
 */
MUST_USE enum err event_unseen(struct db *db, const struct errand *x,
    struct json **ret_events);

/* For people: what is known of an event but for what it says. */
struct event_row {
	int	 lane;
	char	 id[STRIPE_ID];
	char	 type[STRIPE_ID];
	char	 object_kind[64];
	char	 object_id[STRIPE_ID];	/* "" if it names none */
	char	 account[STRIPE_ID];	/* "": ours */
	char	 version[64];		/* "": none */
	int	 livemode;		/* -1: it does not say */
	char	 created[32];		/* RFC 3339 */
	char	 received[32];
	char	 state[16];		/* of its object's errand; "": none */
	char	 last_error[ERRAND_WHY];	/* and why */
};

/* Which are meant; NULL and 0: whichever. */
struct event_wish {
	const char	*id;
	const char	*object_id;
	const char	*type;
	int64_t		 since_s;	/* came within so many seconds */
	int		 most;
};

/* The last to come first.  The caller frees *ret_rows. */
MUST_USE enum err event_list(struct db *db, const struct event_wish *wish,
    struct event_row **ret_rows, size_t *ret_count);

/* What it said, as it is kept; owned.  ERR_NOTFOUND: there is none. */
MUST_USE enum err event_payload(struct db *db, const struct event_row *row,
    char **ret_payload);

/*
 * Of what the account has at Stripe, as far as the rows know or the event names
 * its customer: nothing of what was said is kept, only that something was.
 */
MUST_USE enum err event_erase(struct db *db, const char *account_id);

/* Delete what came more than `days` ago, up to `most` in this lane. */
MUST_USE enum err event_tidy(struct db *db, int lane, int days, int most,
    int *ret_deleted);

extern const struct stmt *const event_statements[];
extern const struct stmt *const event_record_statements[];

#endif /* !BILLING_EVENT_H */
