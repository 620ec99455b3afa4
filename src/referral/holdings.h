/* SPDX-License-Identifier: MIT */
#ifndef REFERRAL_HOLDINGS_H
#define REFERRAL_HOLDINGS_H

#include "db/holding.h"

/* What the tables of this folder hold of a person; table NULL at the end. */
extern const struct holding referral_holdings[];

extern const struct stmt *const referral_holdings_statements[];

#endif /* !REFERRAL_HOLDINGS_H */
