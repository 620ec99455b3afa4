/* SPDX-License-Identifier: MIT */
#ifndef DB_STANDING_H
#define DB_STANDING_H

/* Is it a server that work can be done with? */

#include <stdint.h>

#include "base/err.h"

struct db;

struct standing {
	int	is_read_only;	/* a standby, or set so */
	int64_t	ahead_s;	/* its clock, of ours; < 0: behind */
};

/* One round trip; the clocks are compared to the second. */
MUST_USE enum err standing_look(struct db *db, struct standing *ret_standing);

#endif /* !DB_STANDING_H */
