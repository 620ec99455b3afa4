/* SPDX-License-Identifier: MIT */

#include "base/allowance.h"

int
allowance_take(struct allowance *a, int64_t now_us)
{
	int64_t until_us = a->until_us > now_us ? a->until_us : now_us;

	if (until_us - now_us > (a->most - 1) * a->every_us)
		return 0;
	a->until_us = until_us + a->every_us;
	return 1;
}
