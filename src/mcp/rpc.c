/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"

#include "mcp/exchange.h"

#include "mcp/mcp.h"

#define META(name)	"io.modelcontextprotocol/" name
#define NAME_HEAD	512

/*
 * Those of before are the two that know structured results; the newest first,
 * which is what a client is offered that asks for another.
 */
static const char *const modern_versions[] = { "2026-07-28", NULL };
static const char *const legacy_versions[] = { "2025-11-25", "2025-06-18",
    NULL };

static int
is_one_of(const char *version, const char *const *versions)
{
	while (*versions != NULL && !text_equal(*versions, version))
		versions++;
	return *versions != NULL;
}

static void
put_versions(struct json_writer *w, const char *name)
{
	size_t i;

	json_open_array(w, name);
	for (i = 0; modern_versions[i] != NULL; i++)
		json_put_text(w, NULL, modern_versions[i]);
	for (i = 0; legacy_versions[i] != NULL; i++)
		json_put_text(w, NULL, legacy_versions[i]);
	json_close_array(w);
}

static const char *
meta_text(const struct exchange *x, const char *name)
{
	return json_text(json_member(json_at(x->params, "_meta"), name), NULL);
}

/* --- what is said of oneself --- */

static const char instructions[] = "endpin keeps a company's Cello referral"
    " program: signup, Stripe billing, attribution of referrals, and what Cello"
    " is told. All tools only look. To find out whether it works, begin with"
    " integration_status and read events too; why somebody's referral led to"
    " no reward, explain says; name the field and the fix that they name. docs"
    " searches and reads the guides, begin there before you advise.";

static void
put_self(struct exchange *x, const char *name)
{
	json_open(&x->w, name);
	json_put_text(&x->w, "name", "endpin");
	json_put_text(&x->w, "version", PACKAGE_VERSION);
	json_close(&x->w);
}

static void
put_capabilities(struct exchange *x)
{
	json_open(&x->w, "capabilities");
	json_open(&x->w, "tools");
	json_close(&x->w);
	json_open(&x->w, "prompts");
	json_close(&x->w);
	json_close(&x->w);
	json_put_text(&x->w, "instructions", instructions);
}

static void
discover(struct exchange *x)
{
	exchange_open(x);
	put_versions(&x->w, "supportedVersions");
	put_capabilities(x);
	exchange_keep(x);
	json_open(&x->w, "_meta");
	put_self(x, META("serverInfo"));
	json_close(&x->w);
	exchange_close(x);
}

static void
initialize(struct exchange *x)
{
	const char *version = json_text(x->params, "protocolVersion");

	exchange_open(x);
	json_put_text(&x->w, "protocolVersion", is_one_of(version,
	    legacy_versions) ? version : legacy_versions[0]);
	put_self(x, "serverInfo");
	put_capabilities(x);
	exchange_close(x);
}

static void
ping(struct exchange *x)
{
	exchange_open(x);
	exchange_close(x);
}

/* --- what can be asked --- */

#define MODERN	1u
#define LEGACY	2u

static const struct {
	const char	*name;
	unsigned	 eras;
	method		*answer;
	int		 is_named;	/* by Mcp-Name */
} methods[] = {
	{ "server/discover", MODERN, discover, 0 },
	{ "initialize", LEGACY, initialize, 0 },
	{ "ping", LEGACY, ping, 0 },
	{ "tools/list", MODERN | LEGACY, tools_list, 0 },
	{ "tools/call", MODERN | LEGACY, tools_call, 1 },
	{ "prompts/list", MODERN | LEGACY, prompts_list, 0 },
	{ "prompts/get", MODERN | LEGACY, prompts_get, 1 }
};

/* NELEM(methods): it is none. */
static size_t
method_find(const struct exchange *x)
{
	const unsigned era = x->modern ? MODERN : LEGACY;
	size_t i = 0;

	while (i < NELEM(methods) && ((methods[i].eras & era) == 0 ||
	    !text_equal(methods[i].name, x->method)))
		i++;
	return i;
}

/* --- whether it is asked as it has to be --- */

/* As it stands in a header, or in the base64 of what cannot stand in one. */
static int
is_same_name(const char *head, const char *name)
{
	char coded[NAME_HEAD + NAME_HEAD / 2];
	const size_t len = name == NULL ? 0 : strlen(name);
	char text[NAME_HEAD];

	if (head == NULL || name == NULL || text_equal(head, name))
		return head != NULL && name != NULL;
	if (TEXT_BASE64_LEN(len) >= sizeof(text))
		return 0;
	text_base64(name, len, text);
	(void)snprintf(coded, sizeof(coded), "=?base64?%s%s?=", text,
	    len % 3 == 0 ? "" : len % 3 == 1 ? "==" : "=");
	return text_equal(head, coded);
}

/* NULL: the headers are what they have to be. */
static const char *
heads_fault(const struct exchange *x, size_t i)
{
	const struct mcp_heads *h = x->heads;

	if (h == NULL || !x->modern)
		return NULL;
	if (!text_equal(h->version, meta_text(x, META("protocolVersion"))))
		return "MCP-Protocol-Version is not what _meta says";
	if (!text_equal(h->method, x->method))
		return "Mcp-Method is not what the body says";
	if (i < NELEM(methods) && methods[i].is_named &&
	    !is_same_name(h->name, json_text(x->params, "name")))
		return "Mcp-Name is not what the body says";
	return NULL;
}

/*
 * Of the era that its _meta, or else its header, says.  A version that is none
 * of before can only be one of the new.
 */
static int
is_modern(const struct exchange *x)
{
	return meta_text(x, META("protocolVersion")) != NULL ||
	    text_equal(x->method, "server/discover") ||
	    (x->heads != NULL && x->heads->version != NULL &&
	    !is_one_of(x->heads->version, legacy_versions));
}

static void
fail_version(struct exchange *x)
{
	const char *asked = meta_text(x, META("protocolVersion"));

	exchange_fail_open(x, 400, RPC_VERSION, "this version of the protocol"
	    " is not spoken here");
	json_open(&x->w, "data");
	put_versions(&x->w, "supported");
	json_put_text(&x->w, "requested", asked);
	json_close(&x->w);
	exchange_close(x);
}

/* Returns 0: it was refused. */
static int
admit(struct exchange *x, size_t i)
{
	const char *version = meta_text(x, META("protocolVersion"));
	const char *fault = heads_fault(x, i);

	if (fault != NULL)
		exchange_fail(x, 400, RPC_HEADERS, fault);
	else if (version != NULL && !is_one_of(version, modern_versions))
		fail_version(x);
	else if (x->modern && (version == NULL || !json_has_object(
	    json_member(json_at(x->params, "_meta"),
	    META("clientCapabilities")), NULL)))
		exchange_fail(x, 400, RPC_PARAMS, "params._meta lacks "
		    META("protocolVersion") " or " META("clientCapabilities"));
	else if (i == NELEM(methods))
		exchange_fail(x, x->modern ? 404 : 200, RPC_METHOD,
		    "there is no such method");
	else
		return 1;
	return 0;
}

/* Returns 0: there is nothing to be answered, or it was refused. */
static int
message_take(struct exchange *x, const struct json *message)
{
	int64_t number;

	x->id = json_member(message, "id");
	x->method = json_text(message, "method");
	x->params = json_at(message, "params");
	if (!text_equal(json_text(message, "jsonrpc"), "2.0") ||
	    (x->params != NULL && !json_has_object(x->params, NULL)) ||
	    (x->id != NULL && json_text(x->id, NULL) == NULL &&
	    json_int(x->id, NULL, &number) != ERR_OK) ||
	    (x->method == NULL && !json_has(message, "result") &&
	    !json_has(message, "error"))) {
		exchange_fail(x, 400, RPC_INVALID, "this is no request");
		return 0;
	}
	/* A notification, or an answer: nothing was asked of a client. */
	if (x->id == NULL || x->method == NULL) {
		x->status = 202;
		return 0;
	}
	return 1;
}

int
mcp_answer(const struct mcp *m, const struct mcp_heads *h,
    const struct json *message, struct buf *out)
{
	struct exchange x = { .mcp = m, .heads = h, .status = 200 };
	size_t i;

	json_write_init(&x.w, out);
	if (!message_take(&x, message))
		return x.status;
	x.modern = is_modern(&x);
	i = method_find(&x);
	if (admit(&x, i))
		methods[i].answer(&x);
	return x.status;
}

void
mcp_refuse(struct buf *out)
{
	struct exchange x = { .status = 400 };

	json_write_init(&x.w, out);
	exchange_fail(&x, 400, RPC_PARSE, "this is no JSON, or too long, or"
	    " nested too deeply");
}
