/* SPDX-License-Identifier: MIT */
#ifndef LEDGER_HOLDINGS_H
#define LEDGER_HOLDINGS_H

#include "db/holding.h"

/* What the tables of this folder hold of a person; table NULL at the end. */
extern const struct holding ledger_holdings[];

extern const struct stmt *const ledger_holdings_statements[];

#endif /* !LEDGER_HOLDINGS_H */
