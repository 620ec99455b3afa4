/* SPDX-License-Identifier: MIT */
#ifndef APP_DESK_H
#define APP_DESK_H

/*
 * What people do with errands, over all kinds alike: look, bring back, drop.
 * Nobody is rung for what is brought back: couriers find it when they look by
 * themselves.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "errand/errand.h"

struct app;

/* The `i`th kind, from 0; NULL: there are not so many. */
const struct errand_kind *desk_kind_at(size_t i);

/* The kind of this name; NULL: there is none. */
const struct errand_kind *desk_kind(const char *name);

/* Is there a state of this name? */
int desk_state_ok(const char *state);

/* Which errands are meant. */
struct desk_wish {
	const struct errand_kind	*kind;	/* NULL: all */
	const char			*state;	/* NULL: all but done */
	const char			*id;	/* NULL: all; else in any state */
	int				 most;
};

struct desk_row {
	const struct errand_kind	*kind;
	struct errand_row		 row;
};

/*
 * Of all that is meant the `most` that are due longest, in this order.  The
 * caller frees *ret_rows.
 */
MUST_USE enum err desk_list(struct app *a, const struct desk_wish *wish,
    struct desk_row **ret_rows, size_t *ret_count);

/* ERR_NOTFOUND: there is no such errand, whatever its state. */
MUST_USE enum err desk_find(struct app *a, const struct errand_kind *kind,
    const char *id, struct errand_row *ret_row);

/* All that is known of it, as of errand_show(). */
MUST_USE enum err desk_show(struct app *a, const struct errand_kind *kind,
    const struct errand_row *row, struct errand_fact **ret_facts,
    size_t *ret_count);

/* How many there are of a kind. */
MUST_USE enum err desk_count(struct app *a, const struct errand_kind *kind,
    struct errand_count *ret_count);

/* As errand_retry() and errand_drop(), of what desk_find() found. */
MUST_USE enum err desk_retry(struct app *a, const struct errand_kind *kind,
    const struct errand_row *row);
MUST_USE enum err desk_drop(struct app *a, const struct errand_kind *kind,
    const struct errand_row *row);

/* What came of many. */
struct desk_tally {
	int64_t	 found;
	int64_t	 revived;
	int64_t	 taken;		/* ERR_CONFLICT of errand_retry() */
	int64_t	 gone;		/* somebody else was quicker */
	int	 more;		/* there may be more than `most` */
	/* Called after each; NULL: nobody wants to know. */
	void	(*progress)(const struct desk_tally *t, void *arg);
	void	*arg;
};

/* All that is meant, one after the other: what is done by then stays so. */
MUST_USE enum err desk_retry_all(struct app *a, const struct desk_wish *wish,
    struct desk_tally *tally);

#endif /* !APP_DESK_H */
