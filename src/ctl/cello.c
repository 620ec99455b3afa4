/* SPDX-License-Identifier: MIT */

/* endpin cello: what only a person can know of who was told what, and who. */

#include <stdio.h>
#include <stdlib.h>

#include "account/account.h"
#include "app/app.h"
#include "app/config.h"
#include "app/desk.h"
#include "app/join_organization.h"
#include "app/resolve_fact.h"
#include "base/text.h"
#include "ledger/credit.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/open.h"
#include "ctl/errand_print.h"
#include "ctl/say.h"

#define HELD_MOST	1000
#define REWARDS_USUAL	50

static enum err
find_held(struct app *a, struct desk_row **ret_rows, size_t *ret_count)
{
	const struct desk_wish wish = { .kind = &fact_errands,
	    .state = "attended", .most = HELD_MOST };

	return desk_list(a, &wish, ret_rows, ret_count);
}

/* endpin cello held [--json] */
static int
held(const struct ctl *t)
{
	const int json = args_json(t);
	struct desk_row *rows;
	struct app *a;
	size_t count;
	enum err e;

	if (json < 0)
		return CTL_USAGE;
	if ((a = open_app(t, "endpin cello")) == NULL)
		return CTL_WRONG;
	if ((e = find_held(a, &rows, &count)) != ERR_OK) {
		app_close(a);
		return say_no_database(e);
	}
	if (json)
		errand_print_json(rows, count);
	else if (count == 0)
		printf("nothing is held\n");
	else {
		errand_print_table(rows, count);
		printf("\nLook for each in the event feed of Cello's portal;"
		    " then\n    endpin cello resolve ID told     it is there\n"
		    "    endpin cello resolve ID again    it is not: tell it\n"
		    "    endpin cello resolve ID never    it is not to be told\n");
	}
	free(rows);
	app_close(a);
	return CTL_OK;
}

static const struct {
	const char	*word;
	enum fact_end	 end;
	const char	*said;
} ends[] = {
	{ "told", FACT_IS_TOLD, "Cello has it; what comes after it goes on" },
	{ "again", FACT_AGAIN, "it is told again" },
	{ "never", FACT_NEVER, "it is not told; what comes after it goes on" }
};

static int
resolve_one(struct app *a, const char *id, size_t i)
{
	char plain[ERRAND_ID];
	enum err e = resolve_fact(a, id, ends[i].end);

	if (e == ERR_OK) {
		printf("%s: %s\n", say_plain(id, plain, sizeof(plain)),
		    ends[i].said);
		return CTL_OK;
	}
	if (e != ERR_NOTFOUND)
		return say_no_database(e);
	fprintf(stderr, "endpin: %s is not held\nhint: \"endpin cello held\""
	    " lists what is; \"endpin errands --kind fact\" all that Cello has"
	    " not been told\n", say_plain(id, plain, sizeof(plain)));
	return CTL_WRONG;
}

static int
resolve_all(struct app *a, size_t i)
{
	struct desk_row *rows;
	size_t count, n;
	int status = CTL_OK;
	enum err e;

	if ((e = find_held(a, &rows, &count)) != ERR_OK)
		return say_no_database(e);
	for (n = 0; n < count && status == CTL_OK; n++)
		status = resolve_one(a, rows[n].row.id, i);
	if (count == HELD_MOST)
		printf("there may be more: run it again\n");
	free(rows);
	return status;
}

/* endpin cello resolve ID | --all told | again | never */
static int
resolve(const struct ctl *t)
{
	int all = 0, status;
	const struct arg_option options[] = {
		{ "all", ARG_FLAG, &all, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .least = 1, .most = 2 };
	struct app *a;
	size_t i = 0;

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	while (i < NELEM(ends) && !text_equal(ends[i].word,
	    words.word[words.count - 1]))
		i++;
	if (i == NELEM(ends) || words.count != (all ? 1 : 2)) {
		fprintf(stderr, "endpin: cello resolve: what became of what?\n"
		    "hint: \"endpin cello resolve ID told\", or again, or"
		    " never; --all in place of ID means all that are held\n");
		return CTL_USAGE;
	}
	if ((a = open_app(t, "endpin cello")) == NULL)
		return CTL_WRONG;
	status = all ? resolve_all(a, i) : resolve_one(a, words.word[0], i);
	app_close(a);
	return status;
}

static int
say_organization(struct app *a, const char *email, const char *other)
{
	struct membership m;
	enum err e = other == NULL ? find_organization(a, email, &m) :
	    join_organization(a, email, other, &m);

	if (e == ERR_NOTFOUND)
		return say_no_account("cello");
	if (e != ERR_OK)
		return say_no_database(e);
	printf("%s is of the organization %s, whose first account is %s\n",
	    m.account, m.organization, m.first);
	if (other != NULL)
		printf("\"endpin stripe adopt\" tells Stripe, where"
		    " [cello] attribution is organization\n");
	return CTL_OK;
}

/* endpin cello organization EMAIL [--join EMAIL] */
static int
organization(const struct ctl *t)
{
	const char *other = NULL;
	const struct arg_option options[] = {
		{ "join", ARG_TEXT, &other, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .least = 1, .most = 1 };
	struct app *a;
	int status;

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	if ((a = open_app(t, "endpin cello")) == NULL)
		return CTL_WRONG;
	status = say_organization(a, words.word[0], other);
	app_close(a);
	return status;
}

static void
print_reward(const struct credit_row *x, int is_first)
{
	char user[CREDIT_ID], reward[CREDIT_ID];

	if (is_first)
		printf("%-20s  %10s  %-36s  %-24s  %s\n", "TOLD", "CREDITS",
		    "USER", "REWARD", "BALANCE");
	printf("%-20s  %10lld  %-36s  %-24s  ", x->told,
	    (long long)x->amount, say_plain(x->user, user, sizeof(user)),
	    say_plain(x->reward, reward, sizeof(reward)));
	if (!x->is_known)
		printf("(nobody's)\n");
	else if (x->value == 0)
		printf("-\n");
	else
		printf("%lld %s %s%s\n", (long long)x->value, x->currency,
		    x->call[0] == '\0' ? "not booked yet" :
		    "by call ", x->call);
}

static int
print_rewards(struct app *a, const char *email, int most)
{
	struct credit_row *rows;
	struct account who;
	size_t count, i;
	enum err e = ERR_OK;

	if (email != NULL)
		e = account_find(a->db, email, &who, NULL, 0);
	if (e == ERR_NOTFOUND)
		return say_no_account("cello");
	if (e == ERR_OK)
		e = credit_list(a->db, email == NULL ? NULL : who.id, most,
		    &rows, &count);
	if (e != ERR_OK)
		return say_no_database(e);
	if (count == 0)
		printf("no reward in credits came\n");
	for (i = 0; i < count; i++)
		print_reward(&rows[i], i == 0);
	free(rows);
	return CTL_OK;
}

/* endpin cello rewards [EMAIL] [--limit N] */
static int
rewards(const struct ctl *t)
{
	int64_t most = REWARDS_USUAL;
	const struct arg_option options[] = {
		{ "limit", ARG_NUMBER, &most, HELD_MOST },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = 1 };
	struct app *a;
	int status;

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	if ((a = open_app(t, "endpin cello")) == NULL)
		return CTL_WRONG;
	status = print_rewards(a, words.count > 0 ? words.word[0] : NULL,
	    (int)most);
	app_close(a);
	return status;
}

static const struct arg_part parts[] = {
	{ "attribute", ctl_attribute },
	{ "code", ctl_cello_ask },
	{ "doubts", ctl_doubts },
	{ "forget", ctl_cello_ask },
	{ "held", held },
	{ "link", ctl_cello_ask },
	{ "organization", organization },
	{ "resolve", resolve },
	{ "reward", ctl_cello_ask },
	{ "rewards", rewards },
	{ "trust", ctl_trust },
	{ NULL, NULL }
};

int
ctl_cello(const struct ctl *t)
{
	return args_part(t, parts, "what is to be done?");
}
