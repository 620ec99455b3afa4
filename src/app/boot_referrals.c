/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "base/text.h"

#include "app/app.h"
#include "app/config.h"

#include "app/boot_referrals.h"

enum err
boot_referrals(struct app *a, const struct account *who, time_t now,
    struct boot *ret_boot)
{
	struct boot *b = ret_boot;
	int both = !text_empty(who->first_name) && !text_empty(who->last_name);

	if (a->signer == NULL)
		return ERR_NOTFOUND;
	(void)snprintf(b->script_url, sizeof(b->script_url),
	    "%s/app/latest/cello.js", a->conf->cello.assets_base);
	b->product_id = a->conf->cello.product_id;
	(void)snprintf(b->full_name, sizeof(b->full_name), "%s%s%s",
	    who->first_name, both ? " " : "", who->last_name);
	return token_sign(a->signer, who->id, now, b->token) == ERR_OK ?
	    ERR_OK : ERR_INTERNAL;
}
