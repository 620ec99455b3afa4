/* SPDX-License-Identifier: MIT */
#ifndef APP_SIGN_UP_H
#define APP_SIGN_UP_H

/* Make an account: who referred it, its first session, its customer. */

#include <time.h>

#include "account/account.h"
#include "account/session.h"
#include "app/device.h"
#include "base/err.h"
#include "cello/ucc.h"

struct app;

#define SIGN_UP_REASON	80

/* What is wrong with a field, as a sentence for people?  NULL: nothing. */
const char *sign_up_email_fault(const char *email);
const char *sign_up_password_fault(const struct app *a, const char *password,
    char ret_reason[SIGN_UP_REASON]);
const char *sign_up_name_fault(const char *name);

/* Somebody who is about to have an account. */
struct sign_up {
	/* What was filled in, without faults; texts are borrowed. */
	struct account		 account;	/* the id is made here */
	const char		*password;
	int			 remember;	/* stays logged in */
	struct ucc_offer	 offer;		/* whose link it was */
	const char		*touch;		/* TOUCH_COOKIE; NULL: none */
	const char		*product;	/* of the link; NULL: not said */
	time_t			 now;
	char			 old[SESSION_TOKEN];	/* ends with it; "" */
	/* What came of it. */
	char			 token[SESSION_TOKEN];
	char			 device[DEVICE_TOKEN];
	int			 busy;	/* ERR_LATER, because of the hashing */
};

/*
 * All of it or nothing: an account that lost its referrer could not be
 * repaired later, and one without a customer would not count at Cello.
 * ERR_INPUT: a field has a fault.  ERR_CONFLICT: the address is taken.
 */
MUST_USE enum err sign_up(struct app *a, struct sign_up *s);

#endif /* !APP_SIGN_UP_H */
