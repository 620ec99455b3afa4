/* SPDX-License-Identifier: MIT */
#ifndef APP_EXPORT_H
#define APP_EXPORT_H

/*
 * All that is stored of one person, table by table (db/holding.h): what they may
 * ask for.
 */

#include <stddef.h>

#include "base/err.h"
#include "db/holding.h"

struct app;
struct rows;

/* The `i`th table that holds something of people, from 0; NULL: no more. */
const struct holding *export_holding(size_t i);

/*
 * The account's rows of it, as HOLDING_OF has them, columns that are withheld
 * included.  The caller owns *ret_rows.
 */
MUST_USE enum err export_rows(struct app *a, const struct holding *h,
    const char *account_id, struct rows **ret_rows);

/* How its column `name` is described; NULL: it is not known. */
const struct holding_field *export_field(const struct holding *h,
    const char *name);

#endif /* !APP_EXPORT_H */
