/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"

#include "ctl/ctl.h"

#include "ctl/args.h"

#define DIGITS	20

static enum err
take_duration(const char *text, int64_t most, int64_t *ret_s)
{
	static const struct {
		char	 unit;
		int64_t	 seconds;
	} units[] = { { 'm', 60 }, { 'h', CLOCK_HOUR_S },
	    { 'd', CLOCK_DAY_S }, { 'w', 7 * CLOCK_DAY_S } };
	char digits[DIGITS];
	const size_t len = strlen(text);
	size_t i;
	int64_t n;

	if (len < 2 || len > sizeof(digits))
		return ERR_INPUT;
	memcpy(digits, text, len - 1);
	digits[len - 1] = '\0';
	for (i = 0; i < NELEM(units); i++)
		if (text[len - 1] == units[i].unit)
			break;
	if (i == NELEM(units) || text_number(digits,
	    most / units[i].seconds, &n) != ERR_OK || n == 0)
		return ERR_INPUT;
	*ret_s = n * units[i].seconds;
	return ERR_OK;
}

/* What is wrong with the value of `o`?  NULL: nothing, and it is taken. */
static const char *
take_value(const struct arg_option *o, const char *value)
{
	int64_t n;

	switch (o->kind) {
	case ARG_FLAG:
		*(int *)o->ret = 1;
		return NULL;
	case ARG_TEXT:
		if (value[0] == '\0')
			return "has an empty value";
		*(const char **)o->ret = value;
		return NULL;
	case ARG_NUMBER:
		if (text_number(value, o->most, &n) != ERR_OK || n == 0)
			return "wants a number from 1 up, and not a huge one";
		break;
	case ARG_DURATION:
		if (take_duration(value, o->most, &n) != ERR_OK)
			return "wants a duration such as 90m, 36h, 7d or 2w";
		break;
	default:
		assert(0);
		return "is no option";
	}
	*(int64_t *)o->ret = n;
	return NULL;
}

static const struct arg_option *
find(const struct arg_option options[], const char *text, size_t len)
{
	const struct arg_option *o;

	for (o = options; o->name != NULL; o++)
		if (strlen(o->name) == len && strncmp(o->name, text, len) == 0)
			return o;
	return NULL;
}

/*
 * The option in t->argv[*i], whose value may be the next one.  Returns what is
 * wrong with it; NULL: nothing.
 */
static const char *
take_option(const struct ctl *t, const struct arg_option options[], int *i)
{
	const char *text = t->argv[*i] + 2;
	const size_t len = strcspn(text, "=");
	const char *value = text[len] == '=' ? text + len + 1 : NULL;
	const struct arg_option *o = find(options, text, len);

	if (o == NULL)
		return "is no option of it";
	if (o->kind == ARG_FLAG && value != NULL)
		return "takes no value";
	if (o->kind != ARG_FLAG && value == NULL) {
		if (*i + 1 == t->argc)
			return "wants a value";
		value = t->argv[++*i];
	}
	return take_value(o, value);
}

static int
complain(const struct ctl *t, const char *what, const char *problem)
{
	fprintf(stderr, "endpin: %s: %s %s\n"
	    "hint: endpin(1) has the arguments of every command\n",
	    t->argv[0], what, problem);
	return 0;
}

int
args_take(const struct ctl *t, const struct arg_option options[],
    struct arg_words *words)
{
	const char *problem, *what;
	int i, words_only = 0;

	words->count = 0;
	for (i = 1; i < t->argc; i++) {
		what = t->argv[i];
		if (!words_only && text_equal(what, "--")) {
			words_only = 1;
			continue;
		}
		if (!words_only && text_begins(what, "-")) {
			problem = text_begins(what, "--") ?
			    take_option(t, options, &i) : "is no option of it";
			if (problem != NULL)
				return complain(t, what, problem);
			continue;
		}
		if (words->count == words->most ||
		    words->count == NELEM(words->word))
			return complain(t, what, "is one argument too many");
		words->word[words->count++] = what;
	}
	return words->count >= words->least ? 1 :
	    complain(t, "something", "is missing");
}

int
args_json(const struct ctl *t)
{
	int json = 0;
	const struct arg_option options[] = {
		{ "json", ARG_FLAG, &json, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = 0 };

	return args_take(t, options, &words) ? json : -1;
}

int
args_part(const struct ctl *t, const struct arg_part parts[],
    const char *question)
{
	const struct arg_part *p;
	struct ctl part = *t;

	part.argc--;
	part.argv++;
	for (p = parts; t->argc > 1 && p->name != NULL; p++)
		if (text_equal(p->name, t->argv[1]))
			return p->run(&part);
	fprintf(stderr, "endpin: %s: %s\nhint: \"endpin %s --help\" lists"
	    " it\n", t->argv[0], question, t->argv[0]);
	return CTL_USAGE;
}
