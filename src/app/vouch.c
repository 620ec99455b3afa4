/* SPDX-License-Identifier: MIT */

#include <stdint.h>

#include "base/clock.h"
#include "base/log.h"
#include "billing/trait.h"
#include "stripe/signature.h"

#include "app/app.h"
#include "app/hear_event.h"

#include "app/vouch.h"

#define SAY_EVERY_US	INT64_C(60000000)

static void
say_untimely(struct app *a, int64_t ago_s)
{
	const int64_t now = clock_mono_us();

	if (now < a->untimely_until_us)
		return;
	a->untimely_until_us = now + SAY_EVERY_US;
	log_error("event_untimely", "refused an event that is signed with our"
	    " secret: by the clock of this machine it was signed %lld s %s",
	    (long long)(ago_s < 0 ? -ago_s : ago_s),
	    ago_s < 0 ? "in the future" : "ago");
	(void)!trait_note(a->db, TRAIT_UNTIMELY, ago_s < 0 ? "early" : "late");
}

enum err
vouch(struct app *a, const struct telling *t, unsigned *ret_matched)
{
	int64_t ago_s;
	enum err e;

	e = signature_check(a->signatures, t->signature, t->body, t->len,
	    t->now, ret_matched, &ago_s);
	if (ago_s != 0)
		say_untimely(a, ago_s);
	return e;
}
