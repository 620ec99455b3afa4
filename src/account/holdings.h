/* SPDX-License-Identifier: MIT */
#ifndef ACCOUNT_HOLDINGS_H
#define ACCOUNT_HOLDINGS_H

#include "db/holding.h"

/* What the tables of this folder hold of a person; table NULL at the end. */
extern const struct holding account_holdings[];

extern const struct stmt *const account_holdings_statements[];

#endif /* !ACCOUNT_HOLDINGS_H */
