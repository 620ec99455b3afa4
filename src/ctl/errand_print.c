/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "app/desk.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json_write.h"
#include "base/text.h"

#include "ctl/say.h"

#include "ctl/errand_print.h"

#define JSON_LEN	32768

/* What is known of time: when it is due, or that nobody looks at it. */
static const char *
due_words(const struct errand_row *x, char ret[2 * CLOCK_SPAN])
{
	char span[CLOCK_SPAN];

	if (!text_equal(x->state, "waiting"))
		return "-";
	if (x->leased)
		return "being done";
	if (x->due_in > -60 && x->due_in <= 0)
		return "now";
	if (x->due_in > 0)
		(void)snprintf(ret, 2 * CLOCK_SPAN, "in %s",
		    clock_span(x->due_in, span));
	else
		(void)snprintf(ret, 2 * CLOCK_SPAN, "%s ago",
		    clock_span(-x->due_in, span));
	return ret;
}

void
errand_print_table(const struct desk_row *rows, size_t count)
{
	char id[ERRAND_ID], why[ERRAND_WHY], due[2 * CLOCK_SPAN];
	const struct errand_row *x;
	size_t i, wide = 2;

	for (i = 0; i < count; i++)
		if (strlen(rows[i].row.id) > wide)
			wide = strlen(rows[i].row.id);
	printf("%-6s  %-*s  %-8s  %5s  %-14s  %s\n", "KIND", (int)wide, "ID",
	    "STATE", "TRIES", "DUE", "LAST ERROR");
	for (i = 0; i < count; i++) {
		x = &rows[i].row;
		printf("%-6s  %-*s  %-8s  %5d  %-14s  %s\n",
		    rows[i].kind->name, (int)wide,
		    say_plain(x->id, id, sizeof(id)), x->state, x->attempts,
		    due_words(x, due), text_empty(x->last_error) ? "-" :
		    say_plain(x->last_error, why, sizeof(why)));
	}
}

/* One array, an object for each. */
void
errand_print_json(const struct desk_row *rows, size_t count)
{
	const struct errand_row *x;
	struct json_writer w;
	struct buf b;
	size_t i;

	buf_init(&b, JSON_LEN);
	json_write_init(&w, &b);
	json_open_array(&w, NULL);
	for (i = 0; i < count; i++) {
		x = &rows[i].row;
		json_open(&w, NULL);
		json_put_text(&w, "kind", rows[i].kind->name);
		json_put_text(&w, "id", x->id);
		json_put_text(&w, "state", x->state);
		json_put_int(&w, "attempts", x->attempts);
		json_put_int(&w, "dueInSeconds", x->due_in);
		json_put_bool(&w, "beingDone", x->leased);
		json_put_text(&w, "lastError", text_or_null(x->last_error));
		json_close(&w);
		printf("%s", b.data);
		buf_reset(&b);
	}
	json_close_array(&w);
	printf("%s\n", b.data);
	buf_done(&b);
}

enum err
errand_print_counts(struct app *a, const struct errand_kind *only)
{
	const struct errand_kind *kind;
	struct errand_count n;
	size_t i;
	enum err e;

	printf("\n");
	for (i = 0; (kind = desk_kind_at(i)) != NULL; i++) {
		if (only != NULL && only != kind)
			continue;
		if ((e = desk_count(a, kind, &n)) != ERR_OK)
			return e;
		printf("%-6s  %lld waiting (%lld of them due), %lld parked,"
		    " %lld dead\n", kind->name, (long long)n.waiting,
		    (long long)n.due, (long long)n.parked, (long long)n.dead);
	}
	return ERR_OK;
}

void
errand_print_facts(const struct errand_kind *kind,
    const struct errand_fact *facts, size_t count)
{
	char value[ERRAND_FACT];
	size_t i;

	printf("%-14s  %s\n", "errand", kind->name);
	for (i = 0; i < count; i++)
		printf("%-14s  %s\n", facts[i].name, facts[i].null ? "-" :
		    say_plain(facts[i].value, value, sizeof(value)));
}

void
errand_print_facts_json(const struct errand_kind *kind,
    const struct errand_fact *facts, size_t count)
{
	const struct errand_fact *f;
	struct json_writer w;
	struct buf b;
	int64_t n;

	buf_init(&b, JSON_LEN);
	json_write_init(&w, &b);
	json_open(&w, NULL);
	json_put_text(&w, "errand", kind->name);
	for (f = facts; f < facts + count; f++)
		if (f->null)
			json_put_null(&w, f->name);
		else if (f->number && text_number(f->value, INT64_MAX, &n) ==
		    ERR_OK)
			json_put_int(&w, f->name, n);
		else if (f->number)
			json_put_bool(&w, f->name, text_equal(f->value, "true"));
		else
			json_put_text(&w, f->name, f->value);
	json_close(&w);
	printf("%s\n", b.data);
	buf_done(&b);
}
