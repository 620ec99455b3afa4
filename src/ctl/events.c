/* SPDX-License-Identifier: MIT */

/* endpin events: what Stripe has told, for people. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/replay_event.h"
#include "base/buf.h"
#include "base/json_write.h"
#include "base/text.h"
#include "billing/event.h"
#include "report/report.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/say.h"

#define LIST_DEFAULT	100
#define LIST_MOST	10000
#define REPLAY_MOST	10000		/* at once; then it is run again */
#define REPLAY_RATE	10		/* a second */
#define SINCE_MOST	315360000	/* ten years */
#define JSON_LEN	16384

struct request {
	const struct ctl	*ctl;
	struct app		*a;
	struct event_wish	 wish;
	int64_t			 limit;
	int			 json;
	int			 payload;
	struct event_row	*rows;		/* owned */
	size_t			 count;
};

static int
complain(const char *problem, const char *hint)
{
	return say_problem(CTL_WRONG, "events", problem, hint);
}

/* Those that are meant.  CTL_OK: they could be asked for. */
static int
find(struct request *q)
{
	const struct app_role role = { .name = "endpin events",
	    .doorbell = -1, .statement_ms = CTL_REPORT_MS };
	enum err e;

	if ((q->a = app_open(q->ctl->conf, &role)) == NULL)
		return CTL_WRONG;
	e = event_list(q->a->db, &q->wish, &q->rows, &q->count);
	return e == ERR_OK ? CTL_OK :
	    say_no_database(e);
}

/* The one that is named. */
static int
find_one(struct request *q, const struct arg_words *words)
{
	int status;

	q->wish = (struct event_wish){ .id = words->word[0], .most = 1 };
	if ((status = find(q)) != CTL_OK)
		return status;
	return q->count == 1 ? CTL_OK : complain("there is no such event",
	    "\"endpin events list\" shows what is kept; what came longer than"
	    " [retention] event_days ago is deleted");
}

/* --- in words --- */

static void
print_table(const struct request *q)
{
	char type[STRIPE_ID], object[STRIPE_ID];
	const struct event_row *x;
	size_t wide = 4, most = 6;

	for (x = q->rows; x < q->rows + q->count; x++) {
		wide = strlen(x->type) > wide ? strlen(x->type) : wide;
		most = strlen(x->object_id) > most ? strlen(x->object_id) :
		    most;
	}
	printf("%-20s  %-*s  %-*s  %-8s  %s\n", "RECEIVED", (int)wide, "TYPE",
	    (int)most, "OBJECT", "ERRAND", "ID");
	for (x = q->rows; x < q->rows + q->count; x++)
		printf("%-20s  %-*s  %-*s  %-8s  %s\n", x->received, (int)wide,
		    say_or_dash(say_plain(x->type, type, sizeof(type))),
		    (int)most, say_or_dash(say_plain(x->object_id, object,
		    sizeof(object))), say_or_dash(x->state), x->id);
}

static void
print_one(const struct event_row *x)
{
	const char *fact[REPORT_EVENT_FACTS][2];
	char text[ERRAND_WHY];
	size_t i;

	report_event_facts(x, fact);
	for (i = 0; fact[i][0] != NULL; i++)
		printf("%-12s  %s\n", fact[i][0],
		    say_or_dash(say_plain(fact[i][1], text, sizeof(text))));
}

/* One object, or one array of them. */
static void
print_json(const struct request *q, int is_list)
{
	struct json_writer w;
	struct buf b;
	size_t i;

	buf_init(&b, JSON_LEN);
	json_write_init(&w, &b);
	if (is_list)
		json_open_array(&w, NULL);
	for (i = 0; i < q->count; i++) {
		report_event(&w, NULL, &q->rows[i], NULL);
		printf("%s", b.data);
		buf_reset(&b);
	}
	if (is_list)
		json_close_array(&w);
	printf("%s\n", b.data);
	buf_done(&b);
}

/* --- what is done --- */

static int
list(struct request *q)
{
	const struct arg_option options[] = {
		{ "type", ARG_TEXT, &q->wish.type, 0 },
		{ "object", ARG_TEXT, &q->wish.object_id, 0 },
		{ "since", ARG_DURATION, &q->wish.since_s, SINCE_MOST },
		{ "limit", ARG_NUMBER, &q->limit, LIST_MOST },
		{ "json", ARG_FLAG, &q->json, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = 0 };
	int status;

	q->limit = LIST_DEFAULT;
	if (!args_take(q->ctl, options, &words))
		return CTL_USAGE;
	q->wish.most = (int)q->limit;
	if ((status = find(q)) != CTL_OK)
		return status;
	if (q->json)
		print_json(q, 1);
	else if (q->count == 0)
		printf("there is no such event\n");
	else
		print_table(q);
	if (!q->json && q->count == (size_t)q->limit)
		printf("(no more than %lld are shown; --limit says how"
		    " many)\n", (long long)q->limit);
	return q->count > 0 ? CTL_OK : CTL_WRONG;
}

static int
show_payload(struct request *q)
{
	char *payload;
	enum err e;

	e = event_payload(q->a->db, &q->rows[0], &payload);
	if (e != ERR_OK)
		return say_could_not("read what it said", e, SAY_SEE_CHECK);
	printf("%s\n", payload);
	free(payload);
	return CTL_OK;
}

static int
show(struct request *q)
{
	const struct arg_option options[] = {
		{ "payload", ARG_FLAG, &q->payload, 0 },
		{ "json", ARG_FLAG, &q->json, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .least = 1, .most = 1 };
	int status;

	if (!args_take(q->ctl, options, &words))
		return CTL_USAGE;
	if ((status = find_one(q, &words)) != CTL_OK)
		return status;
	if (q->payload)
		return show_payload(q);
	if (q->json)
		print_json(q, 0);
	else
		print_one(&q->rows[0]);
	return CTL_OK;
}

static int
replay_one(struct request *q, const struct arg_words *words)
{
	enum replay what;
	int status;
	enum err e;

	if ((status = find_one(q, words)) != CTL_OK)
		return status;
	if ((e = replay_event(q->a, &q->rows[0], 0, &what)) != ERR_OK)
		return say_could_not("replay it", e, SAY_SEE_CHECK);
	switch (what) {
	case REPLAY_HEARD:
		printf("its object is read when a courier looks, see"
		    " [courier] poll\n");
		return CTL_OK;
	case REPLAY_FOREIGN:
		return complain("it is of another account or mode", "there is"
		    " nothing to be done with it here");
	case REPLAY_NOTHING:
	default:
		return complain("it names nothing that is followed here",
		    "\"endpin events show ID --payload\" prints what it"
		    " says");
	}
}

static int
compare(const void *a, const void *b)
{
	const struct event_row *x = a, *y = b;

	return strcmp(x->object_id, y->object_id);
}

/* Of each object one event, spread over time: what happens now comes first. */
static int
replay_many(struct request *q)
{
	const struct event_row *x;
	enum replay what;
	int status, heard = 0;
	enum err e = ERR_OK;

	q->wish.most = REPLAY_MOST;
	if ((status = find(q)) != CTL_OK)
		return status;
	if (q->count > 0)
		qsort(q->rows, q->count, sizeof(*q->rows), compare);
	for (x = q->rows; x < q->rows + q->count && e == ERR_OK; x++) {
		if (x > q->rows && x->object_id[0] != '\0' &&
		    text_equal(x[-1].object_id, x->object_id))
			continue;
		e = replay_event(q->a, x, 1 + heard / REPLAY_RATE, &what);
		heard += e == ERR_OK && what == REPLAY_HEARD;
		if (e == ERR_NOTFOUND)
			e = ERR_OK;
	}
	printf("%zu events, %d objects that are going to be read\n", q->count,
	    heard);
	if (q->count == REPLAY_MOST)
		printf("there may be more: \"endpin resync\" finds what they"
		    " were about\n");
	return e == ERR_OK ? CTL_OK : say_could_not("replay all of them", e,
	    SAY_SEE_CHECK);
}

static int
replay(struct request *q)
{
	const struct arg_option options[] = {
		{ "since", ARG_DURATION, &q->wish.since_s, SINCE_MOST },
		{ "type", ARG_TEXT, &q->wish.type, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = 1 };

	if (!args_take(q->ctl, options, &words))
		return CTL_USAGE;
	if (words.count == 1 && q->wish.since_s == 0 && q->wish.type == NULL)
		return replay_one(q, &words);
	if (words.count == 0 && q->wish.since_s > 0)
		return replay_many(q);
	(void)complain("replay wants to know which", "\"endpin events replay"
	    " ID\", or \"endpin events replay --since DURATION [--type"
	    " TYPE]\"");
	return CTL_USAGE;
}

static const struct {
	const char	*name;
	int		(*run)(struct request *q);
} parts[] = {
	{ "list", list }, { "show", show }, { "replay", replay }
};

/* endpin events [list | show | replay] ...: see endpin(1). */
int
ctl_events(const struct ctl *t)
{
	struct ctl part = *t;
	struct request q = { .ctl = &part };
	size_t i = 0;
	int status;

	if (t->argc > 1 && !text_begins(t->argv[1], "-")) {
		while (i < NELEM(parts) &&
		    !text_equal(parts[i].name, t->argv[1]))
			i++;
		if (i == NELEM(parts)) {
			(void)complain("that cannot be done with events",
			    "list, show and replay can be done");
			return CTL_USAGE;
		}
		part.argc--;
		part.argv++;
	}
	status = parts[i].run(&q);
	free(q.rows);
	app_close(q.a);
	return status;
}
