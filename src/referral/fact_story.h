/* SPDX-License-Identifier: MIT */
#ifndef REFERRAL_FACT_STORY_H
#define REFERRAL_FACT_STORY_H

/* What Cello was told of an account by its API, for people. */

#include <stdint.h>

#include "base/err.h"
#include "errand/errand.h"
#include "referral/fact.h"

struct db;
struct stmt;

struct fact_row {
	char	 id[FACT_ID];
	char	 trigger[32];		/* "new-signup" */
	char	 state[16];		/* of the errand; "attended": held */
	char	 last_error[ERRAND_WHY];
	char	 warnings[ERRAND_WHY];	/* Cello's; "": none */
	int	 attempts;
	int64_t	 written_at;		/* seconds since 1970 */
	int64_t	 sent_at;		/* first; 0: not yet */
	int64_t	 settled_at;		/* 0: not yet */
};

/* In the order in which they were written. */
typedef void fact_each(const struct fact_row *x, void *arg);
MUST_USE enum err fact_list(struct db *db, const char *account_id,
    fact_each *each, void *arg);

extern const struct stmt *const fact_story_statements[];

#endif /* !REFERRAL_FACT_STORY_H */
