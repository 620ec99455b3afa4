/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/config.h"
#include "app/options.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "conf/layout.h"
#include "http/route.h"
#include "cases.h"

/* The options of the product: its sections, defaults and rules. */

/* Is it what it would be if the file did not say it? */
static int
is_default(const struct chapter *ch, const struct option_row *o,
    const void *base, const char *value)
{
	void *sample;
	char dflt[8192];

	if (ch->size == 0 || o->dflt == NULL)
		return text_equal(value, o->dflt);
	sample = chapter_sample(ch, *(char *const *)base);
	option_show(o, sample, dflt, sizeof(dflt));
	chapter_end(ch, sample);
	/* What goes by the machine's cores is looked at elsewhere. */
	return text_equal(value, dflt) || (ch->rows == pool_options &&
	    text_equal(o->name, "workers") && text_equal(dflt, "0"));
}

/* "section.name = value" where it is not the default. */
static void
chapter_say(const struct chapter *ch, const void *base, struct buf *ret)
{
	const struct option_row *o;
	char value[8192], section[64];

	(void)snprintf(section, sizeof(section), "%s%s%s", ch->name,
	    ch->size ? " " : "", ch->size ? *(char *const *)base : "");
	for (o = ch->rows; o->name != NULL; o++) {
		option_show(o, base, value, sizeof(value));
		if (!is_default(ch, o, base, value))
			buf_format(ret, "%s.%s = %s\n", section, o->name,
			    value);
	}
}

static void
config_say_values(const struct config *c, struct buf *ret)
{
	const struct chapter *ch;
	size_t i;

	for (ch = config_layout; ch->name != NULL; ch++)
		for (i = 0; i < chapter_count(ch, c); i++)
			chapter_say(ch, chapter_base(ch, c, i), ret);
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
	/* What two rooms have options of is one section all the same. */
	assert_non_null(strstr(first, "[stripe]"));
	assert_null(strstr(strstr(first, "[stripe]") + 1, "[stripe]"));
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
	cases_pass("config", 122, config_say);
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
	for (i = 0; i < BILLING_PLANS; i++)
		buf_format(&text, "[plan p%d]\nprice = price_%d\nlabel = P\n"
		    "description = d\namount = %d\ncurrency = usd\n"
		    "interval = month\ntrial_days = 1\nreferral_coupon = c\n",
		    i, i, i);
	file_write(path, text.data, text.len, 0600);
	assert_int_equal(config_read(path, NULL, 0, NULL, stderr, &c), ERR_OK);
	assert_int_equal(c->billing.plans, BILLING_PLANS);
	assert_int_equal(plan_find(&c->billing, "p63")->amount, 63);
	assert_ptr_equal(plan_of_price(&c->billing, "price_9"), &c->billing.plan[9]);
	assert_null(plan_find(&c->billing, "p64"));
	assert_null(plan_of_price(&c->billing, "price_64"));
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
chapter_is_right(const struct chapter *ch)
{
	union {
		struct config		 whole;
		struct plan_config	 plan;
		struct pool_config	 pool;
	} base;
	const struct option_row *o;

	memset(&base, 0, sizeof(base));
	for (o = ch->rows; o->name != NULL; o++) {
		assert_ptr_equal(option_find(ch->rows, o->name), o);
		if (((o->flags & OPTION_MUST) != 0) != (o->dflt == NULL))
			fail_msg("%s: a default or must be set", o->name);
		if (o->dflt != NULL && option_set(o, &base, o->dflt) != NULL)
			fail_msg("%s: the default is refused", o->name);
		if (o->about[strlen(o->about) - 1] != '.')
			fail_msg("%s: no sentence", o->name);
		option_clear(o, &base);
	}
}

static void
options_are_right(void **state)
{
	const struct chapter *ch;
	char *text;
	size_t len;
	FILE *f;

	(void)state;
	for (ch = config_layout; ch->name != NULL; ch++)
		chapter_is_right(ch);
	assert_non_null(f = open_memstream(&text, &len));
	config_print_options(f);
	assert_int_equal(fclose(f), 0);
	assert_non_null(strstr(text, "[courier]\tpoll\tnumber 1..60\t2\t"
	    "reload\tSeconds after which"));
	assert_non_null(strstr(text, "[pool web]\tlisten\tsocket\t"
	    "/run/endpin/web.sock\trestart\t"));
	assert_non_null(strstr(text, "[pool password]\tserves\t"
	    "hook|password|stripe|web\tpassword\treload\t"));
	assert_non_null(strstr(text, "[plan]\tprice\ttext\tmust be set\t"));
	free(text);
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

/* One section of the example; of plans, the one that is called pro. */
static void
example_section(FILE *f, const struct chapter *ch, const char *name)
{
	void *sample = ch->size == 0 ? NULL : chapter_sample(ch, name);
	const struct option_row *o;
	char line[256], want[256], dflt[200];

	for (o = ch->rows; o->name != NULL; o++) {
		(void)snprintf(dflt, sizeof(dflt), "%s",
		    o->dflt == NULL ? "" : o->dflt);
		if (sample != NULL && (o->flags & OPTION_MUST) == 0)
			option_show(o, sample, dflt, sizeof(dflt));
		(void)snprintf(want, sizeof(want), "# %s", o->about);
		assert_string_equal(example_line(f, line, sizeof(line)), want);
		(void)example_line(f, line, sizeof(line));
		(void)snprintf(want, sizeof(want), "#%s =%s%s", o->name,
		    dflt[0] == '\0' ? "" : " ", dflt);
		if (line[0] == '#' && !text_equal(o->name, "www_dir"))
			assert_string_equal(line, want);
		assert_true(text_begins(line + (line[0] == '#'), o->name));
	}
	if (sample != NULL)
		chapter_end(ch, sample);
}

static void
example_head(FILE *f, const char *section, const char *name)
{
	char line[256], want[256];

	(void)snprintf(want, sizeof(want), "[%s%s%s]", section,
	    name[0] == '\0' ? "" : " ", name);
	do
		(void)example_line(f, line, sizeof(line));
	while (line[0] == '#');
	assert_string_equal(line, want);
}

/* The example has every option in order, with its sentence and default. */
static void
config_example(void **state)
{
	const char *top = getenv("builddir"), *last = "", *const *name;
	char path[PATH_SIZE], line[256];
	const struct chapter *ch;
	struct config *c = NULL;
	FILE *f;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/etc/endpin.conf.example",
	    top == NULL ? "." : top);
	assert_int_equal(config_read(path, NULL, 0, NULL, stderr, &c), ERR_OK);
	assert_int_equal(c->billing.plans, 1);
	config_roundtrip(c);
	config_free(c);

	assert_non_null(f = fopen(path, "r"));
	for (ch = config_layout; ch->name != NULL; last = ch++->name) {
		for (name = ch->usual; name != NULL && *name != NULL; name++) {
			example_head(f, ch->name, *name);
			example_section(f, ch, *name);
		}
		if (ch->usual != NULL)
			continue;
		if (!text_equal(ch->name, last))
			example_head(f, ch->name, ch->size ? "pro" : "");
		example_section(f, ch, "pro");
	}
	assert_string_equal(example_line(f, line, sizeof(line)), "");
	(void)fclose(f);
}

/* Sections of pools, and what is said of them. */
static const struct {
	const char	*what;
	const char	*text;
	const char	*want;		/* is in what is said */
} pools[] = {
	{ "none: four", "", "ok\n" },
	{ "one that serves all", "[pool all]\n"
	    "serves = hook  password stripe web\n",
	    "pool all.serves = hook password stripe web\n" },
	{ "the order of the words is nothing", "[pool web]\n"
	    "serves = web stripe hook password\n",
	    "pool web.serves = hook password stripe web\n" },
	{ "a duty that two have", "[pool hook]\n[pool hook2]\nserves = hook\n"
	    "[pool all]\nserves = password stripe web\n",
	    "pool hook2.serves = hook\n" },
	{ "a duty that nobody has", "[pool hook]\nworkers = 1\n"
	    "[pool web]\nserves = web password\n",
	    "endpin: FILE: no pool serves \"stripe\"; [pool stripe] would\n" },
	{ "a name that says nothing", "[pool fast]\nworkers = 5\n",
	    "endpin: FILE: serves of [pool fast] must be set "
	    "(hook|password|stripe|web)\n" },
	{ "an unknown word", "[pool web]\nserves = web slow\n",
	    "serves has a word that is not one of the choices "
	    "(hook|password|stripe|web)\n" },
	{ "words with a comma", "[pool web]\nserves = web,hook\n",
	    "serves has a word that is not one of the choices "
	    "(hook|password|stripe|web)\n" },
	{ "no word", "[pool web]\nserves =\n",
	    "serves of [pool web] must be set" },
	{ "the pool there was", "[pool slow]\nworkers = 8\n",
	    "endpin: FILE: serves of [pool slow] must be set; it was divided: "
	    "make it [pool password] and [pool stripe], here and in the web "
	    "server's configuration\n" },
	{ "one of that name that says what it serves",
	    "[pool slow]\nserves = hook password stripe web\n", "ok\n" },
	{ "a socket for two", "[pool a]\nserves = hook password stripe\n"
	    "listen = /s\n[pool web]\nlisten = /s\n",
	    "endpin: FILE: [pool a] and [pool web] have the same socket"
	    "\n" },
	{ "too many workers", "[pool a]\nserves = hook password stripe\n"
	    "workers = 512\n[pool web]\nworkers = 512\n"
	    "[pool b]\nserves = web\nworkers = 512\n"
	    "[pool c]\nserves = web\nworkers = 1\n",
	    "endpin: FILE: the pools have more than 1536 workers\n" },
	{ "a name in capitals", "[pool Web]\nserves = web\n",
	    "the name of [pool Web] is not 1 to 32 of a-z" },
};

static const char bare[] =
    "[server]\npublic_origin = http://localhost\n"
    "[database]\nconninfo = dbname=endpin\n"
    "[stripe]\nsecret_key_file = k\nwebhook_secret_file = w\n"
    "[cello]\nenabled = no\n";

static void
pool_rules(void **state)
{
	char *path = mem_text(path_in("pools.conf"));
	struct buf text, said;
	size_t i;

	(void)state;
	buf_init(&text, FILE_MAX);
	buf_init(&said, FILE_MAX);
	for (i = 0; i < NELEM(pools); i++) {
		buf_reset(&text);
		buf_reset(&said);
		buf_format(&text, "%s%s", bare, pools[i].text);
		file_write(path, text.data, text.len, 0600);
		config_say_with(path, NULL, 0, &said);
		if (strstr(said.data, pools[i].want) == NULL)
			fail_msg("%s: %s", pools[i].what, said.data);
	}
	buf_done(&text);
	buf_done(&said);
	free(path);
}

/* The file is least.conf, and so many pools. */
static struct config *
with_pools(const char *const name[], size_t count, struct buf *ret_said)
{
	char *path = mem_text(path_in("pools.conf"));
	struct config *c = NULL;
	struct buf text;
	size_t i;

	buf_init(&text, FILE_MAX);
	buf_text(&text, bare);
	for (i = 0; i < count; i++)
		buf_format(&text, "[pool %s]\nworkers = %zu\n"
		    "serves = hook password stripe web\n", name[i], i + 1);
	file_write(path, text.data, text.len, 0600);
	if (ret_said != NULL)
		config_say_with(path, NULL, 0, ret_said);
	else
		assert_int_equal(config_read(path, NULL, 0, NULL, stderr, &c),
		    ERR_OK);
	buf_done(&text);
	free(path);
	return c;
}

static const char *const letters[] = { "a", "b", "c", "d", "e", "f", "g", "h",
    "i", "j", "k", "l", "m", "n", "o", "p", "q" };

static void
pools_have_a_most(void **state)
{
	struct config *c = with_pools(letters, CONFIG_POOLS, NULL);
	struct buf said;

	(void)state;
	assert_int_equal(c->pools, 16);
	assert_string_equal(c->pool[15].name, "p");
	assert_string_equal(c->pool[15].listen, "/run/endpin/p.sock");
	config_free(c);
	buf_init(&said, FILE_MAX);
	(void)with_pools(letters, CONFIG_POOLS + 1, &said);
	assert_non_null(strstr(said.data, "there are more than 16 pools\n"));
	buf_done(&said);
}

static void
usual_pools(void **state)
{
	static const struct {
		const char	*name;
		unsigned	 serves;
		int		 workers;	/* 0: by cores */
		int		 keep;
	} want[] = {
		{ "hook", DUTY_HOOK, 2, 16 },
		{ "password", DUTY_PASSWORD, 0, 0 },
		{ "stripe", DUTY_STRIPE, 4, 0 },
		{ "web", DUTY_WEB, 2, 16 },
	};
	struct config *c = with_pools(NULL, 0, NULL);
	size_t i;

	(void)state;
	assert_int_equal(c->pools, NELEM(want));
	for (i = 0; i < NELEM(want); i++) {
		assert_string_equal(c->pool[i].name, want[i].name);
		assert_int_equal(c->pool[i].serves, want[i].serves);
		assert_int_equal(c->pool[i].keep_connections, want[i].keep);
		if (want[i].workers != 0)
			assert_int_equal(c->pool[i].workers, want[i].workers);
		else
			assert_true(c->pool[i].workers >= 2);
	}
	config_free(c);
}

/* A number means the same pool before and after a reload. */
static void
pools_are_kept(void **state)
{
	static const char *const turned[] = { "c", "a", "b" };
	struct config *old = with_pools(letters, 3, NULL), *fresh;

	(void)state;
	fresh = with_pools(turned, 3, NULL);
	assert_true(config_keep_pools(old, fresh));
	assert_string_equal(fresh->pool[0].name, "a");
	assert_int_equal(fresh->pool[0].workers, 2);
	assert_string_equal(fresh->pool[1].name, "b");
	assert_int_equal(fresh->pool[1].workers, 3);
	assert_string_equal(fresh->pool[2].name, "c");
	assert_int_equal(fresh->pool[2].workers, 1);
	config_free(fresh);

	/* One more, one less, one other: the old ones. */
	fresh = with_pools(letters, 4, NULL);
	assert_false(config_keep_pools(old, fresh));
	assert_int_equal(fresh->pools, 3);
	assert_int_equal(old->pools, 3);
	assert_int_equal(fresh->pool[2].workers, 3);
	assert_string_equal(fresh->pool[2].listen, old->pool[2].listen);
	assert_ptr_not_equal(fresh->pool[2].listen, old->pool[2].listen);
	config_free(old);
	old = with_pools(letters, 2, NULL);
	assert_false(config_keep_pools(old, fresh));
	assert_int_equal(fresh->pools, 2);
	config_free(old);
	old = with_pools(turned, 2, NULL);
	assert_false(config_keep_pools(old, fresh));
	assert_string_equal(fresh->pool[0].name, "c");
	assert_int_equal(fresh->pool[1].workers, 2);
	config_free(old);
	config_free(fresh);
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
		cmocka_unit_test(pool_rules),
		cmocka_unit_test(pools_have_a_most),
		cmocka_unit_test(usual_pools),
		cmocka_unit_test(pools_are_kept),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
