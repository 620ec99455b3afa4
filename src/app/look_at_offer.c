/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/log.h"
#include "referral/code.h"
#include "referral/view.h"

#include "app/app.h"
#include "app/attribute.h"
#include "app/purchase.h"

#include "app/look_at_offer.h"

static enum err
look_at_member(struct app *a, const char *account_id, struct offered *o)
{
	struct attribution by;
	enum err e = attribute(a->db, a->conf, account_id, &by);

	if (e != ERR_OK || by.ucc[0] == '\0')
		return e;
	memcpy(o->ucc, by.ucc, sizeof(o->ucc));
	o->valid = 1;
	return discount_due(a->db, account_id, o->ucc, &o->due);
}

enum err
look_at_offer(struct app *a, const char *account_id,
    const struct ucc_offer *offer, int followed, struct offered *ret_offered)
{
	struct offered *o = ret_offered;
	struct code code;
	enum err e;

	o->valid = o->due = 0;
	o->ucc[0] = '\0';
	if (account_id != NULL)
		return look_at_member(a, account_id, o);
	o->valid = ucc_choose(offer, o->ucc) != NULL;
	if (o->valid) {
		e = code_find(a->db, o->ucc, &code);
		if (e != ERR_OK && e != ERR_NOTFOUND)
			return e;
		/* What Cello was not asked about may well be one. */
		o->valid = e == ERR_NOTFOUND || code.valid;
	}
	o->due = o->valid;
	if (!o->valid)
		o->ucc[0] = '\0';
	/* What went wrong is logged. */
	if (o->valid && followed && view_count(a->db, o->ucc) != ERR_OK)
		log_debug("view_lost", "a link that was followed was not"
		    " counted");
	return ERR_OK;
}
