/* SPDX-License-Identifier: MIT */

#include "base/log.h"
#include "base/text.h"

#include "daemon/heritage.h"

void
heritage_log_level(const struct heritage *h)
{
	const char *name = h->conf->server.log_level;

	log_level(text_equal(name, "debug") ? LOG_DEBUG :
	    text_equal(name, "warn") ? LOG_WARN :
	    text_equal(name, "error") ? LOG_ERROR : LOG_INFO);
}
