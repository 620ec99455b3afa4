/* SPDX-License-Identifier: MIT */

/* endpin cello doubts, trust: what is held back, and no more. */

#include <stdio.h>
#include <stdlib.h>

#include "app/app.h"
#include "app/list_doubts.h"
#include "app/trust.h"
#include "base/text.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/open.h"
#include "ctl/say.h"

#define DOUBTS_USUAL	100

static const char *const doubt_words[] = {
	[DOUBT_CODE] = "Cello does not know the code",
	[DOUBT_OWN] = "it is their own code",
	[DOUBT_PERSON] = "the same mailbox",
	[DOUBT_CUSTOMER] = "the same customer at Stripe",
	[DOUBT_CARD] = "the same card"
};

static int
print_doubts(struct app *a, size_t most)
{
	struct doubted *list;
	size_t count, i;
	enum err e = list_doubts(a, most, &list, &count);

	if (e != ERR_OK)
		return say_no_database(e);
	if (count == 0)
		printf("nothing speaks against the newest %zu referrals\n",
		    most);
	else
		printf("%-36s  %-11s  %s\n", "ACCOUNT", "CODE", "WHY");
	for (i = 0; i < count; i++)
		printf("%s  %s  %s\n", list[i].account, list[i].ucc,
		    doubt_words[list[i].doubt]);
	free(list);
	return CTL_OK;
}

/* endpin cello doubts [--limit N] */
int
ctl_doubts(const struct ctl *t)
{
	int64_t most = DOUBTS_USUAL;
	const struct arg_option options[] = {
		{ "limit", ARG_NUMBER, &most, DOUBTS_MOST },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = 0 };
	struct app *a;
	int status;

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	if ((a = open_app(t, "endpin cello")) == NULL)
		return CTL_WRONG;
	status = print_doubts(a, (size_t)most);
	app_close(a);
	return status;
}

static int
say_trust(struct app *a, const char *email, int trusted)
{
	struct trust_told told;
	enum err e = trust(a, email, trusted, &told);

	if (e == ERR_NOTFOUND)
		return say_no_account("cello");
	if (e != ERR_OK)
		return say_no_database(e);
	if (told.ucc[0] == '\0') {
		fprintf(stderr, "endpin: cello: account %s was not referred\n"
		    "hint: \"endpin cello attribute EMAIL UCC\" says by whom\n",
		    told.account);
		return CTL_WRONG;
	}
	if (trusted && told.doubt != DOUBT_NONE) {
		fprintf(stderr, "endpin: cello: account %s is trusted, and its"
		    " referral by %s brings nothing all the same: %s\n",
		    told.account, told.ucc, doubt_words[told.doubt]);
		return CTL_WRONG;
	}
	printf("account %s and whoever has the code %s are %s\n", told.account,
	    told.ucc, trusted ? "two people: the referral brings what it"
	    " promises; what Cello finds, its portal shows" :
	    "compared again");
	return CTL_OK;
}

/* endpin cello trust EMAIL [--undo] */
int
ctl_trust(const struct ctl *t)
{
	int undo = 0, status;
	const struct arg_option options[] = {
		{ "undo", ARG_FLAG, &undo, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .least = 1, .most = 1 };
	struct app *a;

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	if ((a = open_app(t, "endpin cello")) == NULL)
		return CTL_WRONG;
	status = say_trust(a, words.word[0], !undo);
	app_close(a);
	return status;
}
