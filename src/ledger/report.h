/* SPDX-License-Identifier: MIT */
#ifndef LEDGER_REPORT_H
#define LEDGER_REPORT_H

/*
 * What the ledger says.  An entry's `net` is its part without tax: of what its
 * invoice has brought by then, the share of the invoice that is no tax, rounded
 * down, less the same of the moment before.  So the net of an invoice's entries
 * is never below zero, never more than of what was paid, and exactly nothing
 * once all of it has gone back.  `earned` is the referrer's part of that in the
 * same way, by the terms of the day on which they referred; it is reckoned for
 * people, what is paid out is Cello's to say.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "cello/ucc.h"
#include "stripe/kind.h"

struct db;
struct stmt;
struct tally;

/* Which entries; the zeroes and NULLs narrow nothing down. */
struct ledger_wish {
	const char	*account_id;
	int64_t		 since, until;	/* booked, seconds; until: not then */
};

struct ledger_row {
	char	 booked[32];		/* "2026-11-26T23:59:59Z" */
	char	 kind[16];
	char	 source[STRIPE_ID];
	char	 invoice[STRIPE_ID];	/* "": not known */
	char	 customer[STRIPE_ID];
	char	 account[TEXT_UUID];
	char	 ucc[UCC];		/* "": nobody */
	char	 currency[8];
	int64_t	 amount, net, earned;	/* minor units */
};

/* In their order, one by one. */
typedef void ledger_each(const struct ledger_row *x, void *arg);
MUST_USE enum err ledger_list(struct db *db, const struct ledger_wish *w,
    ledger_each *each, void *arg);

/* Of a referral, or of all who were not referred, in one currency. */
struct ledger_sum {
	char	 ucc[UCC];		/* ""; then account is "", too */
	char	 account[TEXT_UUID];
	char	 currency[8];
	int64_t	 came, went, net, earned; /* minor units; went: below 0 */
};

/* Referrers in the order of what they brought; those nobody referred last. */
typedef void ledger_each_sum(const struct ledger_sum *x, void *arg);
MUST_USE enum err ledger_sums(struct db *db, const struct ledger_wish *w,
    ledger_each_sum *each, void *arg);

/* Payments of those who were referred. */
MUST_USE enum err ledger_tally(struct db *db, struct tally *ret_tally);

/* Accounts that have paid: of those who were referred, and of the others. */
MUST_USE enum err ledger_payers(struct db *db, int64_t *ret_referred,
    int64_t *ret_others);

extern const struct stmt *const ledger_report_statements[];

#endif /* !LEDGER_REPORT_H */
