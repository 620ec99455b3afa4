/* SPDX-License-Identifier: MIT */

/* Whatever the body: an id, and nothing that a column would not take. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "stripe/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct event e;
	int64_t created;
	/* A copy of its own, so that a byte too far is noticed. */
	char *body = mem_text_n((const char *)data, size);

	log_level(LOG_ERROR);
	event_read(body, size, &e);
	if (e.id[0] == '\0' ||
	    text_utf8_length(e.id, strlen(e.id)) < 0 ||
	    text_utf8_length(e.type, strlen(e.type)) < 0 ||
	    text_utf8_length(e.object_id, strlen(e.object_id)) < 0 ||
	    (e.created[0] != '\0' &&
	    text_number(e.created, INT64_MAX, &created) != ERR_OK))
		abort();
	free(body);
	return 0;
}
