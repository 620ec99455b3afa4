/* SPDX-License-Identifier: MIT */

/*
 * endpin errands: what is to be done, for people; and of it those of one kind,
 * endpin objects and endpin calls, where the kind need not be said.
 */

#include <stdio.h>
#include <stdlib.h>

#include "app/app.h"
#include "app/config.h"
#include "app/desk.h"
#include "app/read_object.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "stripe/kind.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/open.h"
#include "ctl/errand_print.h"
#include "ctl/say.h"

#define LIST_DEFAULT	100
#define LIST_MOST	10000
#define RETRY_MOST	100000	/* at once; then it is run again */
#define HINT_LEN	1024
#define PROGRESS_US	2000000

/* What was asked for. */
struct request {
	const struct ctl	*ctl;
	const char		*only;		/* this kind; NULL: any */
	struct app		*a;
	const char		*kind_name;
	const char		*state;
	const char		*id;
	int64_t			 limit;
	int			 json;
	int			 all;
	const struct errand_kind *kind;
	int64_t			 told_us;	/* progress, the last time */
};

#define PROBLEM		256

static int
complain(const char *what, const char *problem, const char *hint)
{
	char both[PROBLEM];

	(void)snprintf(both, sizeof(both), "%s %s", what, problem);
	return say_problem(CTL_USAGE, "errands", both, hint);
}

static int
complain_kind(const char *name)
{
	const struct errand_kind *kind;
	struct buf hint;
	size_t i;
	int status;

	buf_init(&hint, HINT_LEN);
	buf_text(&hint, "the kinds are");
	for (i = 0; (kind = desk_kind_at(i)) != NULL; i++)
		buf_format(&hint, "%s %s", i == 0 ? "" : ",", kind->name);
	status = complain(name, "is no kind of errand", hint.data);
	buf_done(&hint);
	return status;
}

/* Is what was said of kind and state known?  CTL_OK: yes. */
static int
judge(struct request *q)
{
	if (q->kind_name != NULL &&
	    (q->kind = desk_kind(q->kind_name)) == NULL)
		return complain_kind(q->kind_name);
	if (q->state != NULL && !desk_state_ok(q->state))
		return complain(q->state, "is no state", "the states are"
		    " waiting, attended, parked, done, dead and dropped");
	return CTL_OK;
}

static int
request_open(struct request *q)
{
	q->a = open_app(q->ctl, "endpin errands");
	return q->a != NULL ? CTL_OK : CTL_WRONG;
}

static int
print_list(const struct request *q, const struct desk_row *rows, size_t count)
{
	if (q->json) {
		errand_print_json(rows, count);
		return count > 0 ? CTL_OK : CTL_WRONG;
	}
	if (count > 0)
		errand_print_table(rows, count);
	else
		printf("there is no such errand\n");
	if (count == (size_t)q->limit)
		printf("(no more than %lld are shown; --limit says how"
		    " many)\n", (long long)q->limit);
	if (errand_print_counts(q->a, q->kind) != ERR_OK)
		return say_no_database(ERR_LATER);
	return count > 0 ? CTL_OK : CTL_WRONG;
}

static int
list(struct request *q)
{
	const struct arg_option options[] = {
		{ "kind", ARG_TEXT, &q->kind_name, 0 },
		{ "state", ARG_TEXT, &q->state, 0 },
		{ "id", ARG_TEXT, &q->id, 0 },
		{ "limit", ARG_NUMBER, &q->limit, LIST_MOST },
		{ "json", ARG_FLAG, &q->json, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = 0 };
	struct desk_wish wish;
	struct desk_row *rows;
	size_t count;
	int status;
	enum err e;

	q->limit = LIST_DEFAULT;
	if (!args_take(q->ctl, options + (q->only != NULL), &words))
		return CTL_USAGE;
	if ((status = judge(q)) != CTL_OK ||
	    (status = request_open(q)) != CTL_OK)
		return status;
	wish = (struct desk_wish){ .kind = q->kind, .state = q->state,
	    .id = q->id, .most = (int)q->limit };
	if ((e = desk_list(q->a, &wish, &rows, &count)) != ERR_OK)
		return say_no_database(e);
	status = print_list(q, rows, count);
	free(rows);
	return status;
}

/* What names one: "KIND ID", or "ID" where the kind is said. */
static size_t
names(const struct request *q)
{
	return q->only == NULL ? 2 : 1;
}

/* The one that is named; CTL_OK: it is there. */
static int
find(struct request *q, const struct arg_words *words,
    struct errand_row *ret_row)
{
	char id[ERRAND_ID];
	int status;
	enum err e;

	if (q->only == NULL)
		q->kind_name = words->word[0];
	if ((status = judge(q)) != CTL_OK ||
	    (status = request_open(q)) != CTL_OK)
		return status;
	e = desk_find(q->a, q->kind, words->word[words->count - 1], ret_row);
	if (e == ERR_OK)
		return CTL_OK;
	if (e != ERR_NOTFOUND)
		return say_no_database(e);
	fprintf(stderr, "endpin: there is no %s %s\n"
	    "hint: \"endpin errands --kind %s\" lists them; what was settled"
	    " long ago is deleted\n", q->kind->name,
	    say_plain(words->word[words->count - 1], id, sizeof(id)),
	    q->kind->name);
	return CTL_WRONG;
}

static int
show(struct request *q)
{
	const struct arg_option options[] = {
		{ "json", ARG_FLAG, &q->json, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .least = names(q), .most = names(q) };
	struct errand_fact *facts;
	struct errand_row row;
	size_t count;
	int status;
	enum err e;

	if (!args_take(q->ctl, options, &words))
		return CTL_USAGE;
	if ((status = find(q, &words, &row)) != CTL_OK)
		return status;
	e = desk_show(q->a, q->kind, &row, &facts, &count);
	if (e != ERR_OK)
		return say_no_database(e);
	if (q->json)
		errand_print_facts_json(q->kind, facts, count);
	else
		errand_print_facts(q->kind, facts, count);
	free(facts);
	return CTL_OK;
}

static void
say_when(const struct request *q)
{
	const int poll = q->ctl->conf->courier.poll;
	char span[CLOCK_SPAN];

	printf("couriers find %s when they look, at most %s from now"
	    " ([courier] poll)\n", q->all ? "them" : "it",
	    clock_span(poll, span));
}

/* What stands in the way of changing it. */
static int
say_refused(const struct request *q, const struct errand_row *row, enum err e,
    const char *what)
{
	if (e == ERR_CONFLICT)
		fprintf(stderr, "endpin: %s %s was not brought back: something"
		    " newer has taken its place, such as another call for the"
		    " same customer\n"
		    "hint: nothing is missing; \"endpin errands drop %s %s\""
		    " ends this one\n", q->kind->name, row->id, q->kind->name,
		    row->id);
	else if (e == ERR_NOTFOUND)
		fprintf(stderr, "endpin: there is nothing to %s: %s %s is %s\n"
		    "hint: \"endpin errands show %s %s\" says more\n", what,
		    q->kind->name, row->id, row->state, q->kind->name,
		    row->id);
	else
		return say_no_database(e);
	return CTL_WRONG;
}

static int
retry_one(struct request *q, const struct arg_words *words)
{
	struct errand_row row;
	int status;
	enum err e;

	if ((status = find(q, words, &row)) != CTL_OK)
		return status;
	if ((e = desk_retry(q->a, q->kind, &row)) != ERR_OK)
		return say_refused(q, &row, e, "bring back");
	printf("brought back %s %s: it is due now\n", q->kind->name, row.id);
	say_when(q);
	return CTL_OK;
}

static void
tell_progress(const struct desk_tally *t, void *arg)
{
	struct request *q = arg;
	const int64_t now = clock_mono_us();

	if (now - q->told_us < PROGRESS_US)
		return;
	q->told_us = now;
	fprintf(stderr, "endpin: %lld of %lld\n",
	    (long long)(t->revived + t->taken + t->gone),
	    (long long)t->found);
}

static int
say_tally(const struct request *q, const struct desk_tally *t)
{
	printf("brought back %lld of %lld that are %s\n",
	    (long long)t->revived, (long long)t->found, q->state);
	if (t->taken > 0)
		printf("%lld stay as they are: something newer has taken"
		    " their place, so nothing is missing\n",
		    (long long)t->taken);
	if (t->more)
		printf("there may be more: run it again\n");
	if (t->revived > 0)
		say_when(q);
	return t->revived > 0 && t->taken == 0 ? CTL_OK : CTL_WRONG;
}

static int
retry_all(struct request *q)
{
	struct desk_tally t = { .progress = tell_progress, .arg = q };
	struct desk_wish wish;
	int status;
	enum err e;

	if (q->state == NULL)
		q->state = "dead";
	if ((status = judge(q)) != CTL_OK)
		return status;
	if (text_equal(q->state, "done") || text_equal(q->state, "attended"))
		return complain(q->state, "errands cannot be brought back",
		    "those that can are dead, parked, dropped or waiting");
	if ((status = request_open(q)) != CTL_OK)
		return status;
	wish = (struct desk_wish){ .kind = q->kind, .state = q->state,
	    .most = RETRY_MOST };
	q->told_us = clock_mono_us();
	e = desk_retry_all(q->a, &wish, &t);
	status = say_tally(q, &t);
	return e == ERR_OK ? status :
	    say_no_database(e);
}

static int
retry(struct request *q)
{
	const struct arg_option options[] = {
		{ "kind", ARG_TEXT, &q->kind_name, 0 },
		{ "state", ARG_TEXT, &q->state, 0 },
		{ "all", ARG_FLAG, &q->all, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = names(q) };

	if (!args_take(q->ctl, options + (q->only != NULL), &words))
		return CTL_USAGE;
	if (q->all && words.count == 0)
		return retry_all(q);
	if (!q->all && words.count == names(q) && q->state == NULL &&
	    (q->only != NULL || q->kind_name == NULL))
		return retry_one(q, &words);
	return complain("retry", "wants to know which",
	    "\"endpin errands retry KIND ID\" or \"endpin errands retry"
	    " [--kind KIND] [--state STATE] --all\"");
}

static int
drop(struct request *q)
{
	static const struct arg_option none[] = { { NULL, ARG_FLAG, NULL, 0 } };
	struct arg_words words = { .least = names(q), .most = names(q) };
	struct errand_row row;
	int status;
	enum err e;

	if (!args_take(q->ctl, none, &words))
		return CTL_USAGE;
	if ((status = find(q, &words, &row)) != CTL_OK)
		return status;
	if ((e = desk_drop(q->a, q->kind, &row)) != ERR_OK)
		return say_refused(q, &row, e, "drop");
	printf("dropped %s %s: nobody does it any more; \"endpin errands retry"
	    " %s %s\" brings it back\n", q->kind->name, row.id,
	    q->kind->name, row.id);
	return CTL_OK;
}

/* endpin objects read: whatever state it is in, or if it was never heard of. */
static int
read_again(struct request *q)
{
	static const struct arg_option none[] = { { NULL, ARG_FLAG, NULL, 0 } };
	struct arg_words words = { .least = 1, .most = 1 };
	char id[STRIPE_ID];
	int status;
	enum err e;

	if (!args_take(q->ctl, none, &words))
		return CTL_USAGE;
	if ((status = request_open(q)) != CTL_OK)
		return status;
	e = read_object(q->a, words.word[0]);
	if (e == ERR_INPUT)
		return complain(say_plain(words.word[0], id, sizeof(id)),
		    "is of no kind that is followed", "the ids that are begin"
		    " with cus_, sub_, in_ or cs_");
	if (e != ERR_OK)
		return say_no_database(e);
	printf("object %s is to be read\n", words.word[0]);
	say_when(q);
	return CTL_OK;
}

static const struct {
	const char	*name;
	int		(*run)(struct request *q);
	const char	*only;		/* for these; NULL: for any */
} parts[] = {
	{ "list", list, NULL }, { "show", show, NULL },
	{ "retry", retry, NULL }, { "drop", drop, NULL },
	{ "read", read_again, "object" }
};

static int
run(const struct ctl *t, const char *only)
{
	struct ctl part = *t;
	struct request q = { .ctl = &part, .only = only, .kind_name = only };
	char name[32];
	size_t i = 0;
	int status;

	if (t->argc > 1 && !text_begins(t->argv[1], "-")) {
		while (i < NELEM(parts) && (!text_equal(parts[i].name,
		    t->argv[1]) || (parts[i].only != NULL &&
		    !text_equal(parts[i].only, only))))
			i++;
		if (i == NELEM(parts))
			return complain(t->argv[1], "is nothing that can be"
			    " done with errands", "list, show, retry and drop"
			    " can be done");
		part.argc--;
		part.argv++;
		(void)snprintf(name, sizeof(name), "%s %s", t->argv[0],
		    parts[i].name);
		part.argv[0] = name;
	}
	status = parts[i].run(&q);
	app_close(q.a);
	return status;
}

/* endpin errands [list | show | retry | drop] ...: see endpin(1). */
int
ctl_errands(const struct ctl *t)
{
	return run(t, NULL);
}

/* The same of one kind. */
int
ctl_objects(const struct ctl *t)
{
	return run(t, "object");
}

int
ctl_calls(const struct ctl *t)
{
	return run(t, "call");
}
