/* SPDX-License-Identifier: MIT */
#ifndef APP_LOG_IN_H
#define APP_LOG_IN_H

/* Let somebody in who knows a password, and out again. */

#include <time.h>

#include "account/account.h"
#include "account/session.h"
#include "app/device.h"
#include "base/err.h"

struct app;

struct log_in {
	/* What was offered; texts are borrowed. */
	const char	*email;
	const char	*password;
	int		 remember;	/* stays logged in */
	time_t		 now;
	/*
	 * The session that this browser had before, which ends with the new
	 * one: a token that somebody else planted must not live on.  "": none.
	 */
	char		 old[SESSION_TOKEN];
	/* What came of it. */
	struct account	 account;
	char		 token[SESSION_TOKEN];
	char		 device[DEVICE_TOKEN];
	int		 busy;		/* ERR_LATER, because of the hashing */
};

/*
 * ERR_DENIED: the address is unknown, the password is wrong, or either is NULL;
 * the work is the same.
 */
MUST_USE enum err log_in(struct app *a, struct log_in *l);

/* The session is over, here and for every other process. */
MUST_USE enum err log_out(struct app *a, const char *token);

#endif /* !APP_LOG_IN_H */
