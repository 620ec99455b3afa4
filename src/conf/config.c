/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "conf/config_line.h"
#include "base/mem.h"
#include "conf/option.h"
#include "base/text.h"

#include "conf/config.h"

#define PLAN_NAME	32
#define SEEN		(16 + CONFIG_PLANS * 10 + 80)

const char *const pool_names[POOLS] = { "hook", "slow", "web" };

/* What an option was set in, to find the second time and the missing. */
struct seen {
	const struct option	*option;
	const void		*base;
};

struct reader {
	struct config	*c;
	const char	*file;		/* "--set" for overrides */
	FILE		*in;
	FILE		*complaints;
	int		 line;
	int		 bad;
	int		 override;
	struct seen	 seen[SEEN];
	size_t		 seens;
};

static void complain(struct reader *r, const char *format, ...) PRINTF(2, 3);

static void
complain(struct reader *r, const char *format, ...)
{
	va_list ap;

	r->bad = 1;
	fprintf(r->complaints, "endpin: %s:", r->file);
	if (r->line > 0)
		fprintf(r->complaints, "%d:", r->line);
	fputc(' ', r->complaints);
	va_start(ap, format);
	vfprintf(r->complaints, format, ap);
	va_end(ap);
	fputc('\n', r->complaints);
}

static int
plan_name_ok(const char *name)
{
	size_t len = strlen(name);

	return len >= 1 && len <= PLAN_NAME && name[0] != '-' &&
	    name[0] != '_' && strspn(name,
	    "abcdefghijklmnopqrstuvwxyz0123456789_-") == len;
}

/* Texts must be there before they can be replaced. */
static void
set_defaults(const char *section, void *base)
{
	const struct option *o;

	for (o = options; o->section != NULL; o++) {
		if (text_equal(o->section, "plan") !=
		    text_equal(section, "plan"))
			continue;
		if (o->dflt != NULL)
			(void)option_set(o, base, o->dflt);
		else if (o->kind >= OPTION_TEXT)
			*(char **)(void *)((char *)base + o->at) = mem_text("");
	}
}

static struct plan_config *
plan_named(struct reader *r, const char *name)
{
	struct config *c = r->c;
	struct plan_config *p;
	size_t i;

	for (i = 0; i < c->plans; i++)
		if (text_equal(c->plan[i].name, name))
			return &c->plan[i];
	if (!plan_name_ok(name)) {
		complain(r, "the name of [plan %s] is not 1 to %d of a-z, 0-9, "
		    "- and _, with no sign first", name, PLAN_NAME);
		return NULL;
	}
	if (c->plans == CONFIG_PLANS) {
		complain(r, "there are more than %d plans", CONFIG_PLANS);
		return NULL;
	}
	p = &c->plan[c->plans++];
	p->name = mem_text(name);
	set_defaults("plan", p);
	return p;
}

static int
section_known(const char *section)
{
	const struct option *o;

	for (o = options; o->section != NULL; o++)
		if (text_equal(o->section, section))
			return 1;
	return 0;
}

/* The struct that `section` fills; *ret_section is as the table has it. */
static void *
section_base(struct reader *r, const char *section, const char **ret_section)
{
	if (text_begins(section, "plan ")) {
		*ret_section = "plan";
		return plan_named(r, section + 5);
	}
	*ret_section = section;
	if (!text_equal(section, "plan") && section_known(section))
		return r->c;
	complain(r, "there is no section [%s]", section);
	return NULL;
}

static int
seen_before(struct reader *r, const struct option *o, const void *base)
{
	size_t i;

	for (i = 0; i < r->seens; i++)
		if (r->seen[i].option == o && r->seen[i].base == base)
			return 1;
	return 0;
}

static void
set_option(struct reader *r, const char *section, const char *name,
    const char *text)
{
	const struct option *o;
	const char *row, *guess, *why;
	void *base;
	int before;

	if ((base = section_base(r, section, &row)) == NULL)
		return;
	if ((o = option_find(row, name)) == NULL) {
		guess = option_guess(row, name);
		complain(r, "\"%s\" is not an option of [%s]%s%s%s", name,
		    section, guess != NULL ? "; did you mean \"" : "",
		    guess != NULL ? guess : "", guess != NULL ? "\"?" : "");
		return;
	}
	before = seen_before(r, o, base);
	if (before && !r->override) {
		complain(r, "%s of [%s] is set twice", name, section);
		return;
	}
	if (!before && r->seens < NELEM(r->seen)) {
		r->seen[r->seens].option = o;
		r->seen[r->seens++].base = base;
	}
	if ((why = option_set(o, base, text)) != NULL)
		complain(r, "%s %s%s%s%s", name, why,
		    o->choices != NULL ? " (" : "",
		    o->choices != NULL ? o->choices : "",
		    o->choices != NULL ? ")" : "");
}

/* As fgets(3), for libinih. */
static char *
read_line(char *line, int size, void *stream)
{
	struct reader *r = stream;
	const char *why = NULL;

	if (!config_line(r->in, line, (size_t)size, &why))
		return NULL;
	/* Debian's libinih does not say the number of a line. */
	r->line++;
	if (why != NULL)
		complain(r, "%s", why);
	return line;
}

static int
take_option(void *user, const char *section, const char *name,
    const char *value)
{
	struct reader *r = user;

	if (*section == '\0')
		complain(r, "%s stands before the first section", name);
	else
		set_option(r, section, name, value);
	return 1;
}

/* "pool web.workers=8": the option is behind the last dot before the sign. */
static void
take_override(struct reader *r, const char *text)
{
	const char *equals = strchr(text, '='), *dot = NULL, *p;
	char *section, *name;

	for (p = text; equals != NULL && p < equals; p++)
		if (*p == '.')
			dot = p;
	if (dot == NULL || dot == text || dot + 1 == equals) {
		complain(r, "\"%s\" is not section.option=value", text);
		return;
	}
	section = mem_text_n(text, (size_t)(dot - text));
	name = mem_text_n(dot + 1, (size_t)(equals - dot - 1));
	set_option(r, section, name, equals + 1);
	free(section);
	free(name);
}

static void
check_missing(struct reader *r)
{
	const struct option *o;
	size_t i;

	for (o = options; o->section != NULL; o++) {
		if ((o->flags & OPTION_MUST) == 0)
			continue;
		if (!text_equal(o->section, "plan")) {
			if (!seen_before(r, o, r->c))
				complain(r, "%s of [%s] must be set", o->name,
				    o->section);
			continue;
		}
		for (i = 0; i < r->c->plans; i++)
			if (!seen_before(r, o, &r->c->plan[i]))
				complain(r, "%s of [plan %s] must be set",
				    o->name, r->c->plan[i].name);
	}
}

static void
check_plans(struct reader *r)
{
	const struct plan_config *p;
	size_t i;

	for (i = 0; i < r->c->plans; i++) {
		p = &r->c->plan[i];
		if (strspn(p->currency, "abcdefghijklmnopqrstuvwxyz") != 3)
			complain(r, "currency of [plan %s] is not three "
			    "lower-case letters", p->name);
		if (!text_empty(p->price) &&
		    config_plan_of_price(r->c, p->price) != p)
			complain(r, "[plan %s] has the price of another plan",
			    p->name);
	}
}

/* "https://assets.cello.so" or as the file says, without a slash at the end. */
static void
resolve_base(struct reader *r, const char *name, char **at, const char *host)
{
	const char *dot = text_equal(r->c->cello.environment, "sandbox") ?
	    ".sandbox" : "";
	char text[64];
	size_t len;

	if (text_empty(*at)) {
		(void)snprintf(text, sizeof(text), "https://%s%s.cello.so",
		    host, dot);
		free(*at);
		*at = mem_text(text);
	}
	if (!text_begins(*at, "https://") &&
	    !text_begins(*at, "http://127.0.0.1:") &&
	    !text_begins(*at, "http://localhost:") &&
	    !text_begins(*at, "http://[::1]:"))
		complain(r, "%s of [cello] is not https:// "
		    "(http:// is for loopback addresses)", name);
	for (len = strlen(*at); len > 0 && (*at)[len - 1] == '/'; len--)
		(*at)[len - 1] = '\0';
}

/* A password in a connection string, a user's or a key's. */
static int
has_password(const char *conninfo)
{
	const char *p, *at, *colon;

	for (p = conninfo; (p = strstr(p, "password")) != NULL;) {
		p += strlen("password");
		if (p[strspn(p, " ")] == '=')
			return 1;
	}
	/* "postgresql://user:password@host", taken apart as libpq does it. */
	if ((p = strstr(conninfo, "://")) == NULL)
		return 0;
	p += strlen("://");
	at = p + strcspn(p, "@/");
	colon = p + strcspn(p, ":");
	return *at == '@' && colon < at;
}

static void
check_whole(struct reader *r)
{
	struct config *c = r->c;
	size_t i;

	r->line = 0;
	check_missing(r);
	check_plans(r);
	resolve_base(r, "api_base", &c->cello.api_base, "api");
	resolve_base(r, "assets_base", &c->cello.assets_base, "assets");
	if (c->cello.enabled && (text_empty(c->cello.product_id) ||
	    text_empty(c->cello.product_secret_file)))
		complain(r, "[cello] is enabled: product_id and "
		    "product_secret_file must be set");
	if (has_password(c->database.conninfo))
		complain(r, "conninfo of [database] has a password; "
		    "use passfile=FILE in it instead");
	for (i = 0; i < POOLS; i++)
		if (strspn(c->pool[i].mode, "01234567") !=
		    strlen(c->pool[i].mode))
			complain(r, "mode of [pool %s] is not octal",
			    pool_names[i]);
}

enum err
config_read(const char *path, const char *const override[], size_t count,
    const char *credentials_dir, FILE *complaints, struct config **ret_config)
{
	struct reader *r = mem_zero(1, sizeof(*r));
	struct config *c = mem_zero(1, sizeof(*c));
	enum err e;
	size_t i;
	int line;

	r->c = c;
	r->file = path;
	r->complaints = complaints;
	set_defaults("", c);
	if (credentials_dir != NULL)
		c->credentials_dir = mem_text(credentials_dir);

	if ((r->in = fopen(path, "re")) == NULL)
		complain(r, "cannot be read: %s", strerror(errno));
	else if ((line = ini_parse_stream(read_line, r, take_option, r)) != 0) {
		r->line = line;
		complain(r, "this is neither [section] nor option = value");
	}
	if (r->in != NULL && ferror(r->in)) {
		r->line = 0;
		complain(r, "cannot be read: %s", strerror(errno));
	}
	for (r->line = 0, r->override = 1, i = 0; i < count; i++) {
		r->file = "--set";
		take_override(r, override[i]);
	}
	r->file = path;
	if (r->in != NULL && !ferror(r->in))
		check_whole(r);

	e = r->bad ? ERR_INPUT : ERR_OK;
	if (r->in != NULL)
		(void)fclose(r->in);
	free(r);
	if (e == ERR_OK)
		*ret_config = c;
	else
		config_free(c);
	return e;
}

void
config_free(struct config *c)
{
	const struct option *o;
	size_t i;

	if (c == NULL)
		return;
	for (o = options; o->section != NULL; o++) {
		if (!text_equal(o->section, "plan"))
			option_clear(o, c);
		else
			for (i = 0; i < c->plans; i++)
				option_clear(o, &c->plan[i]);
	}
	for (i = 0; i < c->plans; i++)
		free(c->plan[i].name);
	free(c->credentials_dir);
	free(c);
}

const struct plan_config *
config_plan(const struct config *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->plans; i++)
		if (text_equal(c->plan[i].name, name))
			return &c->plan[i];
	return NULL;
}

const struct plan_config *
config_plan_of_price(const struct config *c, const char *price)
{
	size_t i;

	for (i = 0; i < c->plans; i++)
		if (text_equal(c->plan[i].price, price))
			return &c->plan[i];
	return NULL;
}

int
config_is_https(const struct config *c)
{
	return text_begins(c->server.public_origin, "https://");
}
