/* SPDX-License-Identifier: MIT */
#ifndef BILLING_TRAIT_H
#define BILLING_TRAIT_H

/*
 * By what Stripe's events are known: which signing secret vouched for them, in
 * which API version they were written, what was not for us, and what was refused
 * for its time alone.  When one was last seen tells an operator that a roll is
 * over, or that an endpoint or a clock is not as it should be.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct db;
struct stmt;

#define TRAIT_VALUE	64
#define TRAITS_MOST	64	/* as many as are listed */
/* A clock that was put right is nobody's business after so long. */
#define TRAIT_UNTIMELY_S	3600

enum trait {
	TRAIT_SECRET,		/* a name of stripe/signature.h */
	TRAIT_VERSION,		/* "2026-10-28.endive"; "thin": it has none */
	TRAIT_FOREIGN,		/* "account", "live", "test" */
	TRAIT_UNTIMELY,		/* refused so: "late", "early" */
	TRAITS
};

const char *trait_name(enum trait t);

/* It was seen now.  Once a minute is enough. */
MUST_USE enum err trait_note(struct db *db, enum trait t, const char *value);

struct trait_row {
	char	 value[TRAIT_VALUE];
	int64_t	 seen_s;		/* ago */
};

/* The last seen first; *ret_count at most TRAITS_MOST. */
MUST_USE enum err trait_list(struct db *db, enum trait t,
    struct trait_row ret_rows[TRAITS_MOST], size_t *ret_count);

/*
 * The last that was seen within `seconds`; NULL: none was.  What was seen in the
 * future of the database's clock was seen before that was set.
 */
const struct trait_row *trait_within(const struct trait_row rows[], size_t n,
    int64_t seconds);

extern const struct stmt *const trait_statements[];

#endif /* !BILLING_TRAIT_H */
