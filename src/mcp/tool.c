/* SPDX-License-Identifier: MIT */

#include "app/app.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/log.h"
#include "base/slots.h"
#include "base/text.h"
#include "report/report.h"

#include "mcp/exchange.h"
#include "mcp/mask.h"
#include "mcp/mcp.h"

#include "mcp/tool.h"

/*
 * What a tool may write: it stands in the answer twice, once as text, in which
 * no byte of it takes more than two.
 */
#define MOST	(MCP_ANSWER / 3 - 1024)

static const struct shape nothing[] = { { .name = NULL } };

/* In the order in which they are looked at. */
static const struct tool tools[] = {
	{ "integration_status", "Is the integration working?",
	    "The four components of the Cello integration (component,"
	    " attribution, signups, purchases) and what they share: each with"
	    " its status, when it was last seen, the evidence, and what is"
	    " wrong with its likely cause and fix. Also the next step of the"
	    " setup. Low traffic is told from what is broken. Over HTTP only"
	    " this installation's own rows are looked at; over stdio Stripe,"
	    " Cello and the pages are asked too, which takes some seconds.",
	    1, 0, tool_status_input, report_doctor_shape, tool_status },
	{ "events", "What Stripe has told",
	    "Webhook events of Stripe's that were received, the newest first:"
	    " their type, what they are about, and how far that has got, with"
	    " the error if it has failed. Of what Cello takes for a signup or a"
	    " purchase each field that it needs: ok, missing or malformed.",
	    0, 0, tool_events_input, tool_events_output, tool_events },
	{ "explain", "Why a referral led to a reward, or to none",
	    "Of one customer: the timeline from the click to the invoice, and"
	    " what is in the way of a reward, the likely cause first, with the"
	    " field that is missing or wrong and the fix.",
	    0, 0, tool_explain_input, report_explain_shape, tool_explain },
	{ "recommendations", "How the program could do better",
	    "Prioritized advice (activation, sharing, conversion) from what"
	    " this installation's rows and settings show, with the figures that"
	    " Cello has published; pending, completed, and what only a person"
	    " can say.",
	    0, 0, nothing, report_advice_shape, tool_recommend },
	{ "program_metrics", "What the program brings",
	    "The funnel: links that were followed, signups, trials, people who"
	    " paid, and money by currency, of those who were referred and of"
	    " the others, in all and by month, week, referrer or plan.",
	    0, 0, tool_metrics_input, report_funnel_shape, tool_metrics },
	{ "referrers", "Who refers",
	    "Codes that somebody followed or signed up with, and what came of"
	    " them; ten a page, in the order that is asked for.",
	    0, 0, tool_referrers_input, report_referrers_shape,
	    tool_referrers },
	{ "top_referrers", "Who brings the most",
	    "The same in the order of what the subscriptions of those who were"
	    " referred bring in a year.",
	    0, 0, tool_top_input, report_referrers_shape, tool_top },
	{ "docs", "Search and read the guides",
	    "endpin's guides, as installed: setting Cello up step by step,"
	    " putting it into a product, running it, the HTTP API"
	    " (openapi.yaml). Give \"search\" to find, or \"read\" with a name"
	    " from the results; with neither it lists them.",
	    0, 1, tool_docs_input, tool_docs_output, tool_docs }
};

/* --- the list --- */

static void
put_tool(struct json_writer *w, const struct tool *t)
{
	json_open(w, NULL);
	json_put_text(w, "name", t->name);
	json_put_text(w, "title", t->title);
	json_put_text(w, "description", t->about);
	shape_put(w, "inputSchema", t->input);
	shape_put(w, "outputSchema", t->output);
	json_open(w, "annotations");
	json_put_bool(w, "readOnlyHint", 1);
	json_put_bool(w, "destructiveHint", 0);
	json_put_bool(w, "idempotentHint", 1);
	json_put_bool(w, "openWorldHint", t->is_open);
	json_close(w);
	json_close(w);
}

void
tools_list(struct exchange *x)
{
	size_t i;

	exchange_open(x);
	json_open_array(&x->w, "tools");
	for (i = 0; i < NELEM(tools); i++)
		put_tool(&x->w, &tools[i]);
	json_close_array(&x->w);
	exchange_keep(x);
	exchange_close(x);
}

/* --- a call --- */

int64_t
asked_number(const struct asked *q, const char *name, int64_t usual)
{
	int64_t value;

	return json_int(q->args, name, &value) == ERR_OK ? value : usual;
}

/* For whoever asks, who can do something about it. */
static const char *
words_for(const struct asked *q, enum err e)
{
	if (q->problem[0] != '\0')
		return q->problem;
	return e == ERR_LATER ? "that could not be looked up now; try again, or"
	    " ask for less" : "that could not be looked up; endpin's log says"
	    " why";
}

static void
put_content(struct json_writer *w, const char *text)
{
	json_open_array(w, "content");
	json_open(w, NULL);
	json_put_text(w, "type", "text");
	json_put_text(w, "text", text);
	json_close(w);
	json_close_array(w);
}

static void
put_result(struct exchange *x, const struct buf *found)
{
	exchange_open(x);
	put_content(&x->w, found->data);
	json_put_json(&x->w, "structuredContent", found->data);
	json_put_bool(&x->w, "isError", 0);
	exchange_close(x);
}

static void
put_failure(struct exchange *x, const char *why)
{
	exchange_open(x);
	put_content(&x->w, why);
	json_put_bool(&x->w, "isError", 1);
	exchange_close(x);
}

static void
call(struct exchange *x, const struct tool *t, struct asked *q)
{
	struct json_writer w;
	struct buf found, masked;
	enum err e = ERR_INPUT;

	buf_init(&found, MOST);
	buf_init(&masked, MOST);
	json_write_init(&w, &found);
	if (shape_fits(t->input, q->args, q->problem))
		e = t->run(q, &w);
	if (e == ERR_OK && !t->is_public && !x->mcp->addresses)
		mask_addresses(found.data, &masked);
	else if (e == ERR_OK)
		buf_add(&masked, found.data, found.len);
	if (e != ERR_OK)
		put_failure(x, words_for(q, e));
	else if (found.full || masked.full)
		put_failure(x, "this is too much for one answer; ask for"
		    " less");
	else
		put_result(x, &masked);
	buf_done(&masked);
	buf_done(&found);
}

/* As many at a time as its pool can bear; a command asks for itself alone. */
static void
call_in_turn(struct exchange *x, const struct tool *t, struct asked *q)
{
	struct slots *s = x->mcp->app->questions;

	if (s == NULL) {
		call(x, t, q);
	} else if (slots_take(s, 0) == ERR_OK) {
		call(x, t, q);
		slots_give(s);
	} else {
		log_warn("mcp_busy", "key %s asks while as many questions as"
		    " may be are being answered", x->mcp->key);
		put_failure(x, "as many questions as may be are being answered"
		    " at this moment: ask again in a second, and one after the"
		    " other");
	}
}

void
tools_call(struct exchange *x)
{
	struct asked q = { .mcp = x->mcp,
	    .args = json_at(x->params, "arguments") };
	const char *name = exchange_name(x);
	size_t i = 0;

	if (name == NULL)
		return;
	while (i < NELEM(tools) && !text_equal(tools[i].name, name))
		i++;
	if (i == NELEM(tools)) {
		exchange_fail(x, x->modern ? 400 : 200, RPC_PARAMS,
		    "there is no such tool");
		return;
	}
	if (q.args != NULL && !json_has_object(q.args, NULL)) {
		exchange_fail(x, x->modern ? 400 : 200, RPC_PARAMS,
		    "params.arguments has to be an object");
		return;
	}
	log_info("mcp_asked", "key %s asked %s", x->mcp->key, tools[i].name);
	call_in_turn(x, &tools[i], &q);
}
