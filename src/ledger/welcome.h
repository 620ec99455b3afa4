/* SPDX-License-Identifier: MIT */
#ifndef LEDGER_WELCOME_H
#define LEDGER_WELCOME_H

/*
 * The credit of somebody who was referred: promised with the page on which
 * they pay, and decided when their first payment has come.  An account has one
 * row, so whatever it subscribes to later, it is credited once.
 */

#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "stripe/kind.h"

struct db;
struct stmt;

enum welcome_outcome {
	WELCOME_OPEN,		/* not paid yet, or it waits */
	WELCOME_BOOKED,
	WELCOME_CURRENCY,	/* they have paid in another one */
	WELCOME_DOUBT,		/* something speaks against the referral */
	WELCOME_ERASED,
	WELCOME_OUTCOMES
};

struct welcome {
	char			 account_id[TEXT_UUID];
	int64_t			 value;		/* minor units; 0: none */
	char			 currency[8];
	char			 invoice[STRIPE_ID];	/* waits; "": none */
	enum welcome_outcome	 outcome;
	int64_t			 booked;	/* of the value; 0: nothing */
	int64_t			 promised_at;	/* seconds since 1970 */
	int64_t			 decided_at;	/* 0: not yet */
};

/* "open", "booked" ... */
const char *welcome_outcome_name(enum welcome_outcome outcome);

/*
 * In place of what was promised before; 0: nothing is.  What was decided stays
 * as it is.
 */
MUST_USE enum err welcome_promise(struct db *db, const char *account_id,
    int64_t value, const char *currency);

/*
 * What the account was promised and nothing has decided; it is locked until
 * the transaction ends.  ERR_NOTFOUND: nothing.
 */
MUST_USE enum err welcome_find_open(struct db *db, const char *account_id,
    struct welcome *ret_welcome);

/*
 * It has been paid on, with `invoice`, and cannot be decided yet: whoever makes
 * that possible has it read again.
 */
MUST_USE enum err welcome_wait(struct db *db, const char *account_id,
    const char *invoice);

/*
 * Once, for ever: so much of it is booked, by the call of the same transaction,
 * or it is not.  ERR_CONFLICT: it is decided, or there is nothing.
 */
MUST_USE enum err welcome_book(struct db *db, const char *account_id,
    int64_t value, const char *call_id);
MUST_USE enum err welcome_refuse(struct db *db, const char *account_id,
    enum welcome_outcome why);

/* value 0: nothing was ever promised. */
MUST_USE enum err welcome_find(struct db *db, const char *account_id,
    struct welcome *ret_welcome);

extern const struct stmt *const welcome_statements[];

#endif /* !LEDGER_WELCOME_H */
