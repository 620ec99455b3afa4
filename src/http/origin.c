/* SPDX-License-Identifier: MIT */

#include "base/text.h"

#include "http/request.h"

#include "http/origin.h"

int
origin_ok(const struct req *q, const char *origin, const char *cookie)
{
	if (q->sec_fetch_site != NULL)
		return text_equal(q->sec_fetch_site, "same-origin") ||
		    text_equal(q->sec_fetch_site, "none");
	if (q->origin != NULL)
		return text_equal(q->origin, origin);
	return !req_has_cookie(q, cookie);
}
