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
#define TICKS_MOST	128

struct tick {
	char	 item[TICK_ITEM];
	int64_t	 at;		/* seconds since 1970 */
};

MUST_USE enum err tick_set(struct db *db, const char *item);
MUST_USE enum err tick_clear(struct db *db, const char *item);
MUST_USE enum err tick_list(struct db *db, struct tick ret[TICKS_MOST],
    size_t *ret_count);

/* Since when; 0: it is not ticked. */
int64_t tick_at(const struct tick *t, size_t count, const char *item);

extern const struct stmt *const tick_statements[];

#endif /* !REFERRAL_TICK_H */
