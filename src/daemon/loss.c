/* SPDX-License-Identifier: MIT */

#include "daemon/loss.h"

int64_t
loss_owed(struct loss *l, int64_t count, int64_t now)
{
	if (count == l->said)
		l->since_ms = now;
	if (count != l->count)
		l->grew_ms = now;
	l->count = count;
	if (now - l->grew_ms < LOSS_QUIET_MS &&
	    now - l->since_ms < LOSS_LONG_MS)
		return 0;
	return l->count - l->said;
}

void
loss_said(struct loss *l)
{
	l->said = l->count;
}
