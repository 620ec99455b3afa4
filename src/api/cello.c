/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "app/boot_referrals.h"
#include "app/config.h"
#include "app/see_component.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"
#include "cello/boot.h"

#include "api/api.h"

static void
user_put(struct json_writer *w, const struct account *a, const struct boot *b)
{
	json_open(w, "productUserDetails");
	json_put_text(w, "firstName", a->first_name);
	json_put_text(w, "lastName", a->last_name);
	json_put_text(w, "fullName", b->full_name);
	json_put_text(w, "email", a->email);
	json_close(w);
}

/* Of ISO 3166, by the web server's leave; anything else is left out. */
static void
country_put(struct json_writer *w, const char *country)
{
	if (country != NULL && strlen(country) == 2 &&
	    strspn(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2)
		json_put_text(w, "country", country);
}

static const char *const refusals[] = {
	[BOOT_OFF] = "switched_off",
	[BOOT_TOO_NEW] = "account_too_new",
	[BOOT_UNVERIFIED] = "email_not_verified",
	[BOOT_REFERRED] = "was_referred"
};

static enum err
say_not(struct resp *p, const char *reason, time_t from)
{
	struct json_writer *w = resp_json(p, 200);

	json_put_bool(w, "enabled", 0);
	json_put_text(w, "reason", reason);
	if (from != 0)
		json_put_time(w, "from", from);
	return resp_json_end(p);
}

/*
 * GET /api/cello/token: what boots the Referral Component for the member.
 * Somebody who is not logged in is no error here: Cello's guide says so.
 */
enum err
cello_token(struct ctx *c, const struct req *q, struct resp *p)
{
	const struct referral_config *conf = &c->app->conf->referral;
	const struct account *who = &c->visitor.account;
	struct json_writer *w;
	struct boot b;
	enum err e;

	if (!c->visitor.known)
		return say_not(p, "not_logged_in", 0);
	if ((e = boot_referrals(c->app, who, q->now, &b)) != ERR_OK)
		return e;
	if (b.refusal != BOOT_ENABLED)
		return say_not(p, refusals[b.refusal],
		    b.refusal == BOOT_TOO_NEW ? b.from : 0);

	w = resp_json(p, 200);
	json_put_bool(w, "enabled", 1);
	json_put_text(w, "scriptUrl", b.script_url);
	json_put_bool(w, "announce", conf->announce);
	json_open(w, "bootConfig");
	json_put_text(w, "productId", b.product_id);
	json_put_text(w, "token", b.token);
	if (!text_empty(conf->language))
		json_put_text(w, "language", conf->language);
	if (!text_empty(conf->theme))
		json_put_text(w, "themeMode", conf->theme);
	country_put(w, q->country);
	user_put(w, who, &b);
	if (b.organization[0] != '\0') {
		json_open_array(w, "orgIds");
		json_put_text(w, NULL, b.organization);
		json_close_array(w);
	}
	json_close(w);
	return resp_json_end(p);
}

/*
 * POST /api/cello/boot: how that ended in the member's browser, for "endpin
 * doctor": nobody else would ever know.
 */
enum err
cello_boot(struct ctx *c, const struct req *q, struct resp *p)
{
	const char *error = json_text(q->json, "error");

	see_component(c->app, error == NULL ? SIGHT_DONE : boot_failure(error));
	return resp_empty(p, 204);
}
