/* SPDX-License-Identifier: MIT */

/* The kinds that are followed, and the members of what is read of them. */

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
#include "base/text.h"
#include "stripe/field.h"
#include "stripe/kind.h"

static const struct {
	const char		*name;
	enum stripe_kind	 kind;
	const char		*path;
} kinds[] = {
	{ "customer", STRIPE_CUSTOMER, "/v1/customers/x_1" },
	{ "subscription", STRIPE_SUBSCRIPTION,
	    "/v1/subscriptions/x_1?expand[]=latest_invoice&expand[]=schedule" },
	{ "invoice", STRIPE_INVOICE, "/v1/invoices/x_1?expand[]=payments" },
	{ "checkout.session", STRIPE_CHECKOUT_SESSION,
	    "/v1/checkout/sessions/x_1" },
	{ "refund", STRIPE_REFUND, "/v1/refunds/x_1?expand[]=charge"
	    "&expand[]=failure_balance_transaction" },
	{ "dispute", STRIPE_DISPUTE, "/v1/disputes/x_1?expand[]=charge" },
	{ "credit_note", STRIPE_CREDIT_NOTE, "/v1/credit_notes/x_1" },
	{ "v2.core.event", STRIPE_NOTICE, "/v2/core/events/x_1" },
	{ "payment_intent", STRIPE_KINDS, NULL },
	{ "Customer", STRIPE_KINDS, NULL },
	{ "checkout", STRIPE_KINDS, NULL },
	{ "", STRIPE_KINDS, NULL },
	{ NULL, STRIPE_KINDS, NULL }
};

static void
kinds_have_names_and_paths(void **state)
{
	int seen[STRIPE_KINDS] = { 0 };
	struct buf path;
	size_t i;

	(void)state;
	buf_init(&path, 1024);
	for (i = 0; i < NELEM(kinds); i++) {
		if (stripe_kind(kinds[i].name) != kinds[i].kind)
			fail_msg("%s is another kind", kinds[i].name);
		if (kinds[i].kind == STRIPE_KINDS)
			continue;
		seen[kinds[i].kind]++;
		assert_string_equal(stripe_kind_name(kinds[i].kind),
		    kinds[i].name);
		buf_reset(&path);
		stripe_path(kinds[i].kind, "x_1", &path);
		assert_string_equal(path.data, kinds[i].path);
	}
	for (i = 0; i < STRIPE_KINDS; i++)
		assert_int_equal(seen[i], 1);
	buf_reset(&path);
	stripe_path(STRIPE_CUSTOMER, "../a?b=c&d#e%", &path);
	assert_string_equal(path.data,
	    "/v1/customers/..%2Fa%3Fb%3Dc%26d%23e%25");
	buf_done(&path);
}

static void
the_other_paths_are_whole_too(void **state)
{
	struct buf path;

	(void)state;
	buf_init(&path, STRIPE_PATH);
	stripe_path_list(STRIPE_SUBSCRIPTION, 0, &path);
	stripe_path_behind("", &path);
	assert_string_equal(path.data, "/v1/subscriptions?status=all&limit=100");
	buf_reset(&path);
	stripe_path_list(STRIPE_INVOICE, 1700000000, &path);
	stripe_path_behind("in_1&a", &path);
	assert_string_equal(path.data, "/v1/invoices?limit=100"
	    "&created[gte]=1700000000&starting_after=in_1%26a");
	buf_reset(&path);
	stripe_path_less("/v1/invoices?limit=100&created[gte]=17", &path);
	assert_string_equal(path.data,
	    "/v1/invoices?limit=10&created[gte]=17");
	buf_reset(&path);
	stripe_path_items("sub_1&a", &path);
	assert_string_equal(path.data,
	    "/v1/subscription_items?limit=100&subscription=sub_1%26a");
	buf_reset(&path);
	stripe_path_payments("in_1&a", &path);
	assert_string_equal(path.data,
	    "/v1/invoice_payments?limit=100&invoice=in_1%26a");
	buf_reset(&path);
	stripe_path_cards("cus_1&a", &path);
	assert_string_equal(path.data,
	    "/v1/customers/cus_1%26a/payment_methods?limit=100&type=card");
	buf_reset(&path);
	stripe_path_whole(STRIPE_INVOICE, 0, &path);
	assert_string_equal(path.data, "/v1/invoices?limit=100"
	    "&expand[]=data.payments");
	buf_reset(&path);
	stripe_path_expire("cs_1/a", &path);
	assert_string_equal(path.data,
	    "/v1/checkout/sessions/cs_1%2Fa/expire");
	buf_done(&path);
}

static void
previews_have_no_id(void **state)
{
	(void)state;
	assert_int_equal(stripe_id_ok("in_1"), 1);
	assert_int_equal(stripe_id_ok("upcoming"), 1);
	assert_int_equal(stripe_id_ok(""), 0);
	assert_int_equal(stripe_id_ok("upcoming_in_1"), 0);
	assert_int_equal(stripe_id_ok("upcoming_in"), 0);
}

enum way { TEXT, ID, FLAG, INT, INT_MAYBE, TIME, TIME_MAYBE };

static const struct {
	const char	*json;		/* the member "m" */
	enum way	 way;
	const char	*want;		/* NULL: ERR_INPUT */
} fields[] = {
	{ "\"a\"",		TEXT,		"a" },
	{ "\"\"",		TEXT,		NULL },
	{ "null",		TEXT,		NULL },
	{ "1",			TEXT,		NULL },
	{ "\"x_1\"",		ID,		"x_1" },
	{ "{\"id\":\"x_1\"}",	ID,		"x_1" },
	{ "{\"id\":\"x_1\",\"deleted\":true}", ID, "x_1" },
	{ "{\"id\":1}",		ID,		NULL },
	{ "{}",			ID,		NULL },
	{ "null",		ID,		NULL },
	{ "true",		FLAG,		"t" },
	{ "false",		FLAG,		"f" },
	{ "1",			FLAG,		NULL },
	{ "\"true\"",		FLAG,		NULL },
	{ "null",		FLAG,		NULL },
	{ "-7",			INT,		"-7" },
	{ "0",			INT,		"0" },
	{ "\"7\"",		INT,		NULL },
	{ "7.5",		INT,		NULL },
	{ "null",		INT,		NULL },
	{ "null",		INT_MAYBE,	"" },
	{ "7",			INT_MAYBE,	"7" },
	{ "\"7\"",		INT_MAYBE,	NULL },
	{ "0",			TIME,		"0" },
	{ "253402300799",	TIME,		"253402300799" },
	{ "253402300800",	TIME,		NULL },
	{ "-1",			TIME,		NULL },
	{ "null",		TIME,		NULL },
	{ "null",		TIME_MAYBE,	"" },
	{ "1",			TIME_MAYBE,	"1" },
	{ "-1",			TIME_MAYBE,	NULL },
	{ "253402300800",	TIME_MAYBE,	NULL },
	{ "\"soon\"",		TIME_MAYBE,	NULL },
};

static enum err
field(const struct json *j, const char *path, enum way way,
    const char **ret_text)
{
	static char digits[TEXT_DIGITS];

	*ret_text = digits;
	switch (way) {
	case TEXT:
		return field_text(j, path, ret_text);
	case ID:
		return field_id(j, path, ret_text);
	case FLAG:
		return field_flag(j, path, ret_text);
	case INT:
		return field_int(j, path, digits);
	case INT_MAYBE:
		return field_int_maybe(j, path, digits);
	case TIME:
		return field_time(j, path, digits);
	default:
		return field_time_maybe(j, path, digits);
	}
}

/* Scenario 7: numbers where there should be text, objects for ids. */
static void
members_are_of_their_type(void **state)
{
	struct json *j;
	const char *text;
	char body[256];
	size_t i;
	enum err e;

	(void)state;
	for (i = 0; i < NELEM(fields); i++) {
		snprintf(body, sizeof(body), "{\"object\":\"o\",\"m\":%s}",
		    fields[i].json);
		assert_int_equal(json_parse(body, strlen(body), &j), ERR_OK);
		e = field(j, "m", fields[i].way, &text);
		if (e != (fields[i].want == NULL ? ERR_INPUT : ERR_OK) ||
		    (e == ERR_OK && strcmp(text, fields[i].want) != 0))
			fail_msg("%s, way %d: %s", fields[i].json,
			    (int)fields[i].way, err_name(e));
		/* What is not there at all is what null is. */
		e = field(j, "none", fields[i].way, &text);
		assert_int_equal(e, fields[i].way == INT_MAYBE ||
		    fields[i].way == TIME_MAYBE ? ERR_OK : ERR_INPUT);
		json_free(j);
	}
}

static void
ids_have_an_end(void **state)
{
	char body[512], id[STRIPE_ID + 1];
	struct json *j;
	const char *text;
	size_t len;

	(void)state;
	for (len = STRIPE_ID - 1; len <= STRIPE_ID; len++) {
		memset(id, 'x', len);
		id[len] = '\0';
		snprintf(body, sizeof(body), "{\"m\":\"%s\"}", id);
		assert_int_equal(json_parse(body, strlen(body), &j), ERR_OK);
		assert_int_equal(field_id(j, "m", &text), len < STRIPE_ID ?
		    ERR_OK : ERR_INPUT);
		assert_int_equal(field_text(j, "m", &text), len < STRIPE_ID ?
		    ERR_OK : ERR_INPUT);
		json_free(j);
	}
}

static const struct {
	const char	*what;
	const char	*page;
	enum err	 want;
	const char	*after;		/* what it becomes; it was "x_0" */
} pages[] = {
	{ "there is more", "{\"data\":[{\"id\":\"x_1\"},{\"id\":\"x_2\"}],"
	    "\"has_more\":true}", ERR_OK, "x_2" },
	{ "the last", "{\"data\":[{\"id\":\"x_1\"}],\"has_more\":false}",
	    ERR_OK, "" },
	{ "more is said, and nothing shown", "{\"data\":[],"
	    "\"has_more\":true}", ERR_OK, "" },
	{ "no list", "{\"data\":[{\"id\":\"x_1\"}]}", ERR_INPUT, "x_0" },
	{ "it does not move", "{\"data\":[{\"id\":\"x_1\"},{\"id\":\"x_0\"}],"
	    "\"has_more\":true}", ERR_INPUT, "x_0" },
	{ "its last has no id", "{\"data\":[{}],\"has_more\":true}",
	    ERR_INPUT, "x_0" },
};

static void
the_next_page_begins_behind_the_last_object(void **state)
{
	char after[STRIPE_ID];
	struct json *j;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(pages); i++) {
		(void)text_cut("x_0", after, sizeof(after));
		assert_int_equal(json_parse(pages[i].page,
		    strlen(pages[i].page), &j), ERR_OK);
		if (field_next_page(j, after) != pages[i].want)
			fail_msg("%s", pages[i].what);
		assert_string_equal(after, pages[i].after);
		json_free(j);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_have_names_and_paths),
		cmocka_unit_test(the_other_paths_are_whole_too),
		cmocka_unit_test(previews_have_no_id),
		cmocka_unit_test(members_are_of_their_type),
		cmocka_unit_test(ids_have_an_end),
		cmocka_unit_test(the_next_page_begins_behind_the_last_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
