/* SPDX-License-Identifier: MIT */
#ifndef BILLING_HOLDINGS_H
#define BILLING_HOLDINGS_H

#include "db/holding.h"

/* What the tables of this folder hold of a person; table NULL at the end. */
extern const struct holding billing_holdings[];

extern const struct stmt *const billing_holdings_statements[];

#endif /* !BILLING_HOLDINGS_H */
