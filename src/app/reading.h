/* SPDX-License-Identifier: MIT */
#ifndef APP_READING_H
#define APP_READING_H

/* An object that was heard of, as it was read: to be written down. */

#include "base/err.h"
#include "billing/granted.h"
#include "billing/object.h"
#include "stripe/kind.h"

struct config;
struct db;
struct errand;
struct json;

struct reading {
	const struct config	*conf;
	const struct errand	*errand;
	struct object		 object;
	const struct json	*read;
	const struct json	*items;		/* NULL: those in it are all */
	const char		*granted_to;	/* customer; NULL: not read */
	struct granted		 granted;	/* owned */
	enum {
		IS_SEEN, IS_GONE, IS_NOBODYS, IS_RIVAL, IS_SILENT
	}			 found;
	char			 customer[STRIPE_ID];	/* whose it is, if nobody's */
	int			 applied;
};

/*
 * Write down what it means for the rows of its kind, in a transaction, and find
 * out what it is (`found`).
 */
MUST_USE enum err reading_project(struct db *db, struct reading *r);

#endif /* !APP_READING_H */
