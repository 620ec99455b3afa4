/* SPDX-License-Identifier: MIT */
#ifndef REFERRAL_CODE_H
#define REFERRAL_CODE_H

/*
 * What Cello says of a code, kept: whose it is, and whether it is valid.  It is
 * asked by couriers for each code that somebody signs up with, at most once a
 * day, and nobody ever waits for the answer.
 */

#include <stddef.h>

#include "base/err.h"
#include "cello/ucc.h"
#include "errand/errand.h"

struct db;
struct stmt;

#define CODE_LEASE_S	90	/* as FACT_LEASE_S */
#define CODE_ATTEMPTS	50
#define CODE_OWNER	256

extern const struct errand_kind code_errands;

/* In a transaction: it is to be asked about, unless that was done lately. */
MUST_USE enum err code_want(struct db *db, const char *ucc);

struct code {
	int	 valid;
	char	 owner[CODE_OWNER];	/* Cello's productUserId; "": nobody */
};

/* ERR_NOTFOUND: Cello was not asked yet. */
MUST_USE enum err code_find(struct db *db, const char *ucc,
    struct code *ret_code);

/* The codes of which Cello has said that they are this one's, or that one's. */
#define CODES_OWNED	64
MUST_USE enum err code_list_owned(struct db *db, const char *owner,
    const char *or_owner, char ret_ucc[CODES_OWNED][UCC], size_t *ret_count);

/* The errand is done.  ERR_CONFLICT: it is somebody else's by now. */
MUST_USE enum err code_found(struct db *db, const struct errand *x,
    const struct code *code);

extern const struct stmt *const code_statements[];

#endif /* !REFERRAL_CODE_H */
