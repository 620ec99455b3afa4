/* SPDX-License-Identifier: MIT */
#ifndef APP_VERIFY_EMAIL_H
#define APP_VERIFY_EMAIL_H

/* The product knows that an address is its owner's, or does not any more. */

#include "base/err.h"

struct app;

/* ERR_NOTFOUND: nobody has this address. */
MUST_USE enum err verify_email(struct app *a, const char *email,
    int is_verified);

#endif /* !APP_VERIFY_EMAIL_H */
