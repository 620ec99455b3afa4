/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "referral/referral.h"

#include "app/app.h"
#include "app/attribute.h"
#include "app/config.h"
#include "app/see_component.h"

#include "app/boot_referrals.h"


/* What the operator asks of somebody who refers others. */
static enum err
judge(struct app *a, const char *account_id, time_t now, struct boot *b)
{
	const struct referral_config *conf = &a->conf->referral;
	struct account who;
	char ucc[UCC];
	int64_t since;
	int is_verified;
	enum err e = ERR_OK;

	if (conf->min_account_days > 0) {
		e = account_since(a->db, account_id, &who, &since);
		if (e != ERR_OK)
			return e;
		b->from = (time_t)since + conf->min_account_days * CLOCK_DAY_S;
		if (now < b->from)
			b->refusal = BOOT_TOO_NEW;
	}
	if (conf->require_verified_email && b->refusal == BOOT_ENABLED) {
		e = account_verified(a->db, account_id, &is_verified);
		if (e != ERR_OK)
			return e;
		if (!is_verified)
			b->refusal = BOOT_UNVERIFIED;
	}
	if (conf->hide_from_referred && b->refusal == BOOT_ENABLED) {
		e = referral_find(a->db, account_id, ucc);
		if (e == ERR_OK)
			b->refusal = BOOT_REFERRED;
	}
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

enum err
boot_referrals(struct app *a, const struct account *who, time_t now,
    struct boot *ret_boot)
{
	struct boot *b = ret_boot;
	struct attribution by = { .organization = "" };
	enum err e = ERR_OK;

	b->refusal = a->signer == NULL ? BOOT_OFF : BOOT_ENABLED;
	if (b->refusal == BOOT_ENABLED &&
	    (e = judge(a, who->id, now, b)) != ERR_OK)
		return e;
	if (b->refusal != BOOT_ENABLED)
		return ERR_OK;
	if (cello_counts_organizations(&a->conf->cello) &&
	    (e = attribute(a->db, a->conf, who->id, &by)) != ERR_OK)
		return e;
	memcpy(b->organization, by.organization, sizeof(b->organization));
	(void)snprintf(b->script_url, sizeof(b->script_url),
	    "%s/app/latest/cello.js", a->conf->cello.assets_base);
	b->product_id = a->conf->cello.product_id;
	(void)account_full_name(who, b->full_name);
	if (token_sign(a->signer, who->id, now, b->token) != ERR_OK)
		return ERR_INTERNAL;
	see_component(a, SIGHT_TOKEN);
	return ERR_OK;
}
