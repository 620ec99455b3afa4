/* SPDX-License-Identifier: MIT */
#ifndef APP_READ_OBJECT_H
#define APP_READ_OBJECT_H

#include "base/err.h"

struct app;

/*
 * Somebody wants this object of Stripe's read now, whatever is known of it.
 * ERR_INPUT: by its id it is of no kind that is followed.
 */
MUST_USE enum err read_object(struct app *a, const char *id);

#endif /* !APP_READ_OBJECT_H */
