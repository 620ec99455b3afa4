/* SPDX-License-Identifier: MIT */

/* endpin export: all that is stored of one person, for that person. */

#include <stdio.h>

#include "account/account.h"
#include "app/app.h"
#include "app/export.h"
#include "app/find_person.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json_write.h"
#include "db/db.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/say.h"

#define EXPORT_LEN	(256u << 20)	/* bytes, of one person */

static void
put_fields(struct json_writer *w, const struct holding *h, int withheld)
{
	const struct holding_field *f;

	json_open(w, withheld ? "withheld" : "fields");
	for (f = h->field; f->name != NULL; f++)
		if ((f->withheld != NULL) == withheld)
			json_put_text(w, f->name,
			    withheld ? f->withheld : f->says);
	json_close(w);
}

/*
 * What nobody has described is not shown: a column that a newer release has
 * added may be a secret.
 */
static void
put_value(struct json_writer *w, const struct holding *h, const struct rows *r,
    int i)
{
	const char *name = rows_text(r, i, 1);
	const struct holding_field *f = export_field(h, name);

	if (f != NULL && f->withheld == NULL)
		json_put_json(w, name, rows_text(r, i, 2));
}

static void
put_rows(struct json_writer *w, const struct holding *h, const struct rows *r)
{
	const int count = rows_count(r);
	int i;

	json_open_array(w, "rows");
	for (i = 0; i < count; i++) {
		if (i == 0 || rows_int(r, i, 0) != rows_int(r, i - 1, 0))
			json_open(w, NULL);
		put_value(w, h, r, i);
		if (i + 1 == count || rows_int(r, i, 0) != rows_int(r, i + 1, 0))
			json_close(w);
	}
	json_close_array(w);
}

static enum err
put_holding(struct json_writer *w, struct app *a, const struct holding *h,
    const char *account_id)
{
	struct rows *r = NULL;
	enum err e;

	if ((e = export_rows(a, h, account_id, &r)) != ERR_OK)
		return e;
	json_open(w, NULL);
	json_put_text(w, "table", h->table);
	json_put_text(w, "what", h->what);
	json_put_text(w, "ends", h->ends);
	json_put_text(w, "erased", h->erased);
	put_fields(w, h, 0);
	put_fields(w, h, 1);
	put_rows(w, h, r);
	json_close(w);
	rows_free(r);
	return ERR_OK;
}

static enum err
put_all(struct json_writer *w, struct app *a, const struct account *who)
{
	const struct holding *h;
	enum err e = ERR_OK;
	size_t i;

	json_open(w, NULL);
	json_put_text(w, "account", who->id);
	json_put_time(w, "at", clock_now());
	json_open_array(w, "tables");
	for (i = 0; e == ERR_OK && (h = export_holding(i)) != NULL; i++)
		e = put_holding(w, a, h, who->id);
	json_close_array(w);
	json_close(w);
	return e;
}

static int
export(struct app *a, const char *word)
{
	struct account who;
	struct json_writer w;
	struct buf b;
	int64_t since;
	enum err e = find_person(a->db, word, &who, &since);

	if (e == ERR_NOTFOUND)
		return say_nobody("export");
	buf_init(&b, EXPORT_LEN);
	json_write_init(&w, &b);
	if (e == ERR_OK)
		e = put_all(&w, a, &who);
	if (e == ERR_OK && b.full)
		e = ERR_INPUT;
	if (e == ERR_OK)
		printf("%s\n", b.data);
	buf_done(&b);
	return e == ERR_OK ? CTL_OK :
	    say_could_not("look at all of it", e, SAY_SEE_CHECK);
}

/* endpin export EMAIL|ID: see endpin(1). */
int
ctl_export(const struct ctl *t)
{
	const struct app_role role = { .name = "endpin export",
	    .doorbell = -1, .statement_ms = CTL_REPORT_MS };
	const struct arg_option options[] = {
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .least = 1, .most = 1 };
	struct app *a;
	int status;

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	if ((a = app_open(t->conf, &role)) == NULL)
		return CTL_WRONG;
	status = export(a, words.word[0]);
	app_close(a);
	return status;
}
