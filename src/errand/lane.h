/* SPDX-License-Identifier: MIT */
#ifndef ERRAND_LANE_H
#define ERRAND_LANE_H

/*
 * What grows with traffic is keyed by (lane, id), so that a database can be
 * sharded by lane: every statement on such a table names the lane, but for the
 * few that tests/lint/lanes lists.
 */

#include "base/err.h"

struct db;
struct stmt;

#define LANES	256

/*
 * The lane of what belongs to `key`, 0 to LANES - 1: the first byte of its
 * SHA-256, in SQL get_byte(sha256(convert_to(key, 'UTF8')), 0).  Stable for
 * ever.
 */
int lane_of(const char *key);

/*
 * Run `s`, which deletes in lane $1 what is settled for $2 days, at most $3
 * rows, and answers with a row for each; *ret_deleted counts them.
 */
MUST_USE enum err lane_tidy(struct db *db, const struct stmt *s, int lane,
    int days, int most, int *ret_deleted);

#endif /* !ERRAND_LANE_H */
