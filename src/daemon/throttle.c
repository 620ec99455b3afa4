/* SPDX-License-Identifier: MIT */

#include "daemon/throttle.h"

int
throttle_allow(struct throttle *t, int64_t now_ms, int missing)
{
	if (t->wait_ms == 0 || missing <= 0)
		return missing;
	if (now_ms < t->until_ms)
		return 0;
	if (t->trial) {
		/* Grown up. */
		*t = (struct throttle){ .young = 0 };
		return missing;
	}
	t->trial = 1;
	t->until_ms = now_ms + THROTTLE_YOUNG_MS;
	return 1;
}

int64_t
throttle_died(struct throttle *t, int64_t now_ms)
{
	if (t->wait_ms == 0) {
		if (t->young == 0 ||
		    now_ms - t->since_ms > THROTTLE_WINDOW_MS) {
			t->since_ms = now_ms;
			t->young = 0;
		}
		if (++t->young < THROTTLE_BURST)
			return 0;
		t->wait_ms = THROTTLE_LEAST_MS;
	} else if (t->trial) {
		t->wait_ms = t->wait_ms > THROTTLE_MOST_MS / 2 ?
		    THROTTLE_MOST_MS : t->wait_ms * 2;
	} else {
		/* Another one of the burst. */
		return 0;
	}
	t->trial = 0;
	t->until_ms = now_ms + t->wait_ms;
	return t->wait_ms;
}
