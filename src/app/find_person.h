/* SPDX-License-Identifier: MIT */
#ifndef APP_FIND_PERSON_H
#define APP_FIND_PERSON_H

/* Who a word of an operator's means. */

#include <stdint.h>

#include "base/err.h"

struct account;
struct db;

/*
 * An address, the id of an account, or of a customer, a subscription or an
 * invoice at Stripe; and since when they have their account, seconds since
 * 1970.  ERR_NOTFOUND: nobody here.
 */
MUST_USE enum err find_person(struct db *db, const char *who,
    struct account *ret_account, int64_t *ret_since);

#endif /* !APP_FIND_PERSON_H */
