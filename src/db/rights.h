/* SPDX-License-Identifier: MIT */
#ifndef DB_RIGHTS_H
#define DB_RIGHTS_H

/* What the role that we connect as may do; for people who install. */

#include "base/err.h"

struct db;

#define RIGHTS_NAME	64	/* bytes of PostgreSQL's names, with the NUL */

struct rights {
	char	role[RIGHTS_NAME];	/* that we are */
	char	owner[RIGHTS_NAME];	/* of the database */
	int	closed;			/* tables that we may not use */
	char	closed_one[RIGHTS_NAME];	/* the first of them; "" */
};

MUST_USE enum err rights_look(struct db *db, struct rights *ret_rights);

#endif /* !DB_RIGHTS_H */
