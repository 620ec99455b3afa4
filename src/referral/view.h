/* SPDX-License-Identifier: MIT */
#ifndef REFERRAL_VIEW_H
#define REFERRAL_VIEW_H

/* How often people came by a link: counted by code and day. */

#include "base/err.h"

struct db;
struct stmt;

/*
 * One more.  Of one day no more than VIEW_CODES codes are counted: anybody can
 * make up another.
 */
#define VIEW_CODES	10000
MUST_USE enum err view_count(struct db *db, const char *ucc);

/* Delete up to `most` rows of days longer ago than `days`. */
MUST_USE enum err view_tidy(struct db *db, int days, int most,
    int *ret_deleted);

extern const struct stmt *const view_statements[];

#endif /* !REFERRAL_VIEW_H */
