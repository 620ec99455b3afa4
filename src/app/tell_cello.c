/* SPDX-License-Identifier: MIT */

/* A fact that Cello is to be told by its API: referral/fact.h. */

#include <stdio.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "db/db.h"
#include "referral/fact.h"

#include "app/app.h"
#include "app/ask_cello.h"
#include "app/errands.h"

#define ERASED	"what was to be told is erased: drop this"
#define UNKNOWN	"it ended before Cello had answered, or before the answer" \
	" was written down"
#define STALE	"Cello may have taken it three days ago, and has forgotten" \
	" the key by now"

/*
 * Nothing is sent to a Cello that does not answer: in v1 each one that was sent
 * and not answered would have to be held, and in v2 all would wait long for
 * their next attempt.  So something harmless is asked first.
 */
static enum err
see_that_it_answers(struct app *a, const struct fact *f)
{
	const struct cello_request q = { .route = CELLO_CODE, .id = f->ucc };
	struct cello_reply r;
	enum err e;

	/* Of who is to be forgotten there is no code, and it may be repeated. */
	if (cello_is_well(a) || f->trigger == CELLO_FORGET)
		return ERR_OK;
	e = ask_cello(a, &q, &r);
	if (e == ERR_OK && !json_yes(r.body, "valid"))
		log_warn("ucc_unknown", "Cello does not know the code %s, or"
		    " it is not valid any more: %s is told all the same",
		    f->ucc, f->id);
	cello_reply_done(&r);
	return cello_is_well(a) ? ERR_OK : e == ERR_OK ? ERR_LATER : e;
}

/* "answered 400 request abc: ucc is missing" */
static void
quote(const struct cello_reply *r, char ret_why[FACT_WHY])
{
	struct buf b;

	buf_init(&b, FACT_WHY - 1);
	if (r->status == 0)
		buf_text(&b, "no answer");
	else
		buf_format(&b, "answered %d", r->status);
	if (r->request_id[0] != '\0')
		buf_format(&b, " request %s", r->request_id);
	if (r->message[0] != '\0')
		buf_format(&b, ": %s", r->message);
	text_cut(b.data, ret_why, FACT_WHY);
	buf_done(&b);
}

struct telling {
	const struct errand	*errand;
	const struct fact	*fact;
	struct cello_reply	 reply;		/* owned */
	char			 why[FACT_WHY];
};

/* In words of any form: objects, or texts. */
static void
put_warnings(const struct json *body, struct buf *out)
{
	const size_t count = json_count(body, "warnings");
	const struct json *warning;
	const char *text;
	size_t i;

	for (i = 0; i < count; i++) {
		warning = json_item(body, "warnings", i);
		if ((text = json_text(warning, NULL)) == NULL)
			text = json_text(warning, "message");
		buf_format(out, "%s%s", out->len > 0 ? "; " : "",
		    text == NULL ? "(a warning without words)" : text);
	}
}

static enum err
write_told(struct db *db, void *arg)
{
	const struct telling *t = arg;
	struct fact_answer answer = { .event_id = json_text(t->reply.body,
	    "eventId") };
	struct buf warnings;
	enum err e;

	buf_init(&warnings, 2048);
	put_warnings(t->reply.body, &warnings);
	answer.warnings = text_or_null(warnings.data);
	if (answer.warnings != NULL)
		log_warn("fact_warnings", "Cello took %s and warns: %s",
		    t->fact->id, answer.warnings);
	e = fact_told(db, t->errand, &answer);
	buf_done(&warnings);
	return e;
}

/* It may have been taken. */
static enum err
settle_unsure(struct app *a, const struct telling *t)
{
	if (t->fact->api == CELLO_V1)
		return fact_hold(a->db, t->errand, t->why);
	return errand_later(a->db, &fact_errands, t->errand, t->why,
	    t->reply.retry_after);
}

/* It was not taken now; in v2 it may have been before. */
static enum err
settle_refused(struct app *a, const struct telling *t, enum err e)
{
	const struct fact *f = t->fact;
	enum err marked = f->sent ? ERR_OK : fact_unsent(a->db, t->errand);

	if (marked != ERR_OK)
		return marked;
	if (e == ERR_INTERNAL || t->reply.status == 0)
		return ask_cello_put_back(a, &fact_errands, t->errand);
	/* Denied: the next attempt has another token. */
	if (e == ERR_LATER || e == ERR_DENIED)
		return errand_later(a->db, &fact_errands, t->errand, t->why,
		    t->reply.retry_after);
	log_error("fact_refused", "Cello refuses %s: %s", f->id, t->why);
	/* Under this key it has another: one of the two is right. */
	if (e == ERR_CONFLICT && f->api == CELLO_V2)
		return fact_hold(a->db, t->errand, t->why);
	return errand_bury(a->db, &fact_errands, t->errand, t->why);
}

/*
 * Written down as sent when nothing is left to be done but to send it: in v1 a
 * fact whose courier dies in between has to be held.
 */
static enum err
tell(struct app *a, const struct errand *x, const struct fact *f)
{
	const int forget = f->trigger == CELLO_FORGET;
	const struct cello_request q = {
	    .route = cello_event_route(f->api, f->trigger),
	    .id = forget ? f->account_id : NULL,
	    .body = forget ? NULL : f->body,
	    .key = f->api == CELLO_V2 && !forget ? f->id : NULL };
	struct telling t = { .errand = x, .fact = f };
	struct cello_permit permit;
	enum err e;

	if (ask_cello_may(a, &permit) != ERR_OK)
		return ask_cello_put_back(a, &fact_errands, x);
	if ((e = fact_sending(a->db, x)) != ERR_OK) {
		cello_permit_done(&permit);
		return e;
	}
	e = ask_cello_now(a, &permit, &q, &t.reply);
	quote(&t.reply, t.why);
	log_info("fact_sent", "%s in %s: %s", f->id, cello_api_name(f->api),
	    e == ERR_OK ? "told" : forget && e == ERR_NOTFOUND ?
	    "unknown there" : t.reply.unsure ? "unsure" : "not taken");
	/* Whom Cello does not know it has forgotten, or never saw. */
	if (e == ERR_OK || (forget && e == ERR_NOTFOUND))
		e = db_transaction(a->db, write_told, &t);
	else
		e = t.reply.unsure ? settle_unsure(a, &t) :
		    settle_refused(a, &t, e);
	cello_reply_done(&t.reply);
	return e;
}

enum err
tell_cello(struct app *a, const struct errand *x)
{
	struct fact f = { .body = NULL };
	enum err e;

	if ((e = fact_find(a->db, x, &f)) != ERR_OK)
		goto done;
	if (f.body[0] == '\0')
		e = errand_bury(a->db, &fact_errands, x, ERASED);
	else if (f.sent && f.api == CELLO_V1)
		e = fact_hold(a->db, x, UNKNOWN);
	else if (f.sent && f.stale)
		e = fact_hold(a->db, x, STALE);
	else
		e = see_that_it_answers(a, &f) == ERR_OK ? tell(a, x, &f) :
		    ask_cello_put_back(a, &fact_errands, x);
done:
	fact_done(&f);
	/* Whoever has claimed it since will do better. */
	return e == ERR_CONFLICT ? ERR_OK : e;
}
