/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"
#include "report/shape.h"

static const struct shape inner[] = {
	{ .name = "id" },
	{ .name = "at", .kind = SHAPE_TIME, .may = SHAPE_NULL },
	{ .name = NULL }
};

static const struct shape outer[] = {
	{ .name = "who", .least = 1, .most = 5, .about = "Somebody" },
	{ .name = "how", .words = "fast|slow", .may = SHAPE_ABSENT },
	{ .name = "count", .kind = SHAPE_NUMBER, .least = 1, .most = 9,
	    .may = SHAPE_ABSENT },
	{ .name = "really", .kind = SHAPE_YES_NO, .may = SHAPE_ABSENT },
	{ .name = "one", .kind = SHAPE_OBJECT, .of = inner,
	    .may = SHAPE_ABSENT },
	{ .name = "all", .kind = SHAPE_LIST, .of = inner,
	    .may = SHAPE_ABSENT },
	{ .name = NULL }
};

#define INNER	"\"properties\":{\"id\":{\"type\":\"string\"},"		\
	"\"at\":{\"type\":[\"string\",\"null\"],"			\
	"\"format\":\"date-time\"}},\"required\":[\"id\",\"at\"],"	\
	"\"additionalProperties\":false"

static void
a_table_makes_a_schema(void **state)
{
	static const struct shape nothing[] = { { .name = NULL } };
	struct json_writer w;
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	json_write_init(&w, &b);
	shape_put(&w, NULL, outer);
	assert_string_equal(b.data, "{\"type\":\"object\",\"properties\":{"
	    "\"who\":{\"type\":\"string\",\"description\":\"Somebody\","
	    "\"minLength\":1,\"maxLength\":5},"
	    "\"how\":{\"type\":\"string\",\"enum\":[\"fast\",\"slow\"]},"
	    "\"count\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":9},"
	    "\"really\":{\"type\":\"boolean\"},"
	    "\"one\":{\"type\":\"object\"," INNER "},"
	    "\"all\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
	    INNER "}}},\"required\":[\"who\"],"
	    "\"additionalProperties\":false}");
	buf_reset(&b);
	json_write_init(&w, &b);
	shape_put(&w, NULL, nothing);
	assert_string_equal(b.data,
	    "{\"type\":\"object\",\"additionalProperties\":false}");
	buf_done(&b);
}

static const struct {
	const char	*json;
	const char	*problem;	/* NULL: it fits */
} objects[] = {
	{ "{\"who\":\"ada\"}", NULL },
	{ "{\"who\":\"ada\",\"how\":\"slow\",\"count\":9,\"really\":false,"
	    "\"one\":{},\"all\":[]}", NULL },
	{ "{\"who\":\"ada\",\"how\":null}", NULL },
	{ "{}", "who has to be a text of 1 to 5 bytes" },
	{ "{\"who\":\"\"}", "who has to be a text of 1 to 5 bytes" },
	{ "{\"who\":\"abcdef\"}", "who has to be a text of 1 to 5 bytes" },
	{ "{\"who\":1}", "who has to be a text of 1 to 5 bytes" },
	{ "{\"who\":\"ada\",\"how\":\"fas\"}",
	    "how has to be one of fast|slow" },
	{ "{\"who\":\"ada\",\"how\":\"fast|slow\"}",
	    "how has to be one of fast|slow" },
	{ "{\"who\":\"ada\",\"count\":0}",
	    "count has to be a whole number from 1 to 9" },
	{ "{\"who\":\"ada\",\"count\":10}",
	    "count has to be a whole number from 1 to 9" },
	{ "{\"who\":\"ada\",\"count\":1.0}",
	    "count has to be a whole number from 1 to 9" },
	{ "{\"who\":\"ada\",\"really\":1}",
	    "really has to be true or false" },
	{ "{\"who\":\"ada\",\"x\":1}",
	    "there is no argument of this name: x" }
};

static void
what_does_not_fit_is_said(void **state)
{
	char problem[SHAPE_PROBLEM];
	struct json *j;
	size_t i;
	int fits;

	(void)state;
	for (i = 0; i < NELEM(objects); i++) {
		assert_int_equal(json_parse(objects[i].json,
		    strlen(objects[i].json), &j), ERR_OK);
		problem[0] = '\0';
		fits = shape_fits(outer, j, problem);
		json_free(j);
		if (fits != (objects[i].problem == NULL) || (!fits &&
		    !text_equal(problem, objects[i].problem)))
			fail_msg("%s: %s", objects[i].json, problem);
	}
	assert_false(shape_fits(outer, NULL, problem));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_makes_a_schema),
		cmocka_unit_test(what_does_not_fit_is_said)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
