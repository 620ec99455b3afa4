/* SPDX-License-Identifier: MIT */
#ifndef REFERRAL_REFERRAL_H
#define REFERRAL_REFERRAL_H

/* Who sent whom: written in the transaction that makes the account. */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "cello/ucc.h"

struct db;
struct stmt;
struct tally;

/* What the referrer gets of what the referral pays, as it was agreed then. */
struct referral_terms {
	int	 percent;	/* -1: not known */
	int	 months;	/* from the first payment on; 0: always */
};

/* What is known of who referred somebody. */
struct referral {
	char			 ucc[UCC];
	char			 source[16];	/* as of ucc_choose() */
	char			 product[UCC_PRODUCT];	/* "": did not say */
	int64_t			 clicked_at;	/* seconds since 1970; 0: */
	int64_t			 at;		/* not known */
	int64_t			 trusted_at;	/* 0: is not */
	struct referral_terms	 terms;
};

/* But for `at`, which is now, and `trusted_at`.  A second time is ERR_CONFLICT. */
MUST_USE enum err referral_record(struct db *db, const char *account_id,
    const struct referral *x);

/* ERR_NOTFOUND: the account was not referred. */
MUST_USE enum err referral_find(struct db *db, const char *account_id,
    char ret_ucc[UCC]);

/* The same, with its terms. */
MUST_USE enum err referral_find_terms(struct db *db, const char *account_id,
    char ret_ucc[UCC], struct referral_terms *ret_terms);

/* All of it. */
MUST_USE enum err referral_show(struct db *db, const char *account_id,
    struct referral *ret_referral);

/*
 * Somebody has looked: who refers and who came are two people, whatever they
 * have in common; or that is taken back.  ERR_NOTFOUND: was not referred.
 */
MUST_USE enum err referral_trust(struct db *db, const char *account_id,
    int trusted);
MUST_USE enum err referral_is_trusted(struct db *db, const char *account_id,
    int *ret_trusted);

/* How many there are, by when they signed up. */
MUST_USE enum err referral_tally(struct db *db, struct tally *ret_tally);

/* The accounts that were referred last, the newest first; at most `most`. */
MUST_USE enum err referral_newest(struct db *db, char ret_ids[][TEXT_UUID],
    size_t most, size_t *ret_count);

extern const struct stmt *const referral_statements[];

#endif /* !REFERRAL_REFERRAL_H */
