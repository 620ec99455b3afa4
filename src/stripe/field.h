/* SPDX-License-Identifier: MIT */
#ifndef STRIPE_FIELD_H
#define STRIPE_FIELD_H

/*
 * Members of an object of Stripe's as arguments of a statement, which are
 * text.  ERR_INPUT: the member is not there or of another type; logged with
 * the object's kind and id and the member's path.  Texts are borrowed from `j`.
 */

#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "stripe/kind.h"

struct json;

MUST_USE enum err field_text(const struct json *j, const char *path,
    const char **ret_text);

/* As a string or as an expanded (or deleted) object. */
MUST_USE enum err field_id(const struct json *j, const char *path,
    const char **ret_id);

/* "t" or "f". */
MUST_USE enum err field_flag(const struct json *j, const char *path,
    const char **ret_flag);

MUST_USE enum err field_int(const struct json *j, const char *path,
    char ret_digits[TEXT_DIGITS]);

/* Seconds since 1970, before the year 10000. */
MUST_USE enum err field_time(const struct json *j, const char *path,
    char ret_digits[TEXT_DIGITS]);

/* The same, but a member that is not there or null is "". */
MUST_USE enum err field_int_maybe(const struct json *j, const char *path,
    char ret_digits[TEXT_DIGITS]);
MUST_USE enum err field_time_maybe(const struct json *j, const char *path,
    char ret_digits[TEXT_DIGITS]);

/*
 * Where the page behind `page` of a list begins: `after` becomes the id of its
 * last object, or "" if it was the last page.  ERR_INPUT: it does not say
 * whether there is more, so it is no list's page, and nothing is complete; or
 * it ends where it was to begin, behind `after`, and would do so for ever.
 */
MUST_USE enum err field_next_page(const struct json *page,
    char after[STRIPE_ID]);

/* Is what was read only what is left of an object that was deleted? */
int field_deleted(const struct json *read);

#endif /* !STRIPE_FIELD_H */
