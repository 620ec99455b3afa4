/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"

#include "stripe/field.h"

#define TIME_MAX	253402300799	/* 9999-12-31T23:59:59Z */

static enum err
lacks(const struct json *j, const char *path)
{
	const char *kind = json_text(j, "object"), *id = json_text(j, "id");

	log_warn("object_unreadable", "%s %s has no usable %s",
	    kind == NULL ? "object" : kind, id == NULL ? "without id" : id,
	    path);
	return ERR_INPUT;
}

static int
fits(const char *text)
{
	return text != NULL && text[0] != '\0' &&
	    strnlen(text, STRIPE_ID) < STRIPE_ID;
}

enum err
field_text(const struct json *j, const char *path, const char **ret_text)
{
	const char *text = json_text(j, path);

	if (!fits(text))
		return lacks(j, path);
	*ret_text = text;
	return ERR_OK;
}

enum err
field_id(const struct json *j, const char *path, const char **ret_id)
{
	const char *id = json_id(j, path);

	if (!fits(id))
		return lacks(j, path);
	*ret_id = id;
	return ERR_OK;
}

enum err
field_flag(const struct json *j, const char *path, const char **ret_flag)
{
	int value;

	if (json_bool(j, path, &value) != ERR_OK)
		return lacks(j, path);
	*ret_flag = value ? "t" : "f";
	return ERR_OK;
}

enum err
field_int_maybe(const struct json *j, const char *path,
    char ret_digits[TEXT_DIGITS])
{
	int64_t value;

	switch (json_int(j, path, &value)) {
	case ERR_OK:
		(void)text_digits(value, ret_digits);
		return ERR_OK;
	case ERR_NOTFOUND:
		ret_digits[0] = '\0';
		return ERR_OK;
	default:
		return lacks(j, path);
	}
}

enum err
field_int(const struct json *j, const char *path,
    char ret_digits[TEXT_DIGITS])
{
	enum err e = field_int_maybe(j, path, ret_digits);

	return e == ERR_OK && ret_digits[0] == '\0' ? lacks(j, path) : e;
}

enum err
field_time_maybe(const struct json *j, const char *path,
    char ret_digits[TEXT_DIGITS])
{
	int64_t value;

	if (json_int(j, path, &value) == ERR_OK &&
	    (value < 0 || value > TIME_MAX))
		return lacks(j, path);
	return field_int_maybe(j, path, ret_digits);
}

enum err
field_time(const struct json *j, const char *path,
    char ret_digits[TEXT_DIGITS])
{
	enum err e = field_time_maybe(j, path, ret_digits);

	return e == ERR_OK && ret_digits[0] == '\0' ? lacks(j, path) : e;
}

enum err
field_next_page(const struct json *page, char after[STRIPE_ID])
{
	const size_t count = json_count(page, "data");
	const char *last;
	char at[48];
	int more;

	if (json_bool(page, "has_more", &more) != ERR_OK)
		return lacks(page, "has_more");
	if (!more || count == 0) {
		after[0] = '\0';
		return ERR_OK;
	}
	(void)snprintf(at, sizeof(at), "data[%zu].id", count - 1);
	if (!fits(last = json_text(page, at)) || text_equal(last, after))
		return lacks(page, at);
	memcpy(after, last, strlen(last) + 1);
	return ERR_OK;
}

int
field_deleted(const struct json *read)
{
	return json_yes(read, "deleted");
}
