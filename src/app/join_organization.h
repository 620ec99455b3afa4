/* SPDX-License-Identifier: MIT */
#ifndef APP_JOIN_ORGANIZATION_H
#define APP_JOIN_ORGANIZATION_H

/*
 * Who is of which organization (app/attribute.h).  Everybody is of one of their
 * own until somebody who knows says otherwise: what people type is no proof.
 */

#include "base/err.h"
#include "base/text.h"

struct app;

struct membership {
	char	account[TEXT_UUID];
	char	organization[TEXT_UUID];
	char	first[TEXT_UUID];	/* the account by which it is counted */
};

/* ERR_NOTFOUND: nobody has this address. */
MUST_USE enum err find_organization(struct app *a, const char *email,
    struct membership *ret_membership);

/* The one with `email` goes over to the organization of the one with `other`. */
MUST_USE enum err join_organization(struct app *a, const char *email,
    const char *other, struct membership *ret_membership);

#endif /* !APP_JOIN_ORGANIZATION_H */
