/* SPDX-License-Identifier: MIT */

/* endpin stripe adopt: customers that were at Stripe before. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/adopt.h"
#include "app/app.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json_write.h"
#include "base/text.h"
#include "http/duty.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/say.h"

#define PROGRESS_US	2000000
#define LINE		1024
#define JSON_MAX	4096
#define TRIES		3	/* of a page or a customer that Stripe owes us */

/* How it ended, for programs and for people; "%s" is what `of` says. */
static const struct ending {
	const char	*name;
	enum { OF_NONE, OF_OWNER, OF_OTHER, OF_WHY } of;
	const char	*words;		/* NULL: only counted */
} endings[] = {
	[ADOPTED] = { "adopted", OF_NONE, "" },
	[ADOPTED_BEFORE] = { "before", OF_NONE, NULL },
	[ADOPT_NOBODY] = { "nobody", OF_NONE, NULL },
	[ADOPT_GONE] = { "gone", OF_NONE, "Stripe has no such customer" },
	[ADOPT_UNKNOWN] = { "unknown", OF_NONE,
	    "there is no such account" },
	[ADOPT_ERASED] = { "erased", OF_NONE, "that account is erased and gets"
	    " nothing more: if it is somebody else's by now, give it their"
	    " new_user_id at Stripe" },
	[ADOPT_UNVERIFIED] = { "unverified", OF_NONE, "only its address says"
	    " so: name it in --csv, or use --by-address if the addresses of"
	    " all accounts were verified" },
	[ADOPT_SEVERAL] = { "several", OF_OTHER, "%s has the same address:"
	    " name the right one in --csv" },
	[ADOPT_ANOTHERS] = { "anothers", OF_OWNER, "it is account %s's:"
	    " correct its new_user_id at Stripe if that is wrong" },
	[ADOPT_RIVAL] = { "rival", OF_OTHER, "the account has %s, which has"
	    " something at Stripe or an open page: decide which one counts" },
	[ADOPT_BUSY] = { "busy", OF_NONE, "the account is at Stripe at this"
	    " moment: run this again" },
	[ADOPT_REFUSED] = { "refused", OF_WHY, "Stripe %s" }
};

static const char *const says[] = {
	[ADOPT_BY_ID] = "id",
	[ADOPT_BY_METADATA] = "metadata",
	[ADOPT_BY_ADDRESS] = "address"
};

struct job {
	struct adopt_wish	 wish;
	const char		*csv;		/* NULL: all of Stripe's */
	const char		*from;		/* go on behind this one */
	int			 json;
	struct app		*a;
	char			 after[STRIPE_ID];
	int64_t			 count[NELEM(endings)];
	int64_t			 seen;
	int64_t			 told_us;
	int			 printed;
};

static const char *
of(const struct adoption *r)
{
	switch (endings[r->how].of) {
	case OF_OWNER:
		return r->owner;
	case OF_OTHER:
		return r->other;
	case OF_WHY:
		return r->why;
	default:
		return "";
	}
}

static void
print_json(struct job *j, const struct adoption *r)
{
	struct json_writer w;
	struct buf text;

	buf_init(&text, JSON_MAX);
	json_write_init(&w, &text);
	json_open(&w, NULL);
	json_put_text(&w, "customer", r->customer);
	json_put_text(&w, "result", endings[r->how].name);
	json_put_text(&w, "account", text_or_null(r->account));
	json_put_text(&w, "by", r->account[0] == '\0' ? NULL : says[r->by]);
	json_put_text(&w, "owner", text_or_null(r->owner));
	json_put_text(&w, "other", text_or_null(r->other));
	json_put_text(&w, "why", text_or_null(r->why));
	json_close(&w);
	printf("%s\n%s", j->printed++ ? "," : "", text.data);
	buf_done(&text);
}

static void
print_line(const struct job *j, const struct adoption *r)
{
	char customer[STRIPE_ID], what[SEND_WHY];

	(void)say_plain(r->customer, customer, sizeof(customer));
	if (r->how == ADOPTED) {
		printf("%s  %s account %s's, by its %s%s%s\n", customer,
		    j->wish.dry_run ? "would be" : "is", r->account,
		    says[r->by], r->other[0] == '\0' ? "" :
		    ", in the place of ", r->other);
		return;
	}
	printf("%s  left as it is: ", customer);
	if (r->account[0] != '\0')
		printf("account %s by its %s, but ", r->account, says[r->by]);
	(void)say_plain(of(r), what, sizeof(what));
	if (endings[r->how].of == OF_NONE)
		printf("%s\n", endings[r->how].words);
	else {
		const char *words = endings[r->how].words;
		const char *at = strstr(words, "%s");

		printf("%.*s%s%s\n", (int)(at - words), words, what, at + 2);
	}
}

static void
tell(const struct adoption *r, void *arg)
{
	struct job *j = arg;
	const int64_t now = clock_mono_us();

	j->count[r->how]++;
	j->seen++;
	if (endings[r->how].words != NULL) {
		if (j->json)
			print_json(j, r);
		else
			print_line(j, r);
	}
	if (now - j->told_us < PROGRESS_US)
		return;
	j->told_us = now;
	fprintf(stderr, "endpin: %lld looked at, %lld adopted, behind %s\n",
	    (long long)j->seen, (long long)j->count[ADOPTED], r->customer);
}

/* --- all of Stripe's --- */

static enum err
adopt_all(struct job *j)
{
	int more = 1, left = TRIES;
	enum err e = ERR_OK;

	while (more && left > 0) {
		e = adopt_page(j->a, &j->wish, j->after, tell, j, &more);
		if (e == ERR_OK)
			left = TRIES;
		else if (e == ERR_LATER)
			left--;
		else
			break;
	}
	return e;
}

/* --- those of a file --- */

/* Takes blanks and quotes off both ends. */
static char *
trim(char *text)
{
	static const char around[] = " \t\r\n\"";
	size_t len;

	text += strspn(text, around);
	for (len = strlen(text); len > 0 &&
	    strchr(around, text[len - 1]) != NULL; len--)
		text[len - 1] = '\0';
	return text;
}

static int
wrong_line(const struct job *j, int64_t number)
{
	fprintf(stderr, "endpin: line %lld of %s is no customer (cus_...), a"
	    " comma, and an account's id or address\n"
	    "hint: what the lines before it say is done; correct it, and run"
	    " this again\n", (long long)number, j->csv);
	return CTL_USAGE;
}

static enum err
adopt_line(struct job *j, const char *id, const char *account)
{
	struct adoption r;
	int left = TRIES;
	enum err e;

	do
		e = adopt(j->a, &j->wish, id, account, &r);
	while (e == ERR_LATER && --left > 0);
	if (e == ERR_OK)
		tell(&r, j);
	return e;
}

/* CTL_OK: all lines could be read; *ret_e is how the last of them ended. */
static int
adopt_file(struct job *j, FILE *in, enum err *ret_e)
{
	char line[LINE], *comma, *id;
	int64_t number = 0;

	*ret_e = ERR_OK;
	while (*ret_e == ERR_OK && fgets(line, sizeof(line), in) != NULL) {
		number++;
		id = trim(line);
		if (*id == '\0' || *id == '#')
			continue;
		if ((comma = strchr(id, ',')) == NULL ||
		    strlen(line) == sizeof(line) - 1)
			return wrong_line(j, number);
		*comma = '\0';
		id = trim(id);
		if (number == 1 && !text_begins(id, "cus_"))
			continue;	/* names of columns */
		if (!text_begins(id, "cus_") || strlen(id) >= STRIPE_ID)
			return wrong_line(j, number);
		*ret_e = adopt_line(j, id, trim(comma + 1));
	}
	return CTL_OK;
}

static int
adopt_csv(struct job *j, enum err *ret_e)
{
	FILE *in = text_equal(j->csv, "-") ? stdin : fopen(j->csv, "r");
	int status;

	if (in == NULL) {
		fprintf(stderr, "endpin: could not open %s: %s\n"
		    "hint: --csv names a file with a line for each customer:"
		    " its id, a comma, and an account's id or address\n",
		    j->csv, strerror(errno));
		return CTL_USAGE;
	}
	status = adopt_file(j, in, ret_e);
	if (in != stdin)
		(void)fclose(in);
	return status;
}

/* --- the end --- */

static int64_t
left_alone(const struct job *j)
{
	int64_t n = 0;
	size_t i;

	for (i = ADOPT_NOBODY + 1; i < NELEM(endings); i++)
		n += j->count[i];
	return n;
}

static void
say_end(const struct job *j)
{
	if (j->json) {
		printf("%s]\n", j->printed > 0 ? "\n" : "");
		return;
	}
	printf("of %lld customers %lld %s adopted, %lld were before, %lld are"
	    " nobody's here, and %lld are left for you to look at\n",
	    (long long)j->seen, (long long)j->count[ADOPTED],
	    j->wish.dry_run ? "would be" : "are",
	    (long long)j->count[ADOPTED_BEFORE],
	    (long long)j->count[ADOPT_NOBODY], (long long)left_alone(j));
	if (j->count[ADOPTED] > 0 && !j->wish.dry_run)
		printf("couriers read what they have: \"endpin objects\" shows"
		    " what is left\n"
		    "what was paid back is in no list of theirs: once all are"
		    " adopted, \"endpin resync --since 3650d\" finds it\n");
}

static int
run(struct job *j)
{
	char hint[STRIPE_ID + 128];
	enum err e = ERR_OK;
	int status = CTL_OK;

	if (j->json)
		printf("[");
	if (j->csv != NULL)
		status = adopt_csv(j, &e);
	else
		e = adopt_all(j);
	say_end(j);
	if (status != CTL_OK || e == ERR_OK)
		return status != CTL_OK ? status :
		    left_alone(j) > 0 ? CTL_WRONG : CTL_OK;
	(void)snprintf(hint, sizeof(hint), "what was done stays: run it again%s"
	    "%s; \"endpin check\" says whether Stripe and the database can be"
	    " asked", j->after[0] == '\0' ? "" : " with --after ", j->after);
	return say_could_not("look at all of them", e, hint);
}

/* endpin stripe adopt */
int
ctl_adopt(const struct ctl *t)
{
	const struct app_role role = { .name = "endpin stripe adopt",
	    .duties = DUTY_STRIPE, .doorbell = -1 };
	struct job j = { .csv = NULL };
	const struct arg_option options[] = {
		{ "dry-run", ARG_FLAG, &j.wish.dry_run, 0 },
		{ "by-address", ARG_FLAG, &j.wish.by_address, 0 },
		{ "csv", ARG_TEXT, &j.csv, 0 },
		{ "after", ARG_TEXT, &j.from, 0 },
		{ "json", ARG_FLAG, &j.json, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = 0 };
	int status;

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	if (j.from != NULL && (j.csv != NULL ||
	    strlen(j.from) >= sizeof(j.after))) {
		fprintf(stderr, "endpin: stripe adopt: --after takes the id of"
		    " a customer, and does not go with --csv\n"
		    "hint: whose customers were adopted before is seen at once"
		    "\n");
		return CTL_USAGE;
	}
	text_cut(j.from, j.after, sizeof(j.after));
	if ((j.a = app_open(t->conf, &role)) == NULL)
		return say_could_not("read the key", ERR_INPUT, "the line"
		    " above names the option; see \"endpin check\"");
	status = run(&j);
	app_close(j.a);
	return status;
}
