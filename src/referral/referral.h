/* SPDX-License-Identifier: MIT */
#ifndef REFERRAL_REFERRAL_H
#define REFERRAL_REFERRAL_H

/* Who sent whom: written in the transaction that makes the account. */

#include "base/err.h"
#include "cello/ucc.h"

struct db;
struct stmt;

/* Once per account; a second time is ERR_CONFLICT. */
MUST_USE enum err referral_record(struct db *db, const char *account_id,
    const char *ucc, const char *source);

/* ERR_NOTFOUND: the account was not referred. */
MUST_USE enum err referral_find(struct db *db, const char *account_id,
    char ret_ucc[UCC]);

extern const struct stmt *const referral_statements[];

#endif /* !REFERRAL_REFERRAL_H */
