/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/json_mend.h"

#include "base/json.h"

#define HUNDREDTHS	1e15	/* a double still has each whole number */
#define NAME_MAX_BYTES	128	/* of one name in a path */

/* A struct json is a json_t and nothing more; jansson stays in this file. */
static const json_t *
inside(const struct json *j)
{
	return (const json_t *)(const void *)j;
}

static const struct json *
outside(const json_t *v)
{
	return (const struct json *)(const void *)v;
}

/* jansson's own limit is 2048, compiled in; ours spares the stack. */
static int
too_deep(const char *text, size_t len)
{
	int depth = 0, quoted = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (quoted) {
			if (text[i] == '\\')
				i++;
			else if (text[i] == '"')
				quoted = 0;
		} else if (text[i] == '"')
			quoted = 1;
		else if (text[i] == '{' || text[i] == '[') {
			if (++depth > JSON_DEPTH)
				return 1;
		} else if (text[i] == '}' || text[i] == ']')
			depth--;
	}
	return 0;
}

enum err
json_parse(const char *text, size_t len, struct json **ret_json)
{
	json_error_t why;
	json_t *v;

	/* jansson passes over a NUL behind a number. */
	if (memchr(text, '\0', len) != NULL || too_deep(text, len))
		return ERR_INPUT;
	if ((v = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why)) == NULL)
		return ERR_INPUT;
	*ret_json = (struct json *)(void *)v;
	return ERR_OK;
}

enum err
json_parse_kindly(const char *text, size_t len, struct json **ret_json)
{
	struct buf mended;
	json_error_t why;
	json_t *v;

	if (json_parse(text, len, ret_json) == ERR_OK)
		return ERR_OK;
	buf_init(&mended, JSON_MENDED(len));
	json_mend(text, len, &mended);
	v = json_loadb(mended.data, mended.len, 0, &why);
	buf_done(&mended);
	if (v == NULL)
		return ERR_INPUT;
	*ret_json = (struct json *)(void *)v;
	return ERR_OK;
}

void
json_join(struct json *j, const char *name, struct json *from)
{
	(void)json_array_extend(
	    json_object_get((json_t *)(void *)j, name),
	    json_object_get((json_t *)(void *)from, name));
}

void
json_free(struct json *j)
{
	json_decref((json_t *)(void *)j);
}

/* "[12]" at `*path`; leaves *path behind it. */
static const json_t *
step_index(const json_t *v, const char **path)
{
	char *end;
	unsigned long i = strtoul(*path + 1, &end, 10);

	if (end == *path + 1 || *end != ']' || !json_is_array(v))
		return NULL;
	*path = end + 1;
	return json_array_get(v, i);
}

static const json_t *
step_name(const json_t *v, const char **path)
{
	char name[NAME_MAX_BYTES];
	size_t len = strcspn(*path, ".[");

	if (len >= sizeof(name))
		return NULL;
	memcpy(name, *path, len);
	name[len] = '\0';
	*path += len;
	return json_object_get(v, name);
}

const struct json *
json_at(const struct json *j, const char *path)
{
	const json_t *v = inside(j);

	if (path == NULL)
		path = "";
	while (v != NULL && *path != '\0') {
		if (*path == '.')
			path++;
		v = *path == '[' ? step_index(v, &path) :
		    step_name(v, &path);
	}
	return v == NULL || json_is_null(v) ? NULL : outside(v);
}

const struct json *
json_member(const struct json *j, const char *name)
{
	const json_t *v = json_object_get(inside(j), name);

	return v == NULL || json_is_null(v) ? NULL : outside(v);
}

const char *
json_text(const struct json *j, const char *path)
{
	return json_string_value(inside(json_at(j, path)));
}

const char *
json_id(const struct json *j, const char *path)
{
	const json_t *v = inside(json_at(j, path));

	return json_string_value(json_is_object(v) ?
	    json_object_get(v, "id") : v);
}

enum err
json_int(const struct json *j, const char *path, int64_t *ret_value)
{
	const json_t *v = inside(json_at(j, path));

	if (v == NULL)
		return ERR_NOTFOUND;
	if (!json_is_integer(v))
		return ERR_INPUT;
	*ret_value = json_integer_value(v);
	return ERR_OK;
}

enum err
json_hundredths(const struct json *j, const char *path, int64_t *ret_value)
{
	const json_t *v = inside(json_at(j, path));
	double value;

	if (v == NULL)
		return ERR_NOTFOUND;
	value = json_number_value(v) * 100;
	if (!json_is_number(v) || value < -HUNDREDTHS || value > HUNDREDTHS)
		return ERR_INPUT;
	*ret_value = (int64_t)(value + (value < 0 ? -0.5 : 0.5));
	return ERR_OK;
}

enum err
json_bool(const struct json *j, const char *path, int *ret_value)
{
	const json_t *v = inside(json_at(j, path));

	if (v == NULL)
		return ERR_NOTFOUND;
	if (!json_is_boolean(v))
		return ERR_INPUT;
	*ret_value = json_is_true(v);
	return ERR_OK;
}

int
json_yes(const struct json *j, const char *path)
{
	int value;

	return json_bool(j, path, &value) == ERR_OK && value;
}

size_t
json_count(const struct json *j, const char *path)
{
	return json_array_size(inside(json_at(j, path)));
}

const struct json *
json_item(const struct json *j, const char *path, size_t i)
{
	const json_t *v = json_array_get(inside(json_at(j, path)), i);

	return v == NULL || json_is_null(v) ? NULL : outside(v);
}

int
json_has(const struct json *j, const char *path)
{
	return json_at(j, path) != NULL;
}

int
json_has_object(const struct json *j, const char *path)
{
	return json_is_object(inside(json_at(j, path)));
}

int
json_same(const struct json *a, const struct json *b)
{
	return a == b || json_equal(inside(a), inside(b));
}

const char *
json_name(const struct json *j, size_t i)
{
	json_t *v = (json_t *)(void *)(uintptr_t)(const void *)j;
	void *at = json_object_iter(v);

	while (at != NULL && i-- > 0)
		at = json_object_iter_next(v, at);
	return at == NULL ? NULL : json_object_iter_key(at);
}
