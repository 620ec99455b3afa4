/* SPDX-License-Identifier: MIT */

/* Somebody's own link, which mails to them want to show. */

#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "cello/ucc.h"
#include "db/db.h"
#include "referral/link.h"

#include "app/app.h"
#include "app/ask_cello.h"
#include "app/errands.h"

/* What mails show is a code and an address, or nothing. */
static void
take(const struct errand *x, const struct cello_reply *r, struct link *l)
{
	const char *ucc = json_text(r->body, "activeUcc");
	const char *url = json_text(r->body, "link");

	memset(l, 0, sizeof(*l));
	if (text_empty(ucc) || text_empty(url))
		return;
	if (!ucc_ok(ucc) || strlen(url) >= sizeof(l->url) ||
	    !(text_begins(url, "https://") || text_begins(url, "http://"))) {
		log_error("link_odd", "Cello's link of account %s is no"
		    " address, or its code is none", x->id);
		return;
	}
	text_cut(ucc, l->ucc, sizeof(l->ucc));
	text_cut(url, l->url, sizeof(l->url));
}

enum err
look_at_link(struct app *a, const struct errand *x)
{
	const struct cello_request q = { .route = CELLO_LINK, .id = x->id };
	struct cello_reply r;
	struct link l;
	enum err e;

	e = ask_cello(a, &q, &r);
	if (e == ERR_OK || e == ERR_NOTFOUND || e == ERR_INPUT) {
		take(x, &r, &l);
		e = link_found(a->db, x, &l);
	} else
		e = ask_cello_later(a, &link_errands, x, e, &r);
	cello_reply_done(&r);
	return e == ERR_CONFLICT ? ERR_OK : e;
}
