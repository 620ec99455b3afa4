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

static const char *
or(const char *text, const char *instead)
{
	return text[0] == '\0' ? instead : text;
}

/* In the words of the files "want". */
static void
event_say(const char *path, const char *body, size_t len, struct buf *ret)
{
	struct event e;

	(void)path;
	event_read(body, len, &e);
	buf_format(ret, "%s %s at %s, %s, version %s, %s %s, %s\n", e.id,
	    or(e.type, "untyped"), or(e.created, "some time"),
	    e.livemode == -1 ? "live or test" : e.livemode ? "live" : "test",
	    or(e.api_version, "unknown"), or(e.object_kind, "nothing"),
	    or(e.object_id, "without id"), event_followed(&e) ? "followed" :
	    e.odd != NULL ? "for somebody to look at" : "kept only");
	if (e.odd != NULL)
		buf_format(ret, "%s\n", e.odd);
}

static void
events_are_read(void **state)
{
	(void)state;
	cases_pass("event", 50, event_say);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
