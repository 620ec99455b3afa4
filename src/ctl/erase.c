/* SPDX-License-Identifier: MIT */

/* endpin erase: an account is no more, and what is left to be done. */

#include <stdio.h>

#include "account/account.h"
#include "app/app.h"
#include "app/erase.h"
#include "app/find_person.h"
#include "base/clock.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/open.h"
#include "ctl/say.h"

static void
print_time(const char *what, int64_t at, const char *else_what)
{
	char text[CLOCK_TEXT];

	clock_text((time_t)at, text);
	printf("  %-8s  %s\n", what, at == 0 ? else_what : text);
}

/* How far it is.  Dead and dropped somebody has to look after. */
static int
print_erasure(struct app *a, const char *id)
{
	struct erasure x;
	enum err e = erase_look(a, id, &x);
	char why[ERRAND_WHY];
	size_t i;

	if (e != ERR_OK)
		return say_no_database(e);
	printf("account %s is erased, by wish of the %s\n", id, x.by);
	print_time("asked", x.asked_at, "");
	print_time("closed", x.closed_at, "what it has at Stripe is ended"
	    " next");
	print_time("done", x.done_at, x.closed_at == 0 ? "after that" :
	    "a second look is to come");
	if (x.why[0] != '\0')
		printf("  %-8s  %s\n", x.state, say_plain(x.why, why,
		    sizeof(why)));
	printf("\nWhat stays:\n");
	for (i = 0; erase_kept[i].what != NULL; i++)
		printf("  %s:\n      %s\n", erase_kept[i].what,
		    erase_kept[i].why);
	return x.state[0] == 'd' && x.done_at == 0 ? CTL_WRONG : CTL_OK;
}

static int
run(struct app *a, const char *word, int yes)
{
	struct account who;
	int64_t since;
	enum err e = find_person(a->db, word, &who, &since);

	if (e == ERR_NOTFOUND)
		return say_nobody("erase");
	if (e == ERR_OK && !yes && !account_is_erased(&who)) {
		fprintf(stderr, "endpin: erase: account %s would be erased,"
		    " and that cannot be taken back\nhint: with --yes it is"
		    " done; \"endpin export\" shows what there is\n", who.id);
		return CTL_USAGE;
	}
	if (e == ERR_OK && yes)
		e = erase(a, who.id, ERASURE_OPERATOR);
	return e == ERR_OK ? print_erasure(a, who.id) :
	    say_could_not("write it down", e, SAY_SEE_CHECK);
}

/* endpin erase EMAIL|ID [--yes]: see endpin(1). */
int
ctl_erase(const struct ctl *t)
{
	int yes = 0, status;
	const struct arg_option options[] = {
		{ "yes", ARG_FLAG, &yes, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .least = 1, .most = 1 };
	struct app *a;

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	if ((a = open_app(t, "endpin erase")) == NULL)
		return CTL_WRONG;
	status = run(a, words.word[0], yes);
	app_close(a);
	return status;
}
