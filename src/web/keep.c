/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "app/config.h"
#include "app/ctx.h"
#include "base/log.h"
#include "base/text.h"
#include "cello/ucc.h"
#include "http/request.h"
#include "http/response.h"
#include "referral/touch.h"

#include "web/keep.h"

#define CONSENT_MAX	4096

static int
has_consent(const struct referral_config *conf, const struct req *q)
{
	char said[CONSENT_MAX];

	if (text_empty(conf->consent_cookie))
		return 1;
	return req_cookie_first(q, conf->consent_cookie, said, sizeof(said)) ==
	    ERR_OK && strstr(said, conf->consent_value) != NULL;
}

static void
cookie_add(const struct ctx *c, struct resp *p, const char *name,
    const char *value, int script)
{
	const struct cookie cookie = { .name = name, .value = value,
	    .max_age = UCC_COOKIE_AGE, .script = script,
	    .plain = !config_is_https(c->app->conf) };

	resp_cookie(p, &cookie);
}

void
keep_code(const struct ctx *c, const struct req *q, struct resp *p)
{
	char offered[UCC_OFFERED], was[TOUCH_TEXT], text[TOUCH_TEXT];
	struct touch touch;
	enum err e;

	if (q->method != GET || (q->sec_purpose != NULL &&
	    text_begins(q->sec_purpose, "prefetch")))
		return;
	if ((e = req_query(q, "ucc", offered, sizeof(offered))) == ERR_NOTFOUND)
		return;
	if (e != ERR_OK || !ucc_ok(offered)) {
		log_info("ucc_ignored", "the link's ucc is not a code");
		return;
	}
	if (!has_consent(&c->app->conf->referral, q))
		return;
	cookie_add(c, p, UCC_COOKIE, offered, 1);
	if (req_cookie(q, TOUCH_COOKIE, was, sizeof(was)) != ERR_OK ||
	    touch_read(was, (int64_t)q->now, &touch) != ERR_OK)
		memset(&touch, 0, sizeof(touch));
	touch_follow(&touch, offered, (int64_t)q->now);
	touch_write(&touch, text);
	cookie_add(c, p, TOUCH_COOKIE, text, 0);
}
