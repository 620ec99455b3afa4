/* SPDX-License-Identifier: MIT */

#include "base/clock.h"
#include "referral/sight.h"

#include "app/app.h"

#include "app/see_component.h"

#define MINUTE_US	INT64_C(60000000)

void
see_component(struct app *a, enum boot_sight s)
{
	const int64_t now = clock_mono_us();

	if (now < a->sighted_until_us[s])
		return;
	a->sighted_until_us[s] = now + MINUTE_US;
	(void)!sight_note(a->db, s);
}
