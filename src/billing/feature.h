/* SPDX-License-Identifier: MIT */
#ifndef BILLING_FEATURE_H
#define BILLING_FEATURE_H

/*
 * What a plan lets its people do: features, which are names, and limits, which
 * are names with a number.  The configuration has "export, offline" and
 * "projects=10, seats=3"; from then on they are without blanks, as headers
 * carry them.
 */

#include <stdint.h>

#include "base/err.h"

#define FEATURE_NAME	81	/* as Stripe's lookup keys, with the NUL */
#define FEATURE_LIST	1001	/* bytes, with the NUL; fits into a header */

/* Can a feature be called so? */
int feature_ok(const char *name);

/*
 * Take the blanks out of a list, in place.  ERR_INPUT: a name is too long, is
 * there twice, or has other than letters, digits, '_', '-' and '.'; or a limit
 * has no number, or one that is not below 10^15.
 */
MUST_USE enum err features_tidy(char *list);
MUST_USE enum err limits_tidy(char *list);

/*
 * The next of a list; `*at` is the list at first (NULL: an empty one), then
 * what is left of it.  0: there is no more.
 */
int feature_next(const char **at, char ret_name[FEATURE_NAME]);
int limit_next(const char **at, char ret_name[FEATURE_NAME],
    int64_t *ret_value);

#endif /* !BILLING_FEATURE_H */
