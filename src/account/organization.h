/* SPDX-License-Identifier: MIT */
#ifndef ACCOUNT_ORGANIZATION_H
#define ACCOUNT_ORGANIZATION_H

/*
 * The organizations that accounts are of.  Each account is of one of its own
 * until somebody joins it to another's: the text that people typed says nothing.
 */

#include "base/err.h"
#include "base/text.h"

struct db;
struct stmt;

/*
 * The id of that which `account_id` is of, and of the account that has been
 * there longest.  ERR_NOTFOUND: there is no such account.
 */
MUST_USE enum err organization_of(struct db *db, const char *account_id,
    char ret_organization[TEXT_UUID], char ret_first[TEXT_UUID]);

/*
 * From now on `account_id` is of the organization that `other` is of.
 * ERR_NOTFOUND: one of them is no account.
 */
MUST_USE enum err organization_join(struct db *db, const char *account_id,
    const char *other);

extern const struct stmt *const organization_statements[];

#endif /* !ACCOUNT_ORGANIZATION_H */
