/* SPDX-License-Identifier: MIT */

/* What is read of an event's body: tests/case/event. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cases.h"
#include "stripe/event.h"

/* In the words of the files "want". */
static void
event_say(const char *path, const char *body, size_t len, struct buf *ret)
{
	struct event e;

	(void)path;
	if (event_read(body, len, &e) != ERR_OK) {
		buf_text(ret, "refused\n");
		return;
	}
	buf_format(ret, "%s %s at %s, %s, version %s, %s %s, %s\n", e.id,
	    e.type, e.created, e.livemode ? "live" : "test",
	    e.api_version[0] == '\0' ? "unknown" : e.api_version,
	    e.object_kind[0] == '\0' ? "nothing" : e.object_kind,
	    e.object_id[0] == '\0' ? "without id" : e.object_id,
	    stripe_kind(e.object_kind) != STRIPE_KINDS &&
	    stripe_id_ok(e.object_id) ? "followed" : "kept only");
}

static void
events_are_read(void **state)
{
	(void)state;
	cases_pass("event", 20, event_say);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
