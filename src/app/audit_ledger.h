/* SPDX-License-Identifier: MIT */
#ifndef APP_AUDIT_LEDGER_H
#define APP_AUDIT_LEDGER_H

/*
 * Does the ledger say what Stripe says?  Each invoice, refund, dispute and
 * credit note that Stripe lists is asked for its entries, and the ledger for
 * each of these.  Nothing is changed.
 */

#include <stdint.h>

#include "base/err.h"

struct app;
struct ledger_entry;

struct audit {
	int64_t	 objects;	/* that Stripe lists */
	int64_t	 foreign;	/* of them of nobody whom we know */
	int64_t	 entries;	/* that the others should have */
	int64_t	 missing;	/* of them not there, or with another sum */
	int	 pages;
};

/* Called for each that is missing, and after each page with NULL. */
typedef void audit_tell(const struct audit *so_far,
    const struct ledger_entry *missing, void *arg);

/*
 * Of what was made at Stripe from `since` on, 0: all.  ERR_LATER: Stripe cannot
 * be asked at the moment; ERR_INTERNAL: it refuses.
 */
MUST_USE enum err audit_ledger(struct app *a, int64_t since, audit_tell *tell,
    void *arg, struct audit *ret_audit);

#endif /* !APP_AUDIT_LEDGER_H */
