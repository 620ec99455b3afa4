/* SPDX-License-Identifier: MIT */
#ifndef LEDGER_CREDIT_H
#define LEDGER_CREDIT_H

/*
 * Credits that referrers have earned, as Cello has told of them: an entry for
 * each reward, which nobody changes.  What they are worth as balance at Stripe
 * is written with them, and that they were booked there is, once, for ever.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

struct db;
struct stmt;

#define CREDIT_ID	128	/* Cello's ids, with the NUL */

struct credit {
	const char	*event;		/* borrowed, as all of these */
	const char	*reward;
	const char	*user;		/* productUserId */
	const char	*account;	/* NULL: there is none of this id */
	int64_t		 amount;
	int64_t		 told_at;	/* seconds since 1970 */
	int64_t		 value;		/* minor units */
	const char	*currency;	/* NULL: it is not booked */
};

/* ERR_CONFLICT: this event was written before; what was written stays. */
MUST_USE enum err credit_write(struct db *db, const struct credit *c);

/* One that is worth something and was not booked. */
#define CREDIT_DUE_MOST	20
struct credit_due {
	char	 event[CREDIT_ID];
	char	 reward[CREDIT_ID];
	char	 currency[8];
	int64_t	 value;
};

/* The account's, up to CREDIT_DUE_MOST: those of `currency` first. */
MUST_USE enum err credit_unbooked(struct db *db, const char *account,
    const char *currency, struct credit_due ret_due[], size_t *ret_count);

/*
 * It is booked by this call, which is written in the same transaction.
 * ERR_CONFLICT: it was before; the transaction is still usable.
 */
MUST_USE enum err credit_book(struct db *db, const char *event,
    const char *call_id);

struct credit_row {
	char	 told[32];		/* "2026-11-26T23:59:59Z" */
	char	 event[CREDIT_ID];
	char	 reward[CREDIT_ID];
	char	 user[CREDIT_ID];
	int	 is_known;		/* there is an account of this id */
	int64_t	 amount;
	int64_t	 value;			/* 0: is not booked */
	char	 currency[8];
	char	 call[TEXT_UUID];	/* "": it was not yet */
};

/*
 * The newest `most`, of one account or (NULL) of all.  The caller frees
 * *ret_rows.
 */
MUST_USE enum err credit_list(struct db *db, const char *account, int most,
    struct credit_row **ret_rows, size_t *ret_count);

extern const struct stmt *const credit_statements[];

#endif /* !LEDGER_CREDIT_H */
