/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "base/mem.h"
#include "base/text.h"

#include "conf/config_line.h"
#include "conf/option.h"

#include "conf/reader.h"

#define GUESS_MOST	4	/* letters; with more it was something else */

/* What an option was set in, to find the second time and the missing. */
struct seen {
	const struct option_row	*option;
	const void		*base;
};

struct reader {
	const struct chapter	*layout;
	void			*whole;
	const char		*file;		/* "--set" for overrides */
	FILE			*in;
	FILE			*complaints;
	int			 line;
	int			 bad;
	int			 override;
	struct seen		*seen;		/* room for every option */
	size_t			 seens;
};

void
reader_complain(struct reader *r, const char *format, ...)
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
name_ok(const char *name)
{
	size_t len = strlen(name);

	return len >= 1 && len <= LAYOUT_NAME && name[0] != '-' &&
	    name[0] != '_' && strspn(name,
	    "abcdefghijklmnopqrstuvwxyz0123456789_-") == len;
}

/* The struct of [plan NAME], a new one at its first time; NULL: said why. */
static void *
element(struct reader *r, const struct chapter *ch, const char *name)
{
	void *base = chapter_element(ch, r->whole, name);

	if (base != NULL)
		return base;
	if (!name_ok(name)) {
		reader_complain(r, "the name of [%s %s] is not 1 to %d of "
		    "a-z, 0-9, - and _, with no sign first", ch->name, name,
		    LAYOUT_NAME);
		return NULL;
	}
	if ((base = chapter_add(ch, r->whole, name)) == NULL)
		reader_complain(r, "there are more than %zu %ss", ch->most,
		    ch->name);
	return base;
}

/* The first chapter of `section`; *ret_name is in it: NAME, or NULL. */
static const struct chapter *
chapter_of(const struct reader *r, const char *section, const char **ret_name)
{
	const struct chapter *ch;
	size_t len;

	for (ch = r->layout; ch->name != NULL; ch++) {
		len = strlen(ch->name);
		*ret_name = NULL;
		if (ch->size == 0 && text_equal(section, ch->name))
			return ch;
		*ret_name = section + len + 1;
		if (ch->size != 0 && text_begins(section, ch->name) &&
		    section[len] == ' ')
			return ch;
	}
	return NULL;
}

static int
is_same(const struct chapter *ch, const char *name)
{
	return ch->name != NULL && text_equal(ch->name, name);
}

static void
complain_unknown(struct reader *r, const struct chapter *first,
    const char *section, const char *name)
{
	const struct chapter *ch;
	const struct option_row *o;
	const char *guess = NULL;
	size_t d, best = GUESS_MOST;

	for (ch = first; is_same(ch, first->name); ch++) {
		for (o = ch->rows; o->name != NULL; o++) {
			if ((d = option_distance(o, name)) >= best)
				continue;
			best = d;
			guess = o->name;
		}
	}
	reader_complain(r, "\"%s\" is not an option of [%s]%s%s%s", name,
	    section, guess != NULL ? "; did you mean \"" : "",
	    guess != NULL ? guess : "", guess != NULL ? "\"?" : "");
}

static int
seen_before(const struct reader *r, const struct option_row *o,
    const void *base)
{
	size_t i;

	for (i = 0; i < r->seens; i++)
		if (r->seen[i].option == o && r->seen[i].base == base)
			return 1;
	return 0;
}

static void
set_once(struct reader *r, const struct option_row *o, void *base,
    const char *section, const char *text)
{
	int before = seen_before(r, o, base);
	const char *why;

	if (before && !r->override) {
		reader_complain(r, "%s of [%s] is set twice", o->name, section);
		return;
	}
	if (!before) {
		r->seen[r->seens].option = o;
		r->seen[r->seens++].base = base;
	}
	if ((why = option_set(o, base, text)) != NULL)
		reader_complain(r, "%s %s%s%s%s", o->name, why,
		    o->choices != NULL ? " (" : "",
		    o->choices != NULL ? o->choices : "",
		    o->choices != NULL ? ")" : "");
}

static void
set_option(struct reader *r, const char *section, const char *name,
    const char *text)
{
	const struct option_row *o = NULL;
	const struct chapter *first, *ch;
	const char *which;
	void *base = NULL;

	if ((first = chapter_of(r, section, &which)) == NULL) {
		reader_complain(r, "there is no section [%s]", section);
		return;
	}
	if (which != NULL && (base = element(r, first, which)) == NULL)
		return;
	for (ch = first; is_same(ch, first->name); ch++)
		if ((o = option_find(ch->rows, name)) != NULL)
			break;
	if (o == NULL)
		complain_unknown(r, first, section, name);
	else
		set_once(r, o, which != NULL ? base :
		    chapter_base(ch, r->whole, 0), section, text);
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
		reader_complain(r, "%s", why);
	return line;
}

static int
take_option(void *user, const char *section, const char *name,
    const char *value)
{
	struct reader *r = user;

	if (*section == '\0')
		reader_complain(r, "%s stands before the first section", name);
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
		reader_complain(r, "\"%s\" is not section.option=value", text);
		return;
	}
	section = mem_text_n(text, (size_t)(dot - text));
	name = mem_text_n(dot + 1, (size_t)(equals - dot - 1));
	set_option(r, section, name, equals + 1);
	free(section);
	free(name);
}

/* What the file might have said, and did not. */
static void
add_usual(struct reader *r)
{
	const struct chapter *ch;
	const char *const *name;

	for (ch = r->layout; ch->name != NULL; ch++) {
		if (ch->usual == NULL || chapter_count(ch, r->whole) > 0)
			continue;
		for (name = ch->usual; *name != NULL; name++)
			(void)chapter_add(ch, r->whole, *name);
	}
}

static void
check_missing(struct reader *r, const struct chapter *ch)
{
	const struct option_row *o;
	const void *base;
	size_t i;

	for (o = ch->rows; o->name != NULL; o++) {
		if ((o->flags & OPTION_MUST) == 0)
			continue;
		for (i = 0; i < chapter_count(ch, r->whole); i++) {
			base = chapter_base(ch, r->whole, i);
			if (!seen_before(r, o, base))
				reader_complain(r, "%s of [%s%s%s] must be set",
				    o->name, ch->name, ch->size ? " " : "",
				    ch->size ? *(char *const *)base : "");
		}
	}
}

static void
read_file(struct reader *r)
{
	int line;

	if ((r->in = fopen(r->file, "re")) == NULL)
		reader_complain(r, "cannot be read: %s", strerror(errno));
	else if ((line = ini_parse_stream(read_line, r, take_option, r)) != 0) {
		r->line = line;
		reader_complain(r, "this is neither [section] nor option ="
		    " value");
	}
	r->line = 0;
	if (r->in != NULL && ferror(r->in))
		reader_complain(r, "cannot be read: %s", strerror(errno));
	add_usual(r);
}

static void
check_whole(struct reader *r, reader_check *check)
{
	const struct chapter *ch;

	if (r->in == NULL || ferror(r->in))
		return;
	for (ch = r->layout; ch->name != NULL; ch++)
		check_missing(r, ch);
	check(r, r->whole);
}

/* How many options there can be. */
static size_t
options_most(const struct chapter *layout)
{
	const struct chapter *ch;
	const struct option_row *o;
	size_t most = 0;

	for (ch = layout; ch->name != NULL; ch++)
		for (o = ch->rows; o->name != NULL; o++)
			most += ch->size == 0 ? 1 : ch->most;
	return most;
}

enum err
reader_read(const struct chapter *layout, const struct source *from,
    reader_check *check, void *whole)
{
	struct reader r = { .layout = layout, .whole = whole,
	    .file = from->path, .complaints = from->complaints };
	size_t i;

	r.seen = mem_zero(options_most(layout), sizeof(*r.seen));
	layout_begin(layout, whole);
	read_file(&r);
	r.override = 1;
	r.file = "--set";
	for (i = 0; i < from->overrides; i++)
		take_override(&r, from->override[i]);
	r.file = from->path;
	check_whole(&r, check);

	if (r.in != NULL)
		(void)fclose(r.in);
	free(r.seen);
	return r.bad ? ERR_INPUT : ERR_OK;
}
