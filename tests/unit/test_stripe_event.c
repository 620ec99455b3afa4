/* SPDX-License-Identifier: MIT */

/*
 * What is read of an event's body: tests/case/event; and how the object that
 * it shows is held against one that is read.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "cases.h"
#include "stripe/client.h"
#include "stripe/event.h"
#include "stripe/snapshot.h"

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
	if (e.account[0] != '\0')
		buf_format(ret, "of %s\n", e.account);
	if (e.odd != NULL)
		buf_format(ret, "%s\n", e.odd);
}

/* Scenarios 6, 7. */
static void
events_are_read(void **state)
{
	(void)state;
	cases_pass("event", 50, event_say);
}

#define EVENT(version, type, object)					\
	"{\"api_version\":\"" version "\",\"type\":\"" type "\","	\
	"\"data\":{\"object\":" object "}}"
#define OURS(object)	EVENT(STRIPE_VERSION, "x.updated", object)
#define ITEMS(end)	"\"items\":{\"data\":[{\"id\":\"si_1\","	\
	"\"price\":{\"id\":\"p\"},\"current_period_end\":" end "}]}"

static const struct {
	const char		*what;
	enum stripe_kind	 kind;
	const char		*event;
	const char		*read;
	int			 want;
} snapshots[] = {
	{ "the same", STRIPE_SUBSCRIPTION,
	    OURS("{\"status\":\"active\",\"cancel_at\":null," ITEMS("9") "}"),
	    "{\"status\":\"active\"," ITEMS("9") "}", 1 },
	{ "what is not kept may differ", STRIPE_SUBSCRIPTION,
	    OURS("{\"status\":\"active\",\"description\":\"x\"}"),
	    "{\"status\":\"active\",\"description\":\"y\"}", 1 },
	{ "another status", STRIPE_SUBSCRIPTION,
	    OURS("{\"status\":\"canceled\"}"), "{\"status\":\"active\"}", 0 },
	{ "an end was taken back", STRIPE_SUBSCRIPTION,
	    OURS("{\"status\":\"active\",\"cancel_at\":null}"),
	    "{\"status\":\"active\",\"cancel_at\":7}", 0 },
	{ "it was renewed", STRIPE_SUBSCRIPTION,
	    OURS("{\"status\":\"active\"," ITEMS("99") "}"),
	    "{\"status\":\"active\"," ITEMS("9") "}", 0 },
	{ "of another version the status", STRIPE_SUBSCRIPTION,
	    EVENT("2024-06-20", "x.updated", "{\"status\":\"active\"}"),
	    "{\"status\":\"active\"," ITEMS("9") "}", 1 },
	{ "of another version another status", STRIPE_SUBSCRIPTION,
	    EVENT("2024-06-20", "x.updated", "{\"status\":\"canceled\"}"),
	    "{\"status\":\"active\"}", 0 },
	{ "an invoice", STRIPE_INVOICE,
	    OURS("{\"status\":\"paid\",\"amount_paid\":1}"),
	    "{\"status\":\"paid\",\"amount_paid\":1}", 1 },
	{ "an invoice that was paid", STRIPE_INVOICE,
	    OURS("{\"status\":\"paid\"}"), "{\"status\":\"open\"}", 0 },
	{ "a page", STRIPE_CHECKOUT_SESSION,
	    OURS("{\"status\":\"complete\",\"payment_status\":\"paid\"}"),
	    "{\"status\":\"complete\",\"payment_status\":\"unpaid\"}", 0 },
	{ "a customer", STRIPE_CUSTOMER, OURS("{\"name\":\"a\"}"),
	    "{\"name\":\"b\"}", 1 },
	{ "a customer that was deleted", STRIPE_CUSTOMER,
	    EVENT(STRIPE_VERSION, "customer.deleted", "{\"name\":\"a\"}"),
	    "{\"name\":\"a\"}", 0 },
	{ "and is read so", STRIPE_CUSTOMER,
	    EVENT(STRIPE_VERSION, "customer.deleted", "{\"name\":\"a\"}"),
	    "{\"deleted\":true}", 1 },
	{ "an invoice that was deleted", STRIPE_INVOICE,
	    EVENT(STRIPE_VERSION, "invoice.deleted", "{\"status\":\"draft\"}"),
	    "{\"status\":\"draft\"}", 0 },
	{ "two of one second, and one of them is older", STRIPE_SUBSCRIPTION,
	    OURS("{\"status\":\"incomplete\"}") ","
	    OURS("{\"status\":\"active\"}"), "{\"status\":\"incomplete\"}", 0 },
	{ "of an invoice's one is enough", STRIPE_INVOICE,
	    OURS("{\"status\":\"open\"}") ","
	    OURS("{\"status\":\"paid\"}"), "{\"status\":\"paid\"}", 1 },
	{ "of an invoice's none", STRIPE_INVOICE,
	    OURS("{\"status\":\"open\"}") ","
	    OURS("{\"status\":\"paid\"}"), "{\"status\":\"draft\"}", 0 },
	{ "a thin event", STRIPE_INVOICE, "{\"type\":\"v1.invoice.paid\"}",
	    "{\"status\":\"open\"}", 1 },
	{ "an event that shows next to nothing", STRIPE_INVOICE,
	    OURS("{\"id\":\"in_1\"}"), "{\"status\":\"open\"}", 1 },
	{ "an object that is none", STRIPE_INVOICE, OURS("\"in_1\""),
	    "{\"status\":\"open\"}", 1 },
	{ "a kind that is not followed", STRIPE_KINDS,
	    OURS("{\"status\":\"a\"}"), "{\"status\":\"b\"}", 1 },
};

static struct json *
parsed(const char *text)
{
	struct json *j = NULL;

	if (json_parse(text, strlen(text), &j) != ERR_OK)
		fail_msg("not JSON: %s", text);
	return j;
}

static void
what_is_read_is_held_against_the_event(void **state)
{
	struct json *event, *read;
	char text[1024];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(snapshots); i++) {
		snprintf(text, sizeof(text), "[%s]", snapshots[i].event);
		event = parsed(text);
		read = parsed(snapshots[i].read);
		if (snapshot_agrees(snapshots[i].kind, event, read) !=
		    snapshots[i].want)
			fail_msg("%s: wanted %d", snapshots[i].what,
			    snapshots[i].want);
		json_free(event);
		json_free(read);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_read),
		cmocka_unit_test(what_is_read_is_held_against_the_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
