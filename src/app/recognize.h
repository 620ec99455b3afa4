/* SPDX-License-Identifier: MIT */
#ifndef APP_RECOGNIZE_H
#define APP_RECOGNIZE_H

/* Who is asking, and what may they use? */

#include "account/account.h"
#include "account/session.h"
#include "base/err.h"
#include "billing/entitlement.h"
#include "cello/ucc.h"

struct app;

/* Somebody with a request; zeros: nobody knows who. */
struct visitor {
	int		 known;		/* has a live session */
	struct account	 account;
	char		 token[SESSION_TOKEN];
	/* A program of the product's, or an MCP client. */
	char		 key[TEXT_UUID];	/* id; "": none */
	unsigned	 scopes;		/* of enum key_scope */
};

/*
 * What is about to be asked by the functions below is noted with these, then
 * asked in one round trip, and what is left of it forgotten (db/ahead.h).
 */
void recognize_ahead(struct app *a, const char *token);
void recognize_access_ahead(struct app *a, const char *token);
void recognize_key_ahead(struct app *a, const char *key);
void recognize_all_ahead(struct app *a);
void recognize_forget(struct app *a);

/* Whose session is `token`?  ERR_NOTFOUND: nobody's, or over. */
MUST_USE enum err recognize(struct app *a, const char *token,
    struct visitor *ret_visitor);

/* What does the session of `token` entitle to?  One round trip. */
MUST_USE enum err recognize_access(struct app *a, const char *token,
    struct access *ret_access);

/* ERR_NOTFOUND: the account never had one. */
MUST_USE enum err recognize_subscription(struct app *a,
    const char *account_id, struct subscription *ret_subscription);

/* As of invoice_list(). */
struct invoice;
MUST_USE enum err recognize_invoices(struct app *a, const char *account_id,
    int most, struct invoice **ret_list, int *ret_count);

/* All that a member's own pages show of them. */
struct standing {
	int			 subscribed;	/* ever */
	struct subscription	 subscription;
	int			 tried;		/* had a trial: no other */
	int			 referred;
	char			 ucc[UCC];
	int			 due;		/* what that brings them */
};
MUST_USE enum err recognize_standing(struct app *a, const char *account_id,
    struct standing *ret_standing);

/*
 * What is the key good for?  Its id and scopes are set.  ERR_NOTFOUND: it is
 * none, or not any more.
 */
MUST_USE enum err recognize_key(struct app *a, const char *key,
    struct visitor *ret_visitor);

#endif /* !APP_RECOGNIZE_H */
