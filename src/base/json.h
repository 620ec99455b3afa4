/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSON_H
#define BASE_JSON_H

/*
 * Reading JSON (through jansson) by path.  A path is names and indexes:
 * "items.data[0].price.id"; NULL or "" is the value itself.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define JSON_DEPTH	32	/* nesting beyond this is refused */

struct json;

/*
 * Parse one object or array.  ERR_INPUT: not JSON in UTF-8, duplicate members,
 * too deep, or a NUL in a string.  The caller owns *ret_json.
 */
MUST_USE enum err json_parse(const char *text, size_t len,
    struct json **ret_json);

/*
 * The same for what somebody says who is believed, such as the answer of a
 * partner: what json_parse() refuses is mended (base/json_mend.h), and of
 * members that are there twice the last counts.  ERR_INPUT: it is no JSON even
 * so.
 */
MUST_USE enum err json_parse_kindly(const char *text, size_t len,
    struct json **ret_json);
void json_free(struct json *j);

/* Borrowed, valid as long as `j`; NULL: not there (or JSON null). */
const struct json *json_at(const struct json *j, const char *path);

/* The member of just this name, which may have any character in it. */
const struct json *json_member(const struct json *j, const char *name);

/* NULL: not there or not a string.  Borrowed. */
const char *json_text(const struct json *j, const char *path);

/* An id given as a string, or as an expanded object with a string "id". */
const char *json_id(const struct json *j, const char *path);

/* ERR_NOTFOUND: not there or null.  ERR_INPUT: another type. */
MUST_USE enum err json_int(const struct json *j, const char *path,
    int64_t *ret_value);
/* A number with up to two decimals, in hundredths: 1250 for 12.5. */
MUST_USE enum err json_hundredths(const struct json *j, const char *path,
    int64_t *ret_value);
MUST_USE enum err json_bool(const struct json *j, const char *path,
    int *ret_value);

/* Is it true?  What is not there, null or of another type is not. */
int json_yes(const struct json *j, const char *path);

/* Members of an array; 0 if it is none. */
size_t json_count(const struct json *j, const char *path);

/* The i-th of them, borrowed; NULL: past the end, or JSON null. */
const struct json *json_item(const struct json *j, const char *path, size_t i);

/* Is the value at `path` there and not null?  Is it an object? */
int json_has(const struct json *j, const char *path);
int json_has_object(const struct json *j, const char *path);

/*
 * Have the array `name` of an object go on with the members of that of `from`,
 * which keeps them; where one of the two is none, nothing happens.
 */
void json_join(struct json *j, const char *name, struct json *from);

/* The same value?  What is not there and null are the same. */
int json_same(const struct json *a, const struct json *b);

/* Walk the names of an object: the i-th name, NULL past the end. */
const char *json_name(const struct json *j, size_t i);

#endif /* !BASE_JSON_H */
