/* SPDX-License-Identifier: MIT */

/* endpin cello attribute: who referred somebody, said by hand. */

#include <stdio.h>

#include "app/app.h"
#include "app/attribute_to.h"
#include "base/text.h"
#include "http/duty.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/say.h"

static void
print_event(const char *event_id, const char *invoice_id, void *arg)
{
	int *lines = arg;

	if ((*lines)++ == 0)
		printf("What was paid before that has to be told once more: at"
		    " Stripe, Webhooks,\nCello's endpoint, resend\n");
	printf("  %s  invoice.paid of %s\n", event_id, invoice_id);
}

static int
say_told(struct app *a, const struct attribution_told *t)
{
	int lines = 0;
	enum err e;

	switch (t->how) {
	case ATTRIBUTE_NOBODY:
		return say_no_account("cello");
	case ATTRIBUTE_OTHERWISE:
		fprintf(stderr, "endpin: cello: account %s was referred by %s"
		    "\nhint: that stays so; \"endpin explain\" says what came"
		    " of it\n", t->account, t->ucc);
		return CTL_WRONG;
	case ATTRIBUTE_NOT_TOLD:
		fprintf(stderr, "endpin: cello: customer %s was not told: %s\n"
		    "hint: it is written here; \"endpin stripe adopt\" tells"
		    " Stripe when that is mended\n", t->adoption.customer,
		    t->adoption.why[0] == '\0' ? "it is gone, or busy" :
		    t->adoption.why);
		return CTL_WRONG;
	case ATTRIBUTED_HERE:
		fprintf(stderr, "endpin: cello: account %s has no customer at"
		    " Stripe to be told yet\nhint: it is written here; run it"
		    " again when there is one\n", t->account);
		return CTL_WRONG;
	case ATTRIBUTED_BY_API:
		printf("account %s is referred by %s; Cello is told by its"
		    " API\n", t->account, t->ucc);
		return CTL_OK;
	case ATTRIBUTED:
		break;
	}
	printf("account %s is referred by %s, and customer %s says so\n",
	    t->account, t->ucc, t->adoption.customer);
	e = attribute_events(a, t->account, print_event, &lines);
	return e == ERR_OK ? CTL_OK : say_could_not("look for what was paid",
	    e, SAY_SEE_CHECK);
}

/* endpin cello attribute EMAIL UCC */
int
ctl_attribute(const struct ctl *t)
{
	const struct app_role role = { .name = "endpin cello",
	    .duties = DUTY_STRIPE, .doorbell = -1 };
	const struct arg_option options[] = { { NULL, ARG_FLAG, NULL, 0 } };
	struct arg_words words = { .least = 2, .most = 2 };
	struct attribution_told told;
	struct app *a;
	int status;
	enum err e;

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	if (!ucc_ok(words.word[1]))
		return say_problem(CTL_USAGE, "cello", "that is not a code",
		    "it is the tail of a referral link: 11 letters and"
		    " digits");
	if ((a = app_open(t->conf, &role)) == NULL)
		return CTL_WRONG;
	e = attribute_to(a, words.word[0], words.word[1], &told);
	status = e == ERR_OK ? say_told(a, &told) : say_could_not("tell"
	    " Stripe who referred them", e, "\"endpin check\" says whether the"
	    " database and Stripe can be asked; then run it again");
	app_close(a);
	return status;
}
