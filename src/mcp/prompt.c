/* SPDX-License-Identifier: MIT */

/*
 * What people ask once the program is live, by docs.cello.so/mcp/developers/
 * prompts, and what a coding agent begins with.
 */

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"

#include "mcp/exchange.h"

#define ARGUMENT	1000	/* bytes */
#define TEXT		8192

/* "{}" in the text is the argument, or `instead`. */
static const struct prompt {
	const char	*name;
	const char	*title;
	const char	*about;
	const char	*argument;	/* its only one; NULL: none */
	const char	*argument_about;
	const char	*instead;	/* where it was not given */
	const char	*text;
} prompts[] = {
	{ "integration_working", "Is my Cello integration working?",
	    "Checks the four components and what they share.",
	    NULL, NULL, NULL,
	    "Is my Cello integration working? Call integration_status. Begin"
	    " with \"Integration health: X/4\". Then, for each component that"
	    " has findings of kind wrong or warning, and for the surroundings:"
	    " what is happening, the likely cause, the fix, in the words of the"
	    " finding. Findings of kind wait are no fault: say in one sentence"
	    " what is still to come, or that there is little traffic. End with"
	    " the next step." },
	{ "verify_setup", "I just finished the setup; verify it",
	    "A health check that names what has had no event yet.",
	    NULL, NULL, NULL,
	    "I have just finished setting up Cello with endpin. Verify it: call"
	    " integration_status and events. Name each component that was never"
	    " seen, what would make it be seen (a test signup with a referral"
	    " link, a test purchase), and each finding of kind wrong with its"
	    " fix. Then list the steps that are not done, the next first." },
	{ "rewards_not_triggered", "Why are no rewards triggered?",
	    "Health first, then the events and one customer's story.",
	    "who", "an e-mail address or a Stripe id of somebody whose referral"
	    " should have led to a reward", "a customer whom I name if you ask",
	    "Why are my referral rewards not being triggered? First call"
	    " integration_status. Then always call events too, and look for"
	    " invoice.paid and for errors. Then call explain for {}. Name the"
	    " exact field that is missing or wrong, the cause that explain puts"
	    " first, and its fix; look the fix up with docs if it needs more"
	    " words. If nothing is wrong, say what takes its time (a reward can"
	    " take a day and more, after auto-attribution a week) and what only"
	    " Cello's portal can show." },
	{ "webhooks_received", "Are my Stripe webhook events received?",
	    "The last events, and how far each has got.",
	    NULL, NULL, NULL,
	    "Are my Stripe webhook events being received? Call events with a"
	    " limit of 50. Say when the last one came, which types came and"
	    " which of those that endpin needs did not, and each whose errand"
	    " is not done, with its lastError. Then call integration_status and"
	    " say what its purchases and signups components say of the two"
	    " webhook endpoints, ours and Cello's." },
	{ "signups_not_attributed", "Signups are not attributed",
	    "Whether the code arrives with signups, and reaches Stripe.",
	    "who", "an e-mail address of somebody who came by a referral link",
	    "somebody who came by a link, whom I name if you ask",
	    "My signups are not being attributed. Call integration_status and"
	    " look at the components attribution and signups: does a code (ucc)"
	    " arrive with signups, and does the customer at Stripe carry"
	    " cello_ucc and new_user_id? Call events for type customer.created"
	    " and customer.updated: which of their fields are missing or"
	    " malformed? Then call explain for {}: is there a"
	    " referral, from which source, and which field is wrong? Name the"
	    " fix." },
	{ "webhook_events_needed", "What Stripe events does Cello need?",
	    "The ten events, from the guides.",
	    NULL, NULL, NULL,
	    "What Stripe webhook events does Cello need? Call docs and search"
	    " for the events of Cello's webhook endpoint; list all ten, and say"
	    " with which command of endpin the endpoint is made and checked."
	    " Then call integration_status and say whether one is missing"
	    " here." },
	{ "improve_program", "How can I improve my referral program?",
	    "Advice with figures, the weakest part first.",
	    NULL, NULL, NULL,
	    "How can I improve my referral program? Call recommendations and"
	    " program_metrics. Begin with the weakest area and why, with the"
	    " figures of those who were referred and of the others; then the"
	    " pending tasks in their order, with effort and published figure;"
	    " then those that only I can say. Keep to what the answers"
	    " have." },
	{ "add_user_referrals", "Add user referrals to my product",
	    "For a coding agent: a plan first, then the work, then the checks.",
	    "product", "what the product is made of, and where its code is",
	    "the product in this working directory",
	    "Add user referrals with Cello and endpin to {}. Read"
	    " guide/agents.md with the docs tool first, all of it, and what it"
	    " points to. Then make a plan and show it to me before you change"
	    " anything. It covers: (1) where the component is initialised and"
	    " how logged-in users are authenticated for it, and that it is shut"
	    " down at logout; (2) where the button is placed, with the reward"
	    " in its label and a text where there is none; (3) how the code of"
	    " a link reaches the signup, from every public page; (4) how"
	    " signups and purchases are told to Cello, by which of the two"
	    " ways; (5) how each of these is tested. Keys and secrets stay on"
	    " the server, in files that endpin names. After the work call"
	    " integration_status: you are done when no finding is wrong and the"
	    " next step is \"launch\", or when you have told me what only a"
	    " person can do." }
};

static void
put_prompt(struct json_writer *w, const struct prompt *p)
{
	json_open(w, NULL);
	json_put_text(w, "name", p->name);
	json_put_text(w, "title", p->title);
	json_put_text(w, "description", p->about);
	if (p->argument != NULL) {
		json_open_array(w, "arguments");
		json_open(w, NULL);
		json_put_text(w, "name", p->argument);
		json_put_text(w, "description", p->argument_about);
		json_put_bool(w, "required", 0);
		json_close(w);
		json_close_array(w);
	}
	json_close(w);
}

void
prompts_list(struct exchange *x)
{
	size_t i;

	exchange_open(x);
	json_open_array(&x->w, "prompts");
	for (i = 0; i < NELEM(prompts); i++)
		put_prompt(&x->w, &prompts[i]);
	json_close_array(&x->w);
	exchange_keep(x);
	exchange_close(x);
}

static void
fill_in(const struct prompt *p, const char *argument, struct buf *out)
{
	const char *gap = strstr(p->text, "{}");

	if (gap == NULL) {
		buf_text(out, p->text);
		return;
	}
	buf_add(out, p->text, (size_t)(gap - p->text));
	buf_text(out, argument == NULL ? p->instead : argument);
	buf_text(out, gap + 2);
}

static void
put_message(struct exchange *x, const struct prompt *p, const char *argument)
{
	struct buf text;

	buf_init(&text, TEXT);
	fill_in(p, argument, &text);
	exchange_open(x);
	json_put_text(&x->w, "description", p->about);
	json_open_array(&x->w, "messages");
	json_open(&x->w, NULL);
	json_put_text(&x->w, "role", "user");
	json_open(&x->w, "content");
	json_put_text(&x->w, "type", "text");
	json_put_text(&x->w, "text", text.data);
	json_close(&x->w);
	json_close(&x->w);
	json_close_array(&x->w);
	exchange_close(x);
	buf_done(&text);
}

/* NULL: it has none. */
static const char *
argument_of(const struct exchange *x, const struct prompt *p)
{
	return p->argument == NULL ? NULL : json_text(json_member(
	    json_at(x->params, "arguments"), p->argument), NULL);
}

void
prompts_get(struct exchange *x)
{
	const char *name = exchange_name(x), *argument;
	size_t i = 0;

	if (name == NULL)
		return;
	while (i < NELEM(prompts) && !text_equal(prompts[i].name, name))
		i++;
	if (i == NELEM(prompts)) {
		exchange_fail(x, x->modern ? 400 : 200, RPC_PARAMS,
		    "there is no such prompt");
		return;
	}
	argument = argument_of(x, &prompts[i]);
	if (argument != NULL && strlen(argument) > ARGUMENT)
		exchange_fail(x, x->modern ? 400 : 200, RPC_PARAMS,
		    "this argument is too long");
	else
		put_message(x, &prompts[i], argument);
}
