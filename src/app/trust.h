/* SPDX-License-Identifier: MIT */
#ifndef APP_TRUST_H
#define APP_TRUST_H

/*
 * A person has looked: who refers and who came are two people, whatever they
 * have in common (app/doubt.h), so what the referral brings is not held back any
 * more; or that is taken back.  Of a code that is theirs, or that Cello does not
 * know, nobody here can say so.
 */

#include "base/err.h"
#include "base/text.h"
#include "cello/ucc.h"

#include "app/doubt.h"

struct app;

struct trust_told {
	char		 account[TEXT_UUID];
	char		 ucc[UCC];	/* "": was not referred; not written */
	enum doubt	 doubt;		/* what speaks against it all the same */
};

/* ERR_NOTFOUND: nobody has this address. */
MUST_USE enum err trust(struct app *a, const char *email, int trusted,
    struct trust_told *ret_told);

#endif /* !APP_TRUST_H */
