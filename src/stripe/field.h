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

struct json;

#define FIELD_TEXT	256	/* bytes of an id or a word, with the NUL */
#define FIELD_NUMBER	24	/* an int64_t in digits, with the NUL */

MUST_USE enum err field_text(const struct json *j, const char *path,
    const char **ret_text);

/* As a string or as an expanded (or deleted) object. */
MUST_USE enum err field_id(const struct json *j, const char *path,
    const char **ret_id);

/* "t" or "f". */
MUST_USE enum err field_flag(const struct json *j, const char *path,
    const char **ret_flag);

MUST_USE enum err field_int(const struct json *j, const char *path,
    char ret_digits[FIELD_NUMBER]);

/* Seconds since 1970, before the year 10000. */
MUST_USE enum err field_time(const struct json *j, const char *path,
    char ret_digits[FIELD_NUMBER]);

/* The same, but a member that is not there or null is "". */
MUST_USE enum err field_int_maybe(const struct json *j, const char *path,
    char ret_digits[FIELD_NUMBER]);
MUST_USE enum err field_time_maybe(const struct json *j, const char *path,
    char ret_digits[FIELD_NUMBER]);

/* `text`, or NULL (for the database) if it is "". */
const char *field_or_null(const char *text);

/* `value` in digits; returns `ret_digits`. */
const char *field_number(int64_t value, char ret_digits[FIELD_NUMBER]);

#endif /* !STRIPE_FIELD_H */
