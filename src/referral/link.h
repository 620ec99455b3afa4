/* SPDX-License-Identifier: MIT */
#ifndef REFERRAL_LINK_H
#define REFERRAL_LINK_H

/*
 * A referrer's own link, as Cello says, kept: for mails.  It is asked by
 * couriers when somebody wants it and nobody has asked lately, and nobody ever
 * waits for the answer.
 */

#include "base/err.h"
#include "cello/ucc.h"
#include "errand/errand.h"

struct db;
struct stmt;

#define LINK_LEASE_S	90	/* as FACT_LEASE_S */
#define LINK_ATTEMPTS	50
#define LINK_URL	1024

extern const struct errand_kind link_errands;

struct link {
	char	 ucc[UCC];		/* "": they have none, */
	char	 url[LINK_URL];		/* nor this */
};

/*
 * It is to be asked about, unless that was done lately: within a week, or
 * within a day of one that was not there.  *ret_wanted: somebody has to.
 */
MUST_USE enum err link_want(struct db *db, const char *account_id,
    int *ret_wanted);

/* ERR_NOTFOUND: Cello was not asked yet. */
MUST_USE enum err link_find(struct db *db, const char *account_id,
    struct link *ret_link);

/* The errand is done.  ERR_CONFLICT: it is somebody else's by now. */
MUST_USE enum err link_found(struct db *db, const struct errand *x,
    const struct link *l);

/* The account is erased: of its link nothing is kept here. */
MUST_USE enum err link_erase(struct db *db, const char *account_id);

extern const struct stmt *const link_statements[];

#endif /* !REFERRAL_LINK_H */
