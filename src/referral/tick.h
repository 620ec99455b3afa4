/* SPDX-License-Identifier: MIT */
#ifndef REFERRAL_TICK_H
#define REFERRAL_TICK_H

/* What no program can see, and a person says that it is so. */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct db;
struct stmt;

#define TICK_ITEM	48
#define TICK_BY		64
#define TICKS_MOST	128

struct tick {
	char	 item[TICK_ITEM];
	char	 by[TICK_BY];
	int64_t	 at;		/* seconds since 1970 */
};

/* Who was the first to tick it stays. */
MUST_USE enum err tick_set(struct db *db, const char *item, const char *by);
MUST_USE enum err tick_clear(struct db *db, const char *item);
MUST_USE enum err tick_list(struct db *db, struct tick ret[TICKS_MOST],
    size_t *ret_count);

/* NULL: it is not ticked. */
const struct tick *tick_of(const struct tick *t, size_t count,
    const char *item);

extern const struct stmt *const tick_statements[];

#endif /* !REFERRAL_TICK_H */
