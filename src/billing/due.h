/* SPDX-License-Identifier: MIT */
#ifndef BILLING_DUE_H
#define BILLING_DUE_H

/* When the next errand of a kind is due. */

#include <stdint.h>

#include "base/err.h"

struct db;
struct stmt;

/* Seconds to wait after Stripe refused our API key: somebody has to mend it. */
#define DUE_KEY_REFUSED	60

/*
 * `s` says in how many milliseconds, or NULL: never.  *ret_ms is 0 for what is
 * due already, and -1 for never.
 */
MUST_USE enum err due_in(struct db *db, const struct stmt *s,
    int64_t *ret_ms);

#endif /* !BILLING_DUE_H */
