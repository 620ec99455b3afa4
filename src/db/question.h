/* SPDX-License-Identifier: MIT */
#ifndef DB_QUESTION_H
#define DB_QUESTION_H

/*
 * What db/ahead.c notes and db/ahead_ask.c asks: questions, which of them are
 * asked as one, and what came of each.  Of this room only.
 */

#include "db/ahead.h"
#include "db/internal.h"

/* How it stands with a question. */
enum stand {
	NOTED,		/* or asked without an answer that counts */
	ANSWERED,	/* and nobody has come for it yet */
	TAKEN
};

struct question {
	const struct stmt	*stmt;
	char			*arg[DB_AHEAD_ARGS];	/* owned; NULL: NULL */
	enum stand		 stand;
	enum err		 err;
	PGresult		*result;	/* owned; NULL unless ERR_OK */
	struct question		*lead;		/* asked with it, or itself */
	size_t			 mates;		/* of a lead: with itself */
};

struct ahead {
	struct question		 question[DB_AHEAD];
	size_t			 count;
	struct question		*lead[DB_AHEAD];	/* in their order */
	size_t			 leads;
	int64_t			 apart_until_us;	/* each alone */
};

#endif /* !DB_QUESTION_H */
