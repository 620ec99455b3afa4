/* SPDX-License-Identifier: MIT */

/* endpin ledger: what came from whom, and went back. */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "account/account.h"
#include "app/app.h"
#include "app/audit_ledger.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/duty.h"
#include "ledger/ledger.h"
#include "ledger/report.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/say.h"

#define SINCE_MOST	315360000	/* ten years */

struct request {
	struct app		*a;
	struct ledger_wish	 wish;
	struct account		 account;
	const char		*month;
	int			 csv;
	long long		 lines;
};

static int
complain(const char *problem, const char *hint)
{
	return say_problem(CTL_USAGE, "ledger", problem, hint);
}

/* "2026-11": from its first moment on, in UTC, to that of the next month. */
static int
take_month(struct request *q)
{
	struct tm tm = { .tm_mday = 1 };
	const char *end;

	if (q->month == NULL)
		return CTL_OK;
	end = strptime(q->month, "%Y-%m", &tm);
	if (end == NULL || *end != '\0' || strlen(q->month) != 7)
		return complain("that is not a month", "it is written as"
		    " 2026-11");
	tm.tm_mday = 1;
	q->wish.since = timegm(&tm);
	tm.tm_mon++;
	q->wish.until = timegm(&tm);
	return CTL_OK;
}

/* --- sums --- */

static const char *
email_of(struct request *q, const char *account,
    char ret_email[ACCOUNT_EMAIL])
{
	if (account[0] == '\0')
		return "nobody referred them";
	if (account_email(q->a->db, account, ret_email) != ERR_OK)
		return account;		/* it was deleted, its entries stay */
	return ret_email;
}

static void
print_sum(const struct ledger_sum *x, void *arg)
{
	struct request *q = arg;
	char email[ACCOUNT_EMAIL], plain[ACCOUNT_EMAIL];

	if (q->lines++ == 0)
		printf("%-11s  %-3s  %12s  %12s  %12s  %12s  %s\n",
		    "REFERRER", "CUR", "CAME", "WENT", "NET", "EARNED",
		    "REFERRAL");
	printf("%-11s  %-3s  %12lld  %12lld  %12lld  %12lld  %s\n",
	    say_or_dash(x->ucc), x->currency,
	    (long long)x->came, (long long)x->went, (long long)x->net,
	    (long long)x->earned,
	    say_plain(email_of(q, x->account, email), plain, sizeof(plain)));
}

static int
print_sums(struct request *q)
{
	enum err e = ledger_sums(q->a->db, &q->wish, print_sum, q);

	if (e != ERR_OK)
		return say_could_not("add up the ledger", e, SAY_SEE_CHECK);
	if (q->lines == 0)
		printf("nothing was paid%s\n", q->month == NULL ? "" :
		    " in that month");
	else
		printf("(all in minor units, cents of a euro; NET is without"
		    " tax, EARNED the referrer's part of it)\n");
	return CTL_OK;
}

/* --- entries --- */

static void
print_entry(const struct ledger_row *x, void *arg)
{
	struct request *q = arg;

	if (q->lines++ == 0)
		printf("%-20s  %-13s  %-3s  %12s  %12s  %12s  %-11s  %-28s"
		    "  %s\n", "BOOKED", "KIND", "CUR", "AMOUNT", "NET",
		    "EARNED", "REFERRER", "SOURCE", "INVOICE");
	printf("%-20s  %-13s  %-3s  %12lld  %12lld  %12lld  %-11s  %-28s"
	    "  %s\n", x->booked, x->kind, x->currency, (long long)x->amount,
	    (long long)x->net, (long long)x->earned,
	    say_or_dash(x->ucc), x->source, say_or_dash(x->invoice));
}

/* None of these members can hold a comma or a quote: ids, words, numbers. */
static void
print_csv(const struct ledger_row *x, void *arg)
{
	struct request *q = arg;

	q->lines++;
	printf("%s,%s,%s,%s,%s,%s,%s,%s,%lld,%lld,%lld\n", x->booked, x->kind,
	    x->source, x->invoice, x->customer, x->account, x->ucc,
	    x->currency, (long long)x->amount, (long long)x->net,
	    (long long)x->earned);
}

static int
print_entries(struct request *q)
{
	enum err e;

	if (q->csv)
		printf("booked,kind,source,invoice,customer,account,ucc,"
		    "currency,amount,net,earned\n");
	e = ledger_list(q->a->db, &q->wish, q->csv ? print_csv : print_entry,
	    q);
	if (e != ERR_OK)
		return say_could_not("read the ledger", e, SAY_SEE_CHECK);
	if (q->lines == 0 && !q->csv)
		printf("nothing was paid\n");
	return CTL_OK;
}

static int
take_account(struct request *q, const char *email)
{
	enum err e = account_find(q->a->db, email, &q->account, NULL, 0);

	if (e == ERR_NOTFOUND) {
		(void)complain("nobody has this address", "it is the one that"
		    " they signed up with");
		return CTL_WRONG;
	}
	q->wish.account_id = q->account.id;
	return e == ERR_OK ? CTL_OK :
	    say_could_not("find the account", e, SAY_SEE_CHECK);
}

static int
show(const struct ctl *t, struct request *q)
{
	const struct app_role role = { .name = "endpin ledger",
	    .doorbell = -1, .statement_ms = CTL_REPORT_MS };
	const struct arg_option options[] = {
		{ "month", ARG_TEXT, &q->month, 0 },
		{ "csv", ARG_FLAG, &q->csv, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = 1 };
	int status;

	if (!args_take(t, options, &words) || take_month(q) != CTL_OK)
		return CTL_USAGE;
	if ((q->a = app_open(t->conf, &role)) == NULL)
		return CTL_WRONG;
	if (words.count == 1 &&
	    (status = take_account(q, words.word[0])) != CTL_OK)
		return status;
	return words.count == 1 || q->csv ? print_entries(q) : print_sums(q);
}

/* --- is it what Stripe says? --- */

static void
tell(const struct audit *so_far, const struct ledger_entry *missing, void *arg)
{
	(void)arg;
	if (missing == NULL)
		fprintf(stderr, "endpin: page %d: %lld objects, %lld entries,"
		    " %lld missing\n", so_far->pages,
		    (long long)so_far->objects, (long long)so_far->entries,
		    (long long)so_far->missing);
	else
		printf("missing: %s %s of %lld %s\n", missing->kind,
		    missing->source, (long long)missing->amount,
		    missing->currency);
}

static int
check(const struct ctl *t, struct request *q)
{
	const struct app_role role = { .name = "endpin ledger",
	    .duties = DUTY_STRIPE, .doorbell = -1, .persists = 1 };
	int64_t since = 0;
	const struct arg_option options[] = {
		{ "since", ARG_DURATION, &since, SINCE_MOST },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = 0 };
	struct audit audit;
	enum err e;

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	if ((q->a = app_open(t->conf, &role)) == NULL)
		return CTL_WRONG;
	e = audit_ledger(q->a, since == 0 ? 0 :
	    (int64_t)clock_now() - since, tell, NULL, &audit);
	if (e != ERR_OK)
		return say_could_not("ask Stripe for everything", e,
		    "\"endpin check\" says whether Stripe can be asked, and"
		    " with whose key; then run it again");
	printf("%lld objects at Stripe, %lld of them of nobody here: of the"
	    " %lld entries of the others %lld are missing\n",
	    (long long)audit.objects, (long long)audit.foreign,
	    (long long)audit.entries, (long long)audit.missing);
	if (audit.missing == 0)
		return CTL_OK;
	fprintf(stderr, "hint: \"endpin objects\" shows what is still to be"
	    " read, \"endpin resync --since 400d\" finds what was missed, and"
	    " \"endpin objects read ID\" reads one again\n");
	return CTL_WRONG;
}

/* endpin ledger [check] ...: see endpin(1). */
int
ctl_ledger(const struct ctl *t)
{
	struct request q = { .lines = 0 };
	struct ctl part = *t;
	int status;

	if (t->argc > 1 && text_equal(t->argv[1], "check")) {
		part.argc--;
		part.argv++;
		status = check(&part, &q);
	} else
		status = show(t, &q);
	app_close(q.a);
	return status;
}
