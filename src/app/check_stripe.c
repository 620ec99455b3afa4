/* SPDX-License-Identifier: MIT */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "net/form.h"
#include "stripe/client.h"

#include "app/check_stripe.h"

#define NOT_ALLOWED	403
#define CLOCK_SKEW_S	60

void
well(struct asking *q, const char *text)
{
	say_well(q->c, "stripe", "%s", text);
}

void
wrong(struct asking *q, const char *detail, const char *hint,
    const char *format, ...)
{
	char problem[SENTENCE];
	const struct fault fault = { "stripe", problem, detail, hint };
	va_list args;

	va_start(args, format);
	(void)vsnprintf(problem, sizeof(problem), format, args);
	va_end(args);
	say_wrong(q->c, &fault);
}

static void
look_at_clock(struct asking *q, const struct stripe_reply *r)
{
	const int64_t skew = r->date <= 0 ? 0 :
	    (int64_t)r->date - (int64_t)clock_now();

	q->dated |= r->date > 0;
	if (llabs(skew) > llabs(q->skew_s))
		q->skew_s = skew;
}

/* The signature of an event is good for five minutes. */
void
check_clock(struct asking *q)
{
	char span[CLOCK_SPAN];

	if (!q->dated)
		return;
	if (llabs(q->skew_s) <= CLOCK_SKEW_S)
		well(q, "its clock and this machine's agree");
	else
		wrong(q, "events whose signature seems to be older than five"
		    " minutes, or to come from the future, are refused", "look"
		    " at \"timedatectl\": is the time set by the network?",
		    "this machine's clock is %s %s Stripe's",
		    clock_span(llabs(q->skew_s), span),
		    q->skew_s > 0 ? "behind" : "before");
}

enum err
ask(struct asking *q, const char *what, const char *path,
    struct stripe_reply *r)
{
	char text[SENTENCE];
	enum err e;

	memset(r, 0, sizeof(*r));
	if (q->away)
		return ERR_LATER;
	e = stripe_get(q->stripe, path, r);
	look_at_clock(q, r);
	if (e == ERR_OK || e == ERR_NOTFOUND)
		return e;
	if (r->status == NOT_ALLOWED) {
		(void)snprintf(text, sizeof(text), "%s: not looked at, the key"
		    " may not read it", what);
		well(q, text);
		q->denied = 1;
		return ERR_DENIED;
	}
	q->away = e == ERR_LATER;
	wrong(q, r->message[0] == '\0' ? "the line above says why" :
	    r->message, "look at [stripe] api_base and the network, then run"
	    " this again; with --offline Stripe is not asked",
	    "%s: Stripe did not answer what was asked", what);
	return e;
}

void
ask_path(struct buf *b, const char *before, const char *id, const char *after)
{
	buf_init(b, PATH_LEN);
	buf_text(b, before);
	form_escape(b, id);
	buf_text(b, after);
}

void
check_stripe(struct checkup *c, struct app *a)
{
	struct asking q = { .c = c, .stripe = a->stripe };

	check_permissions(&q, a->conf);
	check_plans(&q);
	check_portal(&q);
	check_endpoints(&q);
	check_clock(&q);
}
