/* SPDX-License-Identifier: MIT */

/* A code that somebody signed up with: what does Cello say of it? */

#include "base/json.h"
#include "base/text.h"
#include "db/db.h"
#include "referral/code.h"

#include "app/app.h"
#include "app/ask_cello.h"
#include "app/doubt.h"
#include "app/errands.h"

struct answer {
	const struct config	*conf;
	const struct errand	*errand;
	struct code		 code;
};

/* Who is found to refer may be who came. */
static enum err
write_down(struct db *db, void *arg)
{
	const struct answer *s = arg;
	enum err e = code_found(db, s->errand, &s->code);

	return e != ERR_OK ? e : doubt_referrer(db, s->conf, s->code.owner);
}

static enum err
settle(struct app *a, const struct errand *x, enum err e,
    const struct cello_reply *r)
{
	struct answer s = { .conf = a->conf, .errand = x };

	if (e == ERR_OK || e == ERR_NOTFOUND || e == ERR_INPUT) {
		s.code.valid = e == ERR_OK && json_yes(r->body, "valid");
		if (s.code.valid)
			text_cut(json_text(r->body, "productUserId"),
			    s.code.owner, sizeof(s.code.owner));
		return db_transaction(a->db, write_down, &s);
	}
	return ask_cello_later(a, &code_errands, x, e, r);
}

enum err
look_at_code(struct app *a, const struct errand *x)
{
	const struct cello_request q = { .route = CELLO_CODE, .id = x->id };
	struct cello_reply r;
	enum err e;

	e = ask_cello(a, &q, &r);
	e = settle(a, x, e, &r);
	cello_reply_done(&r);
	return e == ERR_CONFLICT ? ERR_OK : e;
}
