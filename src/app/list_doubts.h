/* SPDX-License-Identifier: MIT */
#ifndef APP_LIST_DOUBTS_H
#define APP_LIST_DOUBTS_H

/* Whose referrals are to be looked at by a person: app/doubt.h, app/trust.h. */

#include <stddef.h>

#include "app/doubt.h"
#include "base/err.h"
#include "base/text.h"
#include "cello/ucc.h"

struct app;

struct doubted {
	char		 account[TEXT_UUID];
	char		 ucc[UCC];
	enum doubt	 doubt;		/* never DOUBT_NONE */
};

/*
 * Of those who were referred last, `most` of them, the newest first.  The
 * caller frees *ret_list.
 */
#define DOUBTS_MOST	1000
MUST_USE enum err list_doubts(struct app *a, size_t most,
    struct doubted **ret_list, size_t *ret_count);

#endif /* !APP_LIST_DOUBTS_H */
