/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#include "conf/option.h"

#include "conf/layout.h"

#define VALUE	8192
#define TITLE	(16 + LAYOUT_NAME)

void *
chapter_base(const struct chapter *ch, const void *whole, size_t i)
{
	return (char *)(uintptr_t)whole + ch->at + i * ch->size;
}

static size_t *
counter(const struct chapter *ch, const void *whole)
{
	return (size_t *)(void *)((char *)(uintptr_t)whole + ch->count);
}

size_t
chapter_count(const struct chapter *ch, const void *whole)
{
	return ch->size == 0 ? 1 : *counter(ch, whole);
}

static char **
name_of(void *element)
{
	return (char **)element;
}

void *
chapter_element(const struct chapter *ch, const void *whole, const char *name)
{
	size_t i;

	for (i = 0; i < chapter_count(ch, whole); i++)
		if (text_equal(*name_of(chapter_base(ch, whole, i)), name))
			return chapter_base(ch, whole, i);
	return NULL;
}

static void
begin(const struct chapter *ch, void *base)
{
	const struct option_row *o;

	for (o = ch->rows; o->name != NULL; o++)
		option_reset(o, base);
	if (ch->begin != NULL)
		ch->begin(base);
}

static void
end(const struct chapter *ch, void *base)
{
	const struct option_row *o;

	for (o = ch->rows; o->name != NULL; o++)
		option_clear(o, base);
	if (ch->size != 0)
		free(*name_of(base));
}

void *
chapter_add(const struct chapter *ch, void *whole, const char *name)
{
	size_t *count = counter(ch, whole);
	void *element = chapter_base(ch, whole, *count);

	if (*count == ch->most)
		return NULL;
	++*count;
	*name_of(element) = mem_text(name);
	begin(ch, element);
	return element;
}

void *
chapter_sample(const struct chapter *ch, const char *name)
{
	void *element = mem_zero(1, ch->size);

	*name_of(element) = mem_text(name);
	begin(ch, element);
	return element;
}

void
chapter_end(const struct chapter *ch, void *element)
{
	end(ch, element);
	free(element);
}

void
layout_begin(const struct chapter *layout, void *whole)
{
	const struct chapter *ch;

	for (ch = layout; ch->name != NULL; ch++)
		if (ch->size == 0)
			begin(ch, chapter_base(ch, whole, 0));
}

void
layout_clear(const struct chapter *layout, void *whole)
{
	const struct chapter *ch;
	size_t i;

	for (ch = layout; ch->name != NULL; ch++)
		for (i = 0; i < chapter_count(ch, whole); i++)
			end(ch, chapter_base(ch, whole, i));
}

static void
print_rows(const struct chapter *ch, const void *base, FILE *out)
{
	const struct option_row *o;
	char value[VALUE];

	for (o = ch->rows; o->name != NULL; o++) {
		option_show(o, base, value, sizeof(value));
		fprintf(out, "%s = %s\n", o->name, value);
	}
}

void
layout_print(const struct chapter *layout, const void *whole, FILE *out)
{
	const struct chapter *ch;
	void *base;
	size_t i;

	for (ch = layout; ch->name != NULL; ch++) {
		for (i = 0; i < chapter_count(ch, whole); i++) {
			base = chapter_base(ch, whole, i);
			if (ch->size != 0)
				fprintf(out, "[%s %s]\n", ch->name,
				    *name_of(base));
			else if (ch == layout ||
			    !text_equal(ch[-1].name, ch->name))
				fprintf(out, "[%s]\n", ch->name);
			print_rows(ch, base, out);
			if (!text_equal(ch[1].name, ch->name))
				fputc('\n', out);
		}
	}
}

static const char *const kind_name[] = {
	[OPTION_NUMBER] = "number", [OPTION_MONEY] = "number",
	[OPTION_BOOL] = "true|false", [OPTION_WORDS] = "words",
	[OPTION_TEXT] = "text", [OPTION_ORIGIN] = "origin",
	[OPTION_LISTEN] = "socket"
};

/* `sample` has the defaults; NULL: they are those of the rows. */
static void
print_options(const struct chapter *ch, const char *title, const void *sample,
    FILE *out)
{
	const struct option_row *o;
	char limits[64], dflt[VALUE];

	for (o = ch->rows; o->name != NULL; o++) {
		limits[0] = '\0';
		if (o->kind == OPTION_NUMBER || o->kind == OPTION_MONEY)
			(void)snprintf(limits, sizeof(limits), " %lld..%lld",
			    (long long)o->min, (long long)o->max);
		(void)snprintf(dflt, sizeof(dflt), "%s",
		    o->dflt != NULL ? o->dflt : "");
		if (sample != NULL)
			option_show(o, sample, dflt, sizeof(dflt));
		fprintf(out, "[%s]\t%s\t%s%s\t%s\t%s\t%s\n", title, o->name,
		    o->choices != NULL ? o->choices : kind_name[o->kind],
		    limits, o->flags & OPTION_MUST ? "must be set" :
		    dflt[0] == '\0' ? "(empty)" : dflt,
		    o->flags & OPTION_FIXED ? "restart" : "reload", o->about);
	}
}

void
layout_print_options(const struct chapter *layout, FILE *out)
{
	const struct chapter *ch;
	const char *const *name;
	char title[TITLE];
	void *sample;

	for (ch = layout; ch->name != NULL; ch++) {
		if (ch->usual == NULL)
			print_options(ch, ch->name, NULL, out);
		for (name = ch->usual; name != NULL && *name != NULL; name++) {
			(void)snprintf(title, sizeof(title), "%s %s", ch->name,
			    *name);
			sample = chapter_sample(ch, *name);
			print_options(ch, title, sample, out);
			chapter_end(ch, sample);
		}
	}
}
