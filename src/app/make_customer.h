/* SPDX-License-Identifier: MIT */
#ifndef APP_MAKE_CUSTOMER_H
#define APP_MAKE_CUSTOMER_H

#include "base/err.h"

struct app;
struct call;
struct errand;

/*
 * Send the call `c` for a customer, that was claimed as `x`, and write down what
 * came of it.  ERR_CONFLICT: Checkout was quicker.
 */
MUST_USE enum err make_customer(struct app *a, const struct errand *x,
    struct call *c);

#endif /* !APP_MAKE_CUSTOMER_H */
