/* SPDX-License-Identifier: MIT */
#ifndef REFERRAL_WAY_H
#define REFERRAL_WAY_H

/*
 * By which way Cello learns of purchases, and since when: by "stripe" or by its
 * "api".  What was paid before the way was changed went the other one, and is
 * not to be told twice.
 */

#include <stdint.h>

#include "base/err.h"

struct db;
struct stmt;

/* They have gone by `way` for so many seconds, if they did not before. */
MUST_USE enum err way_set(struct db *db, const char *way, int64_t seconds);

/* Is what was paid at `at` told by the API? */
MUST_USE enum err way_is_api(struct db *db, int64_t at, int *ret_api);

extern const struct stmt *const way_statements[];

#endif /* !REFERRAL_WAY_H */
