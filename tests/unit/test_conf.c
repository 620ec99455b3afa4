/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "conf/config.h"
#include "base/mem.h"
#include "conf/option.h"
#include "base/text.h"
#include "cases.h"

/* config.h, option.h */

static int
is_plan(const struct option *o)
{
	return text_equal(o->section, "plan");
}

/* "section.name = value" where it is not the default. */
static void
option_say(const struct option *o, const char *section, const void *base,
    struct buf *ret)
{
	char value[8192];

	option_show(o, base, value, sizeof(value));
	if (!text_equal(value, o->dflt))
		buf_format(ret, "%s.%s = %s\n", section, o->name, value);
}

static void
config_say_values(const struct config *c, struct buf *ret)
{
	const struct option *o;
	char section[64];
	size_t i;

	for (o = options; o->section != NULL; o++)
		if (!is_plan(o))
			option_say(o, o->section, c, ret);
	for (i = 0; i < c->plans; i++) {
		(void)snprintf(section, sizeof(section), "plan %s",
		    c->plan[i].name);
		for (o = options; o->section != NULL; o++)
			if (is_plan(o))
				option_say(o, section, &c->plan[i], ret);
	}
}

/* Printed and read again, it prints the same. */
static void
config_roundtrip(const struct config *c)
{
	struct config *again = NULL;
	char *first, *second;
	size_t len;
	FILE *f;

	assert_non_null(f = fopen(path_in("printed"), "w"));
	config_print(c, f);
	assert_int_equal(fclose(f), 0);
	first = file_text(path_in("printed"), NULL);
	assert_int_equal(config_read(path_in("printed"), NULL, 0, NULL, stderr,
	    &again), ERR_OK);
	assert_non_null(f = open_memstream(&second, &len));
	config_print(again, f);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(first, second);
	config_free(again);
	free(first);
	free(second);
}

static void
config_say_with(const char *path, const char *const set[], size_t count,
    struct buf *ret)
{
	struct config *c = NULL;
	char *said, *p, *at;
	size_t len;
	FILE *f;
	enum err e;

	assert_non_null(f = open_memstream(&said, &len));
	e = config_read(path, set, count, "/credentials", f, &c);
	assert_int_equal(fclose(f), 0);
	buf_format(ret, "%s\n", err_name(e));
	for (p = said; (at = strstr(p, path)) != NULL; p = at + strlen(path)) {
		buf_add(ret, p, (size_t)(at - p));
		buf_text(ret, "FILE");
	}
	buf_text(ret, p);
	free(said);
	if (e != ERR_OK)
		return;
	assert_string_equal(c->credentials_dir, "/credentials");
	config_say_values(c, ret);
	config_roundtrip(c);
	config_free(c);
}

static void
config_say(const char *path, const char *text, size_t len, struct buf *ret)
{
	(void)text;
	(void)len;
	config_say_with(path, NULL, 0, ret);
}

static void
config_cases(void **state)
{
	(void)state;
	cases_pass("config", 80, config_say);
}

static const char least[] =
    "[server]\npublic_origin = http://localhost\n"
    "[database]\nconninfo = dbname=endpin\n"
    "[stripe]\nsecret_key_file = k\nwebhook_secret_file = w\n"
    "[cello]\nenabled = no\n[courier]\npoll = 5\n"
    "[plan a.b]\n";

/* The first two overrides of each row; what config_read() then says. */
static const struct {
	const char	*what;
	const char	*set[2];
	const char	*want;		/* is in what it says */
} overrides[] = {
	{ "what the file has", { "courier.poll=7" }, "courier.poll = 7\n" },
	{ "what it has not", { "pool web.workers=9" },
	    "pool web.workers = 9\n" },
	{ "the last one counts", { "courier.poll=7", "courier.poll=8" },
	    "courier.poll = 8\n" },
	{ "the value has signs", { "database.conninfo=host=a.b dbname=x" },
	    "database.conninfo = host=a.b dbname=x\n" },
	{ "an empty value", { "server.peers=" }, "server.peers = \n" },
	{ "a plan that is new", { "plan pro.amount=5" },
	    "endpin: FILE: price of [plan pro] must be set\n" },
	{ "no sign", { "courier.poll" },
	    "endpin: --set: \"courier.poll\" is not section.option=value\n" },
	{ "no dot", { "poll=7" },
	    "endpin: --set: \"poll=7\" is not section.option=value\n" },
	{ "no section", { ".poll=7" },
	    "endpin: --set: \".poll=7\" is not section.option=value\n" },
	{ "no option", { "courier.=7" },
	    "endpin: --set: \"courier.=7\" is not section.option=value\n" },
	{ "an unknown section", { "curier.poll=7" },
	    "endpin: --set: there is no section [curier]\n" },
	{ "an unknown option", { "courier.pol=7" },
	    "endpin: --set: \"pol\" is not an option of [courier]; "
	    "did you mean \"poll\"?\n" },
	{ "out of limits", { "courier.poll=0" },
	    "endpin: --set: poll is outside 1..60\n" },
	{ "a line that is forged", { "server.www_dir=/a\n[cello]" },
	    "endpin: --set: www_dir has a control character\n" },
	{ "a space first", { "server.www_dir= /a" },
	    "endpin: --set: www_dir begins or ends with a space\n" },
	{ "a space last", { "server.www_dir=/a " },
	    "endpin: --set: www_dir begins or ends with a space\n" },
	{ "a comment", { "server.www_dir=/a ;b" },
	    "endpin: --set: www_dir has a semicolon after a space, "
	    "which begins a comment\n" },
};

static void
config_overrides(void **state)
{
	char path[PATH_SIZE];
	struct buf said;
	size_t i, count;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s", path_in("least.conf"));
	file_write(path, least, sizeof(least) - 1, 0600);
	buf_init(&said, FILE_MAX);
	for (i = 0; i < NELEM(overrides); i++) {
		count = overrides[i].set[1] == NULL ? 1 : 2;
		buf_reset(&said);
		config_say_with(path, overrides[i].set, count, &said);
		if (strstr(said.data, overrides[i].want) == NULL)
			fail_msg("%s: %s", overrides[i].what, said.data);
	}
	buf_reset(&said);
	config_say_with(path_in("no.conf"), NULL, 0, &said);
	assert_string_equal(said.data, "input\n"
	    "endpin: FILE: cannot be read: No such file or directory\n");
	buf_reset(&said);
	config_say_with(dir, NULL, 0, &said);
	assert_string_equal(said.data, "input\n"
	    "endpin: FILE: cannot be read: Is a directory\n");
	buf_done(&said);
}

static void
config_has_a_most_of_plans(void **state)
{
	char *path = mem_text(path_in("plans.conf"));
	struct config *c = NULL;
	struct buf text, said;
	int i;

	(void)state;
	buf_init(&text, FILE_MAX);
	buf_init(&said, FILE_MAX);
	buf_text(&text, least);
	for (i = 0; i < CONFIG_PLANS; i++)
		buf_format(&text, "[plan p%d]\nprice = price_%d\nlabel = P\n"
		    "description = d\namount = %d\ncurrency = usd\n"
		    "interval = month\ntrial_days = 1\nreferral_coupon = c\n",
		    i, i, i);
	file_write(path, text.data, text.len, 0600);
	assert_int_equal(config_read(path, NULL, 0, NULL, stderr, &c), ERR_OK);
	assert_int_equal(c->plans, CONFIG_PLANS);
	assert_int_equal(config_plan(c, "p63")->amount, 63);
	assert_ptr_equal(config_plan_of_price(c, "price_9"), &c->plan[9]);
	assert_null(config_plan(c, "p64"));
	assert_null(config_plan_of_price(c, "price_64"));
	assert_false(config_is_https(c));
	config_free(c);

	/* The table of what was set has room for the last option, too. */
	buf_text(&text, "trial_days = 2\n[plan more]\nprice = x\n");
	file_write(path, text.data, text.len, 0600);
	config_say_with(path, NULL, 0, &said);
	assert_string_equal(said.data, "input\n"
	    "endpin: FILE:589: trial_days of [plan p63] is set twice\n"
	    "endpin: FILE:591: there are more than 64 plans\n");
	buf_done(&text);
	buf_done(&said);
	free(path);
	config_free(NULL);
}

/* Each option says its own limits, default and use. */
static void
options_are_right(void **state)
{
	const struct option *o;
	struct plan_config p;
	struct config c;
	size_t rows = 0, lines = 0, len, i;
	char *text;
	void *base;
	FILE *f;

	(void)state;
	memset(&c, 0, sizeof(c));
	memset(&p, 0, sizeof(p));
	for (o = options; o->section != NULL; o++, rows++) {
		base = is_plan(o) ? (void *)&p : (void *)&c;
		assert_ptr_equal(option_find(o->section, o->name), o);
		if (((o->flags & OPTION_MUST) != 0) != (o->dflt == NULL))
			fail_msg("%s: a default or must be set", o->name);
		if (o->dflt != NULL && option_set(o, base, o->dflt) != NULL)
			fail_msg("%s: the default is refused", o->name);
		if (o->about[strlen(o->about) - 1] != '.')
			fail_msg("%s: no sentence", o->name);
		option_clear(o, base);
	}
	assert_non_null(f = open_memstream(&text, &len));
	config_print_options(f);
	assert_int_equal(fclose(f), 0);
	for (i = 0; i < len; i++)
		lines += text[i] == '\n';
	assert_int_equal(lines, rows);
	assert_non_null(strstr(text, "[courier]\tpoll\tnumber 1..60\t2\t"
	    "reload\tSeconds after which"));
	assert_non_null(strstr(text, "[pool web]\tlisten\tsocket\t"
	    "/run/endpin/web.sock\trestart\t"));
	free(text);
	assert_null(option_find("plan pro", "price"));
	assert_null(option_guess("nowhere", "poll"));
}

/* The next line of `f` that is not empty, without its newline. */
static const char *
example_line(FILE *f, char *line, size_t size)
{
	do {
		if (fgets(line, (int)size, f) == NULL)
			return "";
		line[strcspn(line, "\n")] = '\0';
	} while (line[0] == '\0');
	return line;
}

/* The example has every option in order, with its sentence and default. */
static void
config_example(void **state)
{
	const char *top = getenv("srcdir"), *section = "";
	char path[PATH_SIZE], line[256], want[256];
	const struct option *o;
	struct config *c = NULL;
	FILE *f;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/etc/endpin.conf.example",
	    top == NULL ? "." : top);
	assert_int_equal(config_read(path, NULL, 0, NULL, stderr, &c), ERR_OK);
	assert_int_equal(c->plans, 1);
	config_roundtrip(c);
	config_free(c);

	assert_non_null(f = fopen(path, "r"));
	for (o = options; o->section != NULL; o++) {
		if (!text_equal(o->section, section)) {
			section = o->section;
			(void)snprintf(want, sizeof(want), "[%s%s]", section,
			    is_plan(o) ? " pro" : "");
			do
				(void)example_line(f, line, sizeof(line));
			while (line[0] == '#');
			assert_string_equal(line, want);
		}
		(void)snprintf(want, sizeof(want), "# %s", o->about);
		assert_string_equal(example_line(f, line, sizeof(line)), want);
		(void)example_line(f, line, sizeof(line));
		(void)snprintf(want, sizeof(want), "#%s =%s%s", o->name,
		    text_empty(o->dflt) ? "" : " ",
		    o->dflt == NULL ? "" : o->dflt);
		if (line[0] == '#' && !text_equal(o->name, "www_dir"))
			assert_string_equal(line, want);
		assert_true(text_begins(line + (line[0] == '#'), o->name));
	}
	assert_string_equal(example_line(f, line, sizeof(line)), "");
	(void)fclose(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(config_cases),
		cmocka_unit_test(config_overrides),
		cmocka_unit_test(config_has_a_most_of_plans),
		cmocka_unit_test(options_are_right),
		cmocka_unit_test(config_example),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
