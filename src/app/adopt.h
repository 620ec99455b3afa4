/* SPDX-License-Identifier: MIT */
#ifndef APP_ADOPT_H
#define APP_ADOPT_H

/*
 * Customers that were at Stripe before endpin: one whose account can be told
 * becomes that account's, as if it had been made here.  What it has is read,
 * and its metadata says whose it is.  Nothing is guessed: what is not certain
 * is left as it is, and said.
 *
 * It may be stopped anywhere and done again: what is done stays, and a customer
 * counts as adopted once all of it is.
 */

#include "base/err.h"
#include "base/text.h"
#include "billing/send.h"
#include "stripe/kind.h"

struct app;

/* Who says whose it is. */
enum adopt_by {
	ADOPT_BY_ID,		/* whoever asks */
	ADOPT_BY_METADATA,	/* new_user_id */
	ADOPT_BY_ADDRESS
};

enum adopted {
	ADOPTED,		/* or would be */
	ADOPTED_BEFORE,
	ADOPT_NOBODY,		/* nothing says that it is anybody's here */
	/* Somebody has to look at these. */
	ADOPT_GONE,		/* there is no such customer */
	ADOPT_UNKNOWN,		/* there is no such account */
	ADOPT_ERASED,		/* there was, and it gets nothing more */
	ADOPT_UNVERIFIED,	/* nothing but its address says so */
	ADOPT_SEVERAL,		/* `other` has the same address */
	ADOPT_ANOTHERS,		/* of another account: `owner` */
	ADOPT_RIVAL,		/* the account has `other`, with something */
	ADOPT_BUSY,		/* the account is buying just now */
	ADOPT_REFUSED		/* Stripe refuses: `why` */
};

struct adoption {
	char		 customer[STRIPE_ID];
	enum adopted	 how;
	enum adopt_by	 by;			/* if `account` is known */
	char		 account[TEXT_UUID];	/* "": nobody's */
	char		 owner[TEXT_UUID];
	char		 other[STRIPE_ID];	/* ADOPTED: it was replaced */
	char		 why[SEND_WHY];
};

struct adopt_wish {
	int	 by_address;	/* those of accounts were verified */
	int	 dry_run;
};

/*
 * The customer `id`, which is the account's that has this id or address.
 * ERR_OK: *ret_adoption says how it ended.  ERR_LATER: Stripe or the database
 * could not be asked.  ERR_INTERNAL: the key is refused, or another account's.
 */
MUST_USE enum err adopt(struct app *a, const struct adopt_wish *w,
    const char *id, const char *account, struct adoption *ret_adoption);

/* Called for each customer of a page. */
typedef void adopt_tell(const struct adoption *r, void *arg);

/*
 * A page of all of Stripe's customers, behind the customer `after` ("": the
 * first), which becomes the last that was looked at.  With ERR_OK *ret_more says
 * whether there are more; else it is as it was.  Errors are those of adopt().
 */
MUST_USE enum err adopt_page(struct app *a, const struct adopt_wish *w,
    char after[STRIPE_ID], adopt_tell *tell, void *arg, int *ret_more);

#endif /* !APP_ADOPT_H */
