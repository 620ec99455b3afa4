/* SPDX-License-Identifier: MIT */
#ifndef DB_TALLY_H
#define DB_TALLY_H

/* How often something has happened, and when last. */

#include <stdint.h>

#include "base/err.h"

struct db;
struct stmt;

#define TALLY_DAYS	28

struct tally {
	int64_t	all;
	int64_t	recent;		/* in the last TALLY_DAYS */
	int64_t	last_at;	/* seconds since 1970; 0: never */
};

/* The three of a column of times, in the text of a statement. */
#define TALLY_OF(at) \
	"count(*), count(*) FILTER (WHERE " at " > now() - interval '28 days')," \
	" coalesce(extract(epoch FROM max(" at "))::bigint, 0)"

/* Of a statement without parameters that selects TALLY_OF(). */
MUST_USE enum err tally(struct db *db, const struct stmt *s,
    struct tally *ret_tally);

#endif /* !DB_TALLY_H */
