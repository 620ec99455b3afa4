/* SPDX-License-Identifier: MIT */
#ifndef REFERRAL_SIGHT_H
#define REFERRAL_SIGHT_H

/* When the Referral Component was last seen to come up in a browser, or not. */

#include <stdint.h>

#include "base/err.h"
#include "cello/boot.h"

struct db;
struct stmt;

/* It was seen now.  Once a minute is enough. */
MUST_USE enum err sight_note(struct db *db, enum boot_sight s);

/* Seconds since 1970; 0: never. */
MUST_USE enum err sight_list(struct db *db, int64_t ret_at[SIGHTS]);

extern const struct stmt *const sight_statements[];

#endif /* !REFERRAL_SIGHT_H */
