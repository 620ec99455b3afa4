/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "mcp/mask.h"
#include "mcp/mcp.h"

static const struct {
	const char	*text, *want;
} addresses[] = {
	{ "", "" },
	{ "nobody is named", "nobody is named" },
	{ "{\"email\":\"ada@example.com\"}", "{\"email\":\"a***@example.com\"}" },
	{ "to <a.b+c@x.org>, b@y.org", "to <a***@x.org>, b***@y.org" },
	{ "\\\"o'neill@x.org\\\"", "\\\"o***@x.org\\\"" },
	{ "\xc3\xa9milie@x.org", "\xc3\xa9***@x.org" },
	{ "q@x.org", "q***@x.org" },
	{ "@here and a @ b", "@here and a @ b" },
	{ "a@b@c.org", "a***@b***@c.org" },
	{ "ends with x@", "ends with x***@" }
};

static void
addresses_are_masked_wherever_they_stand(void **state)
{
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 256);
	for (i = 0; i < NELEM(addresses); i++) {
		buf_reset(&b);
		mask_addresses(addresses[i].text, &b);
		assert_string_equal(b.data, addresses[i].want);
	}
	buf_done(&b);
}

#define OPEN	"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\""
#define META(version)	"\"_meta\":{"					\
	"\"io.modelcontextprotocol/protocolVersion\":\"" version "\","	\
	"\"io.modelcontextprotocol/clientCapabilities\":{}}"
#define NEW	"2026-07-28"

/* What needs no database.  Of HTTP's headers the version; NULL: a pipe. */
static const struct {
	const char	*version;
	const char	*message;
	int		 status;
	const char	*says;		/* is in the answer; NULL: there is none */
} messages[] = {
	{ NULL, OPEN "ping\"}", 200, "\"id\":7,\"result\":{}" },
	{ NULL, "{\"jsonrpc\":\"2.0\",\"id\":\"a\\\"b\",\"method\":\"ping\"}",
	    200, "\"id\":\"a\\\"b\",\"result\":{}" },
	{ NULL, "{\"jsonrpc\":\"2.0\",\"method\":\"x\"}", 202, NULL },
	{ NULL, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", 202, NULL },
	{ NULL, "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{}}", 202, NULL },
	{ NULL, "[]", 400, "\"code\":-32600" },
	{ NULL, "{\"id\":1,\"method\":\"ping\"}", 400, "\"code\":-32600" },
	{ NULL, OPEN "ping\",\"params\":[]}", 400, "\"code\":-32600" },
	{ NULL, OPEN "nothing\"}", 200, "\"code\":-32601" },
	{ NULL, OPEN "initialize\",\"params\":{\"protocolVersion\":"
	    "\"2025-06-18\"}}", 200, "\"protocolVersion\":\"2025-06-18\"" },
	{ NULL, OPEN "initialize\",\"params\":{\"protocolVersion\":"
	    "\"" NEW "\"}}", 200, "\"protocolVersion\":\"2025-11-25\"" },
	{ NULL, OPEN "initialize\"}", 200,
	    "\"protocolVersion\":\"2025-11-25\"" },
	{ NULL, OPEN "server/discover\",\"params\":{" META(NEW) "}}", 200,
	    "\"supportedVersions\":[\"" NEW "\",\"2025-11-25\"" },
	{ NULL, OPEN "server/discover\"}", 400, "\"code\":-32602" },
	{ NULL, OPEN "server/discover\",\"params\":{" META("2025-11-25") "}}",
	    400, "\"code\":-32022" },
	{ NULL, OPEN "ping\",\"params\":{" META(NEW) "}}", 404,
	    "\"code\":-32601" },
	{ NULL, OPEN "tools/list\",\"params\":{" META("1") "}}", 400,
	    "\"requested\":\"1\"" },
	{ NULL, OPEN "prompts/get\",\"params\":{\"name\":\"x\"," META(NEW)
	    "}}", 400, "\"code\":-32602" },
	{ "2025-11-25", OPEN "ping\"}", 200, "\"result\":{}" },
	{ NEW, OPEN "ping\"}", 400, "\"code\":-32020" },
	{ "2025-11-25", OPEN "tools/list\",\"params\":{" META(NEW) "}}", 400,
	    "\"code\":-32020" },
	{ NEW, OPEN "tools/list\",\"params\":{" META(NEW) "}}", 400,
	    "\"code\":-32020" }
};

static void
each_message_has_its_answer(void **state)
{
	const struct mcp m = { .offline = 1, .key = "-" };
	struct mcp_heads h = { .version = NULL };
	struct json *message;
	struct buf out;
	size_t i;
	int status;

	(void)state;
	buf_init(&out, MCP_ANSWER);
	for (i = 0; i < NELEM(messages); i++) {
		assert_int_equal(json_parse(messages[i].message,
		    strlen(messages[i].message), &message), ERR_OK);
		buf_reset(&out);
		h.version = messages[i].version;
		status = mcp_answer(&m, h.version == NULL ? NULL : &h,
		    message, &out);
		json_free(message);
		if (status != messages[i].status ||
		    (messages[i].says == NULL) != (out.len == 0) ||
		    (messages[i].says != NULL &&
		    strstr(out.data, messages[i].says) == NULL))
			fail_msg("%s: %d %s", messages[i].message, status,
			    out.data);
	}
	buf_done(&out);
}

/* The lists are whole, whatever is in them, and JSON. */
static void
lists_are_json_and_fit(void **state)
{
	static const char *const lists[] = { OPEN "tools/list\"}",
	    OPEN "prompts/list\"}" };
	const struct mcp m = { .offline = 1, .key = "-" };
	struct json *message, *answer;
	struct buf out;
	size_t i;

	(void)state;
	buf_init(&out, MCP_ANSWER);
	for (i = 0; i < NELEM(lists); i++) {
		assert_int_equal(json_parse(lists[i], strlen(lists[i]),
		    &message), ERR_OK);
		buf_reset(&out);
		assert_int_equal(mcp_answer(&m, NULL, message, &out), 200);
		json_free(message);
		assert_false(out.full);
		assert_int_equal(json_parse(out.data, out.len, &answer),
		    ERR_OK);
		assert_true(json_count(answer, i == 0 ? "result.tools" :
		    "result.prompts") >= 5);
		json_free(answer);
	}
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_masked_wherever_they_stand),
		cmocka_unit_test(each_message_has_its_answer),
		cmocka_unit_test(lists_are_json_and_fit)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
