/* SPDX-License-Identifier: MIT */
#ifndef LEDGER_CREDIT_H
#define LEDGER_CREDIT_H

/*
 * Credits that referrers have earned, as Cello has told of them: an entry for
 * each reward, which nobody changes.
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
};

/* ERR_CONFLICT: this event was written before; what was written stays. */
MUST_USE enum err credit_write(struct db *db, const struct credit *c);

struct credit_row {
	char	 told[32];		/* "2026-11-26T23:59:59Z" */
	char	 event[CREDIT_ID];
	char	 reward[CREDIT_ID];
	char	 user[CREDIT_ID];
	int	 is_known;		/* there is an account of this id */
	int64_t	 amount;
};

/*
 * The newest `most`, of one account or (NULL) of all.  The caller frees
 * *ret_rows.
 */
MUST_USE enum err credit_list(struct db *db, const char *account, int most,
    struct credit_row **ret_rows, size_t *ret_count);

extern const struct stmt *const credit_statements[];

#endif /* !LEDGER_CREDIT_H */
