/* SPDX-License-Identifier: MIT */

/* endpin cello code, link, reward, forget: what Cello says, and is asked to. */

#include <stdio.h>

#include "account/account.h"
#include "app/app.h"
#include "app/ask_cello.h"
#include "app/attribute.h"
#include "app/config.h"
#include "base/json.h"
#include "base/text.h"
#include "http/duty.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/say.h"

#define PLAIN	512

struct question {
	const struct ctl	*ctl;
	struct app		*a;
	const char		*word;		/* as it was typed */
	char			 id[TEXT_UUID];	/* the account's */
	struct cello_reply	 reply;		/* owned */
};

/* --- what is said --- */

static const char *
plain(const struct json *body, const char *member, char ret[PLAIN])
{
	return say_or_dash(say_plain(json_text(body, member) == NULL ? "" :
	    json_text(body, member), ret, PLAIN));
}

static int
say_code(const struct question *q)
{
	char user[PLAIN], campaign[PLAIN];

	if (!json_yes(q->reply.body, "valid")) {
		printf("Cello knows no such code, or it is not valid any"
		    " more\n");
		return CTL_WRONG;
	}
	printf("valid, of user %s, campaign %s\n",
	    plain(q->reply.body, "productUserId", user),
	    plain(q->reply.body, "campaignId", campaign));
	return CTL_OK;
}

static int
say_link(const struct question *q)
{
	char link[PLAIN];

	if (text_empty(json_text(q->reply.body, "link"))) {
		printf("they have no link: it is made when Cello's component"
		    " first boots for them\n");
		return CTL_WRONG;
	}
	printf("%s\n", plain(q->reply.body, "link", link));
	return CTL_OK;
}

/* Either number may be null, and the whole of it. */
static int
say_reward(const struct question *q)
{
	const struct json *body = q->reply.body;
	int64_t percent = 0, months = 0;
	char ucc[PLAIN];

	if (!json_yes(body, "eligible")) {
		printf("no discount: Cello does not say why; \"endpin explain"
		    " %s\" looks for it\n", q->word);
		return CTL_WRONG;
	}
	if (json_int(body, "reward.percentage", &percent) == ERR_OK)
		printf("%lld%%", (long long)percent);
	else
		printf("a discount");
	if (json_int(body, "reward.intervalCount", &months) == ERR_OK)
		printf(" for %lld months", (long long)months);
	printf(", by the code %s\n", plain(body, "referralUcc", ucc));
	return CTL_OK;
}

static int
say_forgotten(const struct question *q)
{
	printf("Cello has made %s nobody; that cannot be taken back\n",
	    q->id);
	return CTL_OK;
}

static const struct asked {
	const char		*name;
	enum cello_route	 route;
	int			 of_account;	/* the word is an address */
	int			 for_ever;	/* only with --yes */
	int			(*say)(const struct question *q);
} asked[] = {
	{ "code", CELLO_CODE, 0, 0, say_code },
	{ "link", CELLO_LINK, 1, 0, say_link },
	{ "reward", CELLO_REWARD, 1, 0, say_reward },
	{ "forget", CELLO_DEPERSONALIZE, 1, 1, say_forgotten }
};

/* --- asking --- */

/* Who is new in Cello's eyes may be their organization. */
static int
find_account(struct question *q, int as_newcomer)
{
	struct attribution by;
	struct account who;
	enum err e = account_find(q->a->db, q->word, &who, NULL, 0);

	if (e == ERR_OK)
		e = attribute(q->a->db, q->ctl->conf, who.id, &by);
	if (e == ERR_NOTFOUND)
		return say_no_account("cello");
	if (e != ERR_OK)
		return say_no_database(e);
	(void)snprintf(q->id, sizeof(q->id), "%s", as_newcomer ? by.newcomer :
	    who.id);
	return CTL_OK;
}

static int
ask(struct question *q, const struct asked *what)
{
	const struct cello_request r = { .route = what->route,
	    .id = what->of_account ? q->id : q->word };
	char why[PLAIN];
	enum err e = ask_cello(q->a, &r, &q->reply);

	if (e == ERR_OK)
		return what->say(q);
	if (e == ERR_NOTFOUND) {
		printf("Cello does not know them\n");
		return CTL_WRONG;
	}
	if (q->reply.status != 0)
		fprintf(stderr, "endpin: Cello answered %d: %s\n",
		    q->reply.status,
		    say_plain(q->reply.message, why, sizeof(why)));
	return say_could_not("ask Cello", e, "the line above says why; are"
	    " [cello] environment, access_key_id and its file of one"
	    " environment?");
}

static int
run(struct question *q, const struct asked *what)
{
	static const struct app_role role = { .name = "endpin cello",
	    .duties = DUTY_CELLO, .doorbell = -1 };
	int status = CTL_OK;

	if ((q->a = app_open(q->ctl->conf, &role)) == NULL)
		return CTL_WRONG;
	if (q->a->cello == NULL) {
		fprintf(stderr, "endpin: Cello's API is not asked here\nhint:"
		    " set access_key_id and secret_access_key_file of"
		    " [cello]\n");
		status = CTL_WRONG;
	} else if (what->of_account)
		status = find_account(q, what->route == CELLO_REWARD);
	if (status == CTL_OK)
		status = ask(q, what);
	cello_reply_done(&q->reply);
	app_close(q->a);
	return status;
}

/* endpin cello code UCC, and link, reward and forget EMAIL. */
int
ctl_cello_ask(const struct ctl *t)
{
	int yes = 0;
	const struct arg_option options[] = {
		{ "yes", ARG_FLAG, &yes, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .least = 1, .most = 1 };
	struct question q = { .ctl = t };
	size_t i = 0;

	while (i < NELEM(asked) && !text_equal(asked[i].name, t->argv[0]))
		i++;
	if (!args_take(t, asked[i].for_ever ? options : options + 1, &words))
		return CTL_USAGE;
	if (asked[i].for_ever && !yes) {
		fprintf(stderr, "endpin: cello forget: that cannot be taken"
		    " back\nhint: with --yes it is done\n");
		return CTL_USAGE;
	}
	q.word = words.word[0];
	return run(&q, &asked[i]);
}
