/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"

#include "report/shape.h"

#define WORD	64

static void
put_type(struct json_writer *w, const struct shape *s)
{
	static const char *const types[] = { [SHAPE_TEXT] = "string",
	    [SHAPE_TIME] = "string", [SHAPE_NUMBER] = "integer",
	    [SHAPE_YES_NO] = "boolean", [SHAPE_OBJECT] = "object",
	    [SHAPE_LIST] = "array" };

	if ((s->may & SHAPE_NULL) == 0) {
		json_put_text(w, "type", types[s->kind]);
		return;
	}
	json_open_array(w, "type");
	json_put_text(w, NULL, types[s->kind]);
	json_put_text(w, NULL, "null");
	json_close_array(w);
}

static void
put_words(struct json_writer *w, const char *words)
{
	char word[WORD];
	size_t len;

	json_open_array(w, "enum");
	for (; *words != '\0'; words += len + (words[len] == '|')) {
		len = strcspn(words, "|");
		text_cut(words, word, len < WORD ? len + 1 : WORD);
		json_put_text(w, NULL, word);
	}
	json_close_array(w);
}

static void
put_limits(struct json_writer *w, const struct shape *s)
{
	const int is_number = s->kind == SHAPE_NUMBER;

	if (s->most == 0)
		return;
	json_put_int(w, is_number ? "minimum" : "minLength", s->least);
	json_put_int(w, is_number ? "maximum" : "maxLength", s->most);
}

static void put_members(struct json_writer *w, const struct shape *members);

static void
put_member(struct json_writer *w, const struct shape *s)
{
	json_open(w, s->name);
	put_type(w, s);
	if (s->about != NULL)
		json_put_text(w, "description", s->about);
	if (s->words != NULL)
		put_words(w, s->words);
	if (s->kind == SHAPE_TIME)
		json_put_text(w, "format", "date-time");
	put_limits(w, s);
	if (s->kind == SHAPE_OBJECT)
		put_members(w, s->of);
	else if (s->kind == SHAPE_LIST)
		shape_put(w, "items", s->of);
	json_close(w);
}

static void
put_required(struct json_writer *w, const struct shape *members)
{
	const struct shape *s;

	json_open_array(w, "required");
	for (s = members; s->name != NULL; s++)
		if ((s->may & SHAPE_ABSENT) == 0)
			json_put_text(w, NULL, s->name);
	json_close_array(w);
}

/* As deep as the tables are. */
static void
put_members(struct json_writer *w, const struct shape *members)
{
	const struct shape *s;

	if (members[0].name != NULL) {
		json_open(w, "properties");
		for (s = members; s->name != NULL; s++)
			put_member(w, s);
		json_close(w);
		put_required(w, members);
	}
	json_put_bool(w, "additionalProperties", 0);
}

void
shape_put(struct json_writer *w, const char *name, const struct shape *members)
{
	json_open(w, name);
	json_put_text(w, "type", "object");
	put_members(w, members);
	json_close(w);
}

/* --- whether something has this shape --- */

static int
is_word(const char *words, const char *text)
{
	const size_t most = strlen(text);
	size_t len;

	for (; *words != '\0'; words += len + (words[len] == '|'))
		if ((len = strcspn(words, "|")) == most &&
		    strncmp(words, text, len) == 0)
			return 1;
	return 0;
}

static int
text_fits(const struct shape *s, const char *text)
{
	const int64_t len = text == NULL ? 0 : (int64_t)strlen(text);

	return text != NULL && (s->words == NULL || is_word(s->words, text)) &&
	    (s->most == 0 || (len >= s->least && len <= s->most));
}

static int
value_fits(const struct shape *s, const struct json *v)
{
	int64_t number;
	int yes;

	switch (s->kind) {
	case SHAPE_TEXT:
	case SHAPE_TIME:
		return text_fits(s, json_text(v, NULL));
	case SHAPE_NUMBER:
		return json_int(v, NULL, &number) == ERR_OK && (s->most == 0 ||
		    (number >= s->least && number <= s->most));
	case SHAPE_YES_NO:
		return json_bool(v, NULL, &yes) == ERR_OK;
	case SHAPE_OBJECT:
		return json_has_object(v, NULL);
	case SHAPE_LIST:
	default:
		return 1;
	}
}

static void
say_wanted(const struct shape *s, char ret[SHAPE_PROBLEM])
{
	if (s->kind == SHAPE_NUMBER)
		(void)snprintf(ret, SHAPE_PROBLEM, "%s has to be a whole"
		    " number from %lld to %lld", s->name, (long long)s->least,
		    (long long)s->most);
	else if (s->kind == SHAPE_YES_NO)
		(void)snprintf(ret, SHAPE_PROBLEM, "%s has to be true or"
		    " false", s->name);
	else if (s->words != NULL)
		(void)snprintf(ret, SHAPE_PROBLEM, "%s has to be one of %s",
		    s->name, s->words);
	else
		(void)snprintf(ret, SHAPE_PROBLEM, "%s has to be a text of"
		    " %lld to %lld bytes", s->name, (long long)s->least,
		    (long long)s->most);
}

static int
is_member(const struct shape *members, const char *name)
{
	const struct shape *s;

	for (s = members; s->name != NULL; s++)
		if (text_equal(s->name, name))
			return 1;
	return 0;
}

int
shape_fits(const struct shape *members, const struct json *j,
    char ret_problem[SHAPE_PROBLEM])
{
	const struct shape *s;
	const struct json *v;
	const char *name;
	size_t i;

	for (i = 0; (name = json_name(j, i)) != NULL; i++)
		if (!is_member(members, name)) {
			(void)snprintf(ret_problem, SHAPE_PROBLEM, "there is no"
			    " argument of this name: %.64s", name);
			return 0;
		}
	for (s = members; s->name != NULL; s++) {
		v = json_member(j, s->name);
		if (v == NULL && (s->may & SHAPE_ABSENT) != 0)
			continue;
		if (v == NULL || !value_fits(s, v)) {
			say_wanted(s, ret_problem);
			return 0;
		}
	}
	return 1;
}
