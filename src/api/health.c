/* SPDX-License-Identifier: MIT */

#include "app/look_ready.h"
#include "base/buf.h"
#include "base/json_write.h"
#include "base/text.h"

#include "api/api.h"

static enum err
say_ok(struct resp *p)
{
	p->status = 200;
	p->type = "text/plain; charset=utf-8";
	buf_text(&p->body, "ok\n");
	return ERR_OK;
}

/* GET /livez: does this process answer?  Nothing else is asked. */
enum err
livez(struct ctx *c, const struct req *q, struct resp *p)
{
	(void)c;
	(void)q;
	return say_ok(p);
}

/*
 * Only on the machine itself: it is nobody else's business, and it costs more
 * than the plain question.
 */
static int
wants_detail(const struct req *q)
{
	return q->query[0] != '\0' && (text_empty(q->remote) ||
	    text_equal(q->remote, "127.0.0.1") || text_equal(q->remote, "::1"));
}

/* By what events were known, and how long ago the last of each kind was. */
static void
say_traits(struct json_writer *w, const struct readiness *r)
{
	enum trait t;
	size_t i;

	json_open(w, "events");
	for (t = 0; t < TRAITS; t++) {
		json_open(w, trait_name(t));
		for (i = 0; i < r->traited[t]; i++)
			json_put_int(w, r->traits[t][i].value,
			    r->traits[t][i].seen_s);
		json_close(w);
	}
	json_close(w);
}

/*
 * GET /readyz: is this the place to send requests to?  `?detail` adds how much
 * waits, for people and for monitors; it changes nothing about the status.
 */
enum err
readyz(struct ctx *c, const struct req *q, struct resp *p)
{
	const int detail = wants_detail(q);
	struct readiness r;
	struct json_writer *w;

	if (c->draining || look_ready(c->app, detail, &r) != ERR_OK)
		return resp_later(p, 1);
	if (!detail)
		return say_ok(p);
	w = resp_json(p, 200);
	json_put_int(w, "overdueSeconds", r.backlog.overdue_s);
	json_put_int(w, "due", r.backlog.due);
	json_put_int(w, "parked", r.backlog.parked);
	json_put_int(w, "dead", r.backlog.dead);
	json_put_int(w, "reconciledSecondsAgo", r.reconciled_s);
	json_put_int(w, "tidiedSecondsAgo", r.tidied_s);
	json_put_int(w, "clockAheadSeconds", r.clock_ahead_s);
	say_traits(w, &r);
	return resp_json_end(p);
}
