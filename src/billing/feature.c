/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/text.h"

#include "billing/feature.h"

#define LIMIT_MOST	INT64_C(999999999999999)

/* How long is the next entry, to which *at is moved?  0: there is none. */
static size_t
entry_next(const char **at)
{
	static const char blanks[] = " \t,";

	*at += strspn(*at, blanks);
	return strcspn(*at, blanks);
}

static size_t
name_length(const char *entry)
{
	return strspn(entry, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");
}

/* ERR_INPUT: `text` does not begin with a number of `len` digits. */
static enum err
number_read(const char *text, size_t len, int64_t *ret_value)
{
	char digits[TEXT_DIGITS];

	if (len == 0 || len >= sizeof(digits))
		return ERR_INPUT;
	memcpy(digits, text, len);
	digits[len] = '\0';
	return text_number(digits, LIMIT_MOST, ret_value);
}

static int
is_feature(const char *entry, size_t len)
{
	return name_length(entry) == len;
}

static int
is_limit(const char *entry, size_t len)
{
	const size_t name = name_length(entry);
	int64_t value;

	return name < len && entry[name] == '=' &&
	    number_read(entry + name + 1, len - name - 1, &value) == ERR_OK;
}

/* Has one of the entries between `list` and `end` this name? */
static int
is_there(const char *list, const char *end, const char *entry)
{
	const size_t name = name_length(entry);
	size_t len;

	for (; list < end && (len = entry_next(&list)) > 0; list += len)
		if (name_length(list) == name &&
		    strncmp(list, entry, name) == 0)
			return 1;
	return 0;
}

/* What is kept never reaches what is still to be read: blanks are dropped. */
static enum err
tidy(char *list, int (*ok)(const char *entry, size_t len))
{
	const char *at = list;
	char *to = list;
	size_t len, name;

	for (; (len = entry_next(&at)) > 0; at += len) {
		name = name_length(at);
		if (name == 0 || name >= FEATURE_NAME || !ok(at, len) ||
		    is_there(list, to, at))
			return ERR_INPUT;
		if (to > list)
			*to++ = ',';
		memmove(to, at, len);
		to += len;
	}
	*to = '\0';
	return ERR_OK;
}

int
feature_ok(const char *name)
{
	const size_t len = strlen(name);

	return len > 0 && len < FEATURE_NAME && is_feature(name, len);
}

enum err
features_tidy(char *list)
{
	return tidy(list, is_feature);
}

enum err
limits_tidy(char *list)
{
	return tidy(list, is_limit);
}

int
feature_next(const char **at, char ret_name[FEATURE_NAME])
{
	size_t len;

	if (*at == NULL || (len = entry_next(at)) == 0 || len >= FEATURE_NAME)
		return 0;
	memcpy(ret_name, *at, len);
	ret_name[len] = '\0';
	*at += len;
	return 1;
}

int
limit_next(const char **at, char ret_name[FEATURE_NAME], int64_t *ret_value)
{
	size_t len, name;

	if (*at == NULL || (len = entry_next(at)) == 0 ||
	    (name = name_length(*at)) >= FEATURE_NAME || name >= len ||
	    number_read(*at + name + 1, len - name - 1, ret_value) != ERR_OK)
		return 0;
	memcpy(ret_name, *at, name);
	ret_name[name] = '\0';
	*at += len;
	return 1;
}
