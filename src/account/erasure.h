/* SPDX-License-Identifier: MIT */
#ifndef ACCOUNT_ERASURE_H
#define ACCOUNT_ERASURE_H

/*
 * That an account is to be erased: an errand, so that what has to be done
 * elsewhere is done although somebody there does not answer, or whoever does it
 * dies.  Its row stays and shows that it was asked for and done.
 */

#include <stdint.h>

#include "base/err.h"
#include "errand/errand.h"

struct db;
struct stmt;

#define ERASURE_LEASE_S		120	/* renewed before each call */
#define ERASURE_ATTEMPTS	200	/* as OBJECT_ATTEMPTS */

extern const struct errand_kind erasure_errands;

/* By whose wish: "person", "operator", "product". */
enum erasure_by { ERASURE_PERSON, ERASURE_OPERATOR, ERASURE_PRODUCT };

/*
 * In the transaction that takes the account's address.  Asked for before, it is
 * as it is, but what was given up is begun anew.
 */
MUST_USE enum err erasure_order(struct db *db, const char *account_id,
    enum erasure_by by);

/*
 * Stripe shows nothing of the account's that is open.  *ret_for_s: for how long
 * it has been so, 0 the first time.  ERR_CONFLICT: somebody else has claimed it
 * since.
 */
MUST_USE enum err erasure_closed(struct db *db, const struct errand *x,
    int64_t *ret_for_s);

/*
 * Come back in `seconds`, for nothing has failed: no attempt is counted.  0:
 * something was open until now, so that nothing is begins anew.  ERR_CONFLICT:
 * as above.
 */
MUST_USE enum err erasure_rest(struct db *db, const struct errand *x,
    int seconds);

/* It is done.  ERR_CONFLICT: as above. */
MUST_USE enum err erasure_done(struct db *db, const struct errand *x);

/* Something of an erased account's has begun after that: do it once more. */
MUST_USE enum err erasure_again(struct db *db, const char *account_id);

/* For people; times are seconds since 1970, 0: not yet. */
struct erasure {
	int64_t	 asked_at, closed_at, done_at;
	char	 by[16];
	char	 state[16];
	char	 why[ERRAND_WHY];	/* it did not get on; "" */
};
MUST_USE enum err erasure_find(struct db *db, const char *account_id,
    struct erasure *ret_erasure);

extern const struct stmt *const erasure_statements[];

#endif /* !ACCOUNT_ERASURE_H */
