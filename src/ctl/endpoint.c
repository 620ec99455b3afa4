/* SPDX-License-Identifier: MIT */

/*
 * endpin stripe endpoint: where Stripe sends its events, ours and Cello's.
 *
 * Stripe tells a secret once.  So it is stored before anything else is done,
 * and only then does the endpoint say so in its metadata: one that was made and
 * never said so is an orphan, whatever came between, and the next run puts
 * another in its place.  The list of endpoints is the journal of these calls.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "app/check_stripe.h"
#include "app/config.h"
#include "base/buf.h"
#include "base/random.h"
#include "base/text.h"
#include "billing/trait.h"
#include "cello/webhook.h"
#include "conf/secret.h"
#include "stripe/client.h"
#include "stripe/endpoint.h"
#include "stripe/kind.h"
#include "stripe/signature.h"
#include "stripe/whose.h"

#include "ctl/args.h"
#include "ctl/checkup.h"
#include "ctl/ctl.h"
#include "ctl/say.h"

#define TRIES		3	/* of what may be sent again */
#define NOT_ALLOWED	403
#define OPTION		"stripe.webhook_secret_file"

struct job {
	const struct ctl	*ctl;
	const char		*which;		/* "ours", "cello" */
	const char		*url;		/* NULL: ours, or what is there */
	const char		*key_file;
	const char		*secret_file;	/* "": to standard output */
	int			 finish;
	int			 json;
	struct app		*a;
	struct stripe		*stripe;	/* owned */
	struct buf		 site_url;
	struct endpoint		 found[ENDPOINTS_MOST];	/* at `url` */
	size_t			 count;
	struct secret		 stored;	/* lines of secret_file */
	int			 fd;		/* of it, to append; -1 */
};

static int
is_cello(const struct job *j)
{
	return text_equal(j->which, "cello");
}

static int
complain(const char *problem, const char *hint)
{
	return say_problem(CTL_WRONG, "stripe endpoint", problem, hint);
}

static int
refused(const char *what, enum err e, const struct stripe_reply *r)
{
	if (r->status == NOT_ALLOWED)
		return complain("the key may not write webhook endpoints",
		    "--key-file names a file with one that may");
	if (!text_empty(r->message)) {
		fprintf(stderr, "endpin: could not %s: Stripe says: %s\n"
		    "hint: mend that, then run this again\n", what,
		    r->message);
		return CTL_WRONG;
	}
	return say_could_not(what, e, "run this again: what was begun is found"
	    " by its metadata; \"endpin check\" looks at the key");
}

/* --- what there is --- */

/* Is its secret one of those that are in the file?  0: no; else which line. */
static size_t
line_of(const struct job *j, const char *name)
{
	char own[SIGNATURE_NAME];
	size_t i;

	for (i = 0; i < j->stored.count; i++) {
		signature_name(j->stored.line[i], own);
		if (text_equal(own, name))
			return i + 1;
	}
	return 0;
}

/* Of Cello's only Cello has the secret: whoever made it has pasted it. */
static int
is_finished(const struct job *j, const struct endpoint *e)
{
	return !text_empty(e->secret) &&
	    (is_cello(j) || line_of(j, e->secret) > 0);
}

/* Keep those at our address, or at Cello's. */
static int
look(struct job *j)
{
	struct endpoint all[ENDPOINTS_MOST];
	struct stripe_reply r;
	size_t count, i;
	int status = CTL_OK;
	enum err e;

	e = endpoint_list(j->stripe, all, &count, &r);
	for (i = 0, j->count = 0; e == ERR_OK && i < count; i++)
		if (j->url != NULL ? text_equal(all[i].url, j->url) :
		    cello_is_at(all[i].url, j->ctl->conf->cello.api_base))
			j->found[j->count++] = all[i];
	if (e != ERR_OK)
		status = refused("list the webhook endpoints", e, &r);
	stripe_reply_done(&r);
	return status;
}

/* --- the secret --- */

/* What is stored already.  A file that is not there yet has nothing. */
static int
read_store(struct job *j)
{
	struct stat st;

	if (text_empty(j->secret_file))
		return CTL_OK;
	if (strchr(j->secret_file, '/') == NULL)
		return complain("where [stripe] webhook_secret_file is, only"
		    " systemd knows", "--secret-file names the file to append"
		    " to");
	if (stat(j->secret_file, &st) == 0 && st.st_size > 0 &&
	    secret_read(OPTION, j->secret_file, NULL, &j->stored) != ERR_OK)
		return complain("the file for the secret cannot be read",
		    "the line above says why");
	return CTL_OK;
}

/* Before Stripe is asked: can another be stored? */
static int
open_store(struct job *j)
{
	if (text_empty(j->secret_file))
		return CTL_OK;
	j->fd = open(j->secret_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
	    0640);
	if (j->fd == -1)
		return complain("the file for the secret cannot be written",
		    "be who owns it, or name another with --secret-file");
	return j->stored.count < SECRET_LINES ? CTL_OK :
	    complain("the file for the secret is full of secrets", "take out"
	    " those that \"endpin stripe endpoint check\" has not seen");
}

/* On a line of its own, and on the disk. */
static int
store(const struct job *j, const char *secret)
{
	char line[ENDPOINT_SECRET + 2];
	int len, ok;

	len = snprintf(line, sizeof(line), "\n%s\n", secret);
	ok = write(j->fd, line, (size_t)len) == len && fsync(j->fd) == 0;
	explicit_bzero(line, sizeof(line));
	return ok;
}

/* What was told once is shown if it cannot be stored. */
static void
keep(const struct job *j, const char *secret)
{
	if (j->fd != -1 && store(j, secret))
		return;
	if (j->fd != -1)
		fprintf(stderr, "endpin: could not write it to %s\n",
		    j->secret_file);
	printf("%s\n", secret);
	(void)fflush(stdout);
}

/* --- what is done --- */

static const char *const *
events_of(const struct job *j)
{
	return is_cello(j) ? cello_events_wanted(&j->ctl->conf->cello) :
	    stripe_events;
}

static void
say_made(const struct job *j, const struct endpoint *made, const char *name)
{
	fprintf(stderr, "endpin: made %s: Stripe sends its events for %s\n",
	    made->id, made->url);
	if (is_cello(j))
		fprintf(stderr, "hint: paste its secret%s%s into Cello's portal,"
		    " Webhooks: Stripe shows it only once\n",
		    j->fd == -1 ? "" : " from ", j->fd == -1 ? "" :
		    j->secret_file);
	else
		fprintf(stderr, "hint: its secret is the last line of %s (%s):"
		    " \"systemctl reload endpind\" where it runs, on every"
		    " machine that has this file\n", j->secret_file, name);
}

static int
make(struct job *j, struct endpoint *ret_made)
{
	const struct endpoint_wish wish = { j->url, events_of(j),
	    is_cello(j) ? NULL : STRIPE_VERSION };
	char secret[ENDPOINT_SECRET], name[SIGNATURE_NAME], key[TEXT_UUID];
	struct stripe_reply r = { .status = 0 };
	enum err e = ERR_LATER;
	int i, status;

	if ((status = open_store(j)) != CTL_OK)
		return status;
	random_uuid(key);
	for (i = 0; i < TRIES && e == ERR_LATER; i++) {
		stripe_reply_done(&r);
		e = endpoint_create(j->stripe, &wish, key, ret_made, secret,
		    &r);
	}
	if (e != ERR_OK) {
		status = refused("make the webhook endpoint", e, &r);
		stripe_reply_done(&r);
		return status;
	}
	stripe_reply_done(&r);
	keep(j, secret);
	signature_name(secret, name);
	explicit_bzero(secret, sizeof(secret));
	e = endpoint_stored(j->stripe, ret_made->id, name, &r);
	say_made(j, ret_made, name);
	status = e == ERR_OK ? CTL_OK : refused("say at Stripe that its secret"
	    " is stored", e, &r);
	stripe_reply_done(&r);
	return status;
}

static int
take_away(struct job *j, const struct endpoint *e)
{
	struct stripe_reply r;
	int status = CTL_OK;
	enum err err;

	if ((err = endpoint_delete(j->stripe, e->id, &r)) == ERR_OK)
		printf("deleted %s, which was for %s\n", e->id, e->url);
	else
		status = refused("delete a webhook endpoint", err, &r);
	stripe_reply_done(&r);
	return status;
}

/* One that is whole: it may still lack events that came with an upgrade. */
static int
renew(struct job *j, const struct endpoint *e)
{
	char key[TEXT_UUID];
	struct stripe_reply r;
	int status = CTL_OK;
	enum err err;

	random_uuid(key);
	err = endpoint_renew(j->stripe, e->id, events_of(j), key, &r);
	if (err == ERR_OK)
		printf("%s is there already, and its secret is stored; it is"
		    " switched on and sends the events that are needed\n",
		    e->id);
	else
		status = refused("change the webhook endpoint", err, &r);
	stripe_reply_done(&r);
	return status;
}

/* endpin stripe endpoint create */
static int
create(struct job *j)
{
	struct endpoint made;
	size_t i;
	int status;

	for (i = 0; i < j->count; i++) {
		if (is_finished(j, &j->found[i]))
			return renew(j, &j->found[i]);
		if (!j->found[i].is_ours)
			return complain("there is one already, which somebody"
			    " has made by hand", "\"endpin stripe endpoint"
			    " roll\" puts another in its place");
		if (!text_empty(j->found[i].secret))
			return complain("there is one already, and its secret"
			    " is in another file than this", "bring the file"
			    " from the machine that has it, or \"endpin stripe"
			    " endpoint roll\"");
	}
	/* All that are left were made and never finished: another first. */
	status = make(j, &made);
	for (i = 0; i < j->count && status == CTL_OK; i++)
		status = take_away(j, &j->found[i]);
	return status;
}

/* Has it vouched for an event?  Then everybody believes it. */
static enum err
has_vouched(struct job *j, const char *name, int *ret_has)
{
	struct trait_row rows[TRAITS_MOST];
	size_t count, i;
	enum err e;

	*ret_has = 0;
	e = trait_list(j->a->db, TRAIT_SECRET, rows, &count);
	for (i = 0; e == ERR_OK && i < count; i++)
		*ret_has |= text_equal(rows[i].value, name);
	return e;
}

/* Can the former ones go?  CTL_OK: yes. */
static int
may_finish(struct job *j, const struct endpoint *newest)
{
	int has = j->finish;

	if (is_cello(j) && !j->finish)
		return complain("a roll was begun", "once the new secret is in"
		    " Cello's portal, add --finish");
	if (!has && has_vouched(j, newest->secret, &has) != ERR_OK)
		return say_could_not("ask the database whether the new secret"
		    " has vouched", ERR_LATER, "\"endpin stripe endpoint"
		    " check\" as the user that endpind runs as says it; if it"
		    " has, add --finish");
	return has ? CTL_OK : complain("a roll was begun, and no event was"
	    " believed by the new secret yet", "\"systemctl reload endpind\""
	    " where it is not done, and wait for an event");
}

/* endpin stripe endpoint roll: run once to begin, and again to end it. */
static int
roll(struct job *j)
{
	const struct endpoint *newest = &j->found[0];
	struct endpoint made;
	size_t i, line;
	int status;

	if (j->count == 0)
		return complain("there is none to be rolled",
		    "\"endpin stripe endpoint create\" makes one");
	if (j->count == 1 || !newest->is_ours || !is_finished(j, newest)) {
		if ((status = make(j, &made)) == CTL_OK)
			fprintf(stderr, "hint: then run this again, which ends"
			    " the roll; meanwhile each event comes to both\n");
		return status;
	}
	if ((status = may_finish(j, newest)) != CTL_OK)
		return status;
	for (i = 1; i < j->count && status == CTL_OK; i++) {
		status = take_away(j, &j->found[i]);
		if ((line = line_of(j, j->found[i].secret)) > 0)
			printf("its secret, number %zu in %s, can be taken"
			    " out\n", line, j->secret_file);
	}
	return status;
}

/* endpin stripe endpoint delete */
static int
delete(struct job *j)
{
	size_t i;
	int status = CTL_OK;

	if (j->count == 0)
		printf("there is none\n");
	for (i = 0; i < j->count && status == CTL_OK; i++)
		status = take_away(j, &j->found[i]);
	return status;
}

/* endpin stripe endpoint check */
static int
check(struct job *j)
{
	struct checkup_print p = { .json = j->json };
	struct checkup c = { .conf = j->ctl->conf };
	struct asking q = { .c = &c, .stripe = j->stripe };

	checkup_begin(&c, &p);
	check_endpoints(&q);
	check_vouching(&q, j->a);
	checkup_end(&p);
	return c.wrong > 0 ? CTL_WRONG : CTL_OK;
}

/* --- the command --- */

static const struct {
	const char	*name;
	int		(*run)(struct job *j);
	int		 stores;	/* it may get a secret */
	int		 looks;		/* at what there is */
} parts[] = {
	{ "create", create, 1, 1 },
	{ "check", check, 0, 0 },
	{ "roll", roll, 1, 1 },
	{ "delete", delete, 0, 1 }
};

/*
 * Nobody's budget is asked for these few calls: so whoever may write the
 * secret's file need not be let in by the database.
 */
static struct stripe *
with_key(const struct job *j, const char *option, const char *path)
{
	const struct config *conf = j->ctl->conf;
	struct stripe *stripe;
	struct secret key;

	if (secret_read(option, path, conf->credentials_dir, &key) != ERR_OK) {
		(void)complain("the key cannot be read", "the line above says"
		    " why");
		return NULL;
	}
	stripe = stripe_open(conf->stripe.api_base, key.line[0],
	    conf->stripe.timeout);
	secret_done(&key);
	return stripe;
}

/*
 * With another account's key an endpoint would be made there, and whoever has
 * that account could sign events that we believe.
 */
static int
compare_accounts(struct job *j, struct stripe *usual)
{
	char account[STRIPE_ID], named[STRIPE_ID];
	enum err e;

	if ((e = stripe_whose(usual, account)) != ERR_OK ||
	    (e = stripe_whose(j->stripe, named)) != ERR_OK)
		return say_could_not("ask Stripe of which account the keys are",
		    e, "run this again; \"endpin check\" looks at the key");
	return text_empty(account) || text_empty(named) ||
	    text_equal(account, named) ? CTL_OK :
	    complain("this key is of another account than that of [stripe]"
	    " secret_key_file", "take one of the same account");
}

/* With another key if one is named, of the same mode and account. */
static int
open_key(struct job *j)
{
	struct stripe *usual = with_key(j, "stripe.secret_key_file",
	    j->ctl->conf->stripe.secret_key_file);
	int status;

	if (usual == NULL || j->key_file == NULL) {
		j->stripe = usual;
		return usual != NULL ? CTL_OK : CTL_WRONG;
	}
	j->stripe = with_key(j, "--key-file", j->key_file);
	if (j->stripe == NULL)
		status = CTL_WRONG;
	else if (stripe_is_live(j->stripe) != stripe_is_live(usual))
		status = complain("this key is of the other mode than that of"
		    " [stripe] secret_key_file", "an endpoint is of its key's"
		    " mode: take one of the same");
	else
		status = compare_accounts(j, usual);
	stripe_close(usual);
	return status;
}

static int
open_job(struct job *j)
{
	const struct app_role role = { .name = "endpin stripe",
	    .doorbell = -1 };
	const struct config *conf = j->ctl->conf;

	if (!is_cello(j)) {
		buf_format(&j->site_url, "%s/webhooks/stripe", conf->site);
		if (j->url == NULL)
			j->url = j->site_url.data;
		if (j->secret_file == NULL)
			j->secret_file = conf->stripe.webhook_secret_file;
	} else if (j->secret_file == NULL)
		j->secret_file = "";
	j->a = app_open(conf, &role);
	return open_key(j);
}

static int
do_part(struct job *j, size_t part)
{
	int status = open_job(j);

	if (status == CTL_OK && parts[part].stores)
		status = read_store(j);
	if (status == CTL_OK && parts[part].looks)
		status = look(j);
	/* At Cello's address, which is in its portal, or where one is. */
	if (status == CTL_OK && j->url == NULL && j->count > 0)
		j->url = j->found[0].url;
	if (status == CTL_OK && j->url == NULL && parts[part].stores)
		status = complain("where is Cello's?", "--url takes the address"
		    " that Cello's portal shows under Webhooks");
	return status == CTL_OK ? parts[part].run(j) : status;
}

static void
close_job(struct job *j)
{
	if (j->fd != -1)
		(void)close(j->fd);
	if (j->stored.count > 0)
		secret_done(&j->stored);
	stripe_close(j->stripe);
	app_close(j->a);
	buf_done(&j->site_url);
}

/* endpin stripe endpoint create | check | roll | delete [ours | cello] */
int
ctl_endpoint(const struct ctl *t)
{
	struct job j = { .ctl = t, .which = "ours", .fd = -1 };
	const struct arg_option options[] = {
		{ "url", ARG_TEXT, &j.url, 0 },
		{ "key-file", ARG_TEXT, &j.key_file, 0 },
		{ "secret-file", ARG_TEXT, &j.secret_file, 0 },
		{ "finish", ARG_FLAG, &j.finish, 0 },
		{ "json", ARG_FLAG, &j.json, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .least = 1, .most = 2 };
	size_t i = 0;
	int status;

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	while (i < NELEM(parts) && !text_equal(parts[i].name, words.word[0]))
		i++;
	if (words.count == 2)
		j.which = words.word[1];
	if (i == NELEM(parts) || (!is_cello(&j) &&
	    !text_equal(j.which, "ours"))) {
		(void)complain("that cannot be done", "create,"
		    " check, roll and delete can be done, with \"ours\" or"
		    " \"cello\"");
		return CTL_USAGE;
	}
	buf_init(&j.site_url, ENDPOINT_URL);
	status = do_part(&j, i);
	close_job(&j);
	return status;
}
