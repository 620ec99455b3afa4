/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "base/buf.h"
#include "base/json_write.h"
#include "base/text.h"

#include "conf/layout.h"

#define JSON_MAX	(1u << 20)
#define VALUE		2048

static void
put_value(struct json_writer *w, const struct option_row *o, const void *base)
{
	char value[VALUE];

	switch (o->kind) {
	case OPTION_NUMBER:
	case OPTION_BOOL:
		if (o->kind == OPTION_BOOL)
			json_put_bool(w, o->name,
			    *(const int *)((const char *)base + o->at));
		else
			json_put_int(w, o->name,
			    *(const int *)((const char *)base + o->at));
		break;
	case OPTION_MONEY:
		json_put_int(w, o->name,
		    *(const int64_t *)((const char *)base + o->at));
		break;
	default:
		option_show(o, base, value, sizeof(value));
		json_put_text(w, o->name, value);
		break;
	}
}

static void
put_rows(struct json_writer *w, const struct chapter *ch, const void *base)
{
	const struct option_row *o;

	for (o = ch->rows; o->name != NULL; o++)
		put_value(w, o, base);
}

/* Those of [plan NAME] by their names. */
static void
put_elements(struct json_writer *w, const struct chapter *ch,
    const void *whole)
{
	const void *base;
	size_t i;

	for (i = 0; i < chapter_count(ch, whole); i++) {
		base = chapter_base(ch, whole, i);
		json_open(w, *(char *const *)base);
		put_rows(w, ch, base);
		json_close(w);
	}
}

static void
print(struct buf *text, FILE *out)
{
	(void)fprintf(out, "%s\n", text->data);
	buf_done(text);
}

void
layout_print_json(const struct chapter *layout, const void *whole, FILE *out)
{
	const struct chapter *ch;
	struct json_writer w;
	struct buf text;

	buf_init(&text, JSON_MAX);
	json_write_init(&w, &text);
	json_open(&w, NULL);
	for (ch = layout; ch->name != NULL; ch++) {
		if (ch == layout || !text_equal(ch[-1].name, ch->name))
			json_open(&w, ch->name);
		if (ch->size != 0)
			put_elements(&w, ch, whole);
		else
			put_rows(&w, ch, chapter_base(ch, whole, 0));
		if (!text_equal(ch[1].name, ch->name))
			json_close(&w);
	}
	json_close(&w);
	print(&text, out);
}

static void
put_option(struct json_writer *w, const struct chapter *ch,
    const struct option_row *o)
{
	const int number = o->kind == OPTION_NUMBER || o->kind == OPTION_MONEY;

	json_open(w, NULL);
	json_put_text(w, "section", ch->name);
	json_put_bool(w, "named", ch->size != 0);
	json_put_text(w, "name", o->name);
	json_put_text(w, "choices", o->choices);
	if (number) {
		json_put_int(w, "least", o->min);
		json_put_int(w, "most", o->max);
	}
	json_put_text(w, "default", o->dflt);
	json_put_bool(w, "mustBeSet", (o->flags & OPTION_MUST) != 0);
	json_put_bool(w, "secret", (o->flags & OPTION_SECRET) != 0);
	json_put_bool(w, "needsRestart", (o->flags & OPTION_FIXED) != 0);
	json_put_text(w, "about", o->about);
	json_close(w);
}

void
layout_print_options_json(const struct chapter *layout, FILE *out)
{
	const struct chapter *ch;
	const struct option_row *o;
	struct json_writer w;
	struct buf text;

	buf_init(&text, JSON_MAX);
	json_write_init(&w, &text);
	json_open_array(&w, NULL);
	for (ch = layout; ch->name != NULL; ch++)
		for (o = ch->rows; o->name != NULL; o++)
			put_option(&w, ch, o);
	json_close_array(&w);
	print(&text, out);
}
