/* SPDX-License-Identifier: MIT */

/* A code that somebody signed up with: what does Cello say of it? */

#include "base/json.h"
#include "base/text.h"
#include "db/db.h"
#include "referral/code.h"

#include "app/app.h"
#include "app/ask_cello.h"
#include "app/errands.h"

static enum err
settle(struct app *a, const struct errand *x, enum err e,
    const struct cello_reply *r)
{
	struct code code = { .valid = 0 };

	if (e == ERR_OK || e == ERR_NOTFOUND || e == ERR_INPUT) {
		code.valid = e == ERR_OK && json_yes(r->body, "valid");
		if (code.valid)
			text_cut(json_text(r->body, "productUserId"),
			    code.owner, sizeof(code.owner));
		return code_found(a->db, x, &code);
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
