/* SPDX-License-Identifier: MIT */
#ifndef STRIPE_WHOSE_H
#define STRIPE_WHOSE_H

#include "base/err.h"
#include "stripe/kind.h"

struct stripe;

/*
 * Of which account is the key?  "": a restricted one may do all that is needed
 * and still not ask that.  As stripe_get().
 */
MUST_USE enum err stripe_whose(struct stripe *s, char ret_account[STRIPE_ID]);

#endif /* !STRIPE_WHOSE_H */
