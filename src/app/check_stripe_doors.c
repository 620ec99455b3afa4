/* SPDX-License-Identifier: MIT */

/* What has to be open at Stripe: the billing portal, and webhook endpoints. */

#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/config.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "billing/trait.h"
#include "cello/webhook.h"
#include "conf/secret.h"
#include "net/fetch.h"
#include "stripe/client.h"
#include "stripe/kind.h"
#include "stripe/signature.h"

#include "app/check_stripe.h"

#define MISSING		4096	/* all of them */
#define HOOK		"/webhooks/stripe"

void
check_portal(struct asking *q)
{
	char hint[SENTENCE];
	struct stripe_reply r;

	if (ask(q, "settings of the billing portal",
	    "/v1/billing_portal/configurations?is_default=true&active=true"
	    "&limit=1", &r) == ERR_OK) {
		(void)snprintf(hint, sizeof(hint), "save its settings once, at"
		    " https://dashboard.stripe.com/%ssettings/billing/portal",
		    stripe_is_live(q->stripe) ? "" : "test/");
		if (json_count(r.body, "data") == 0)
			wrong(q, "members cannot change their card or cancel",
			    hint, "the billing portal was never set up");
		else
			well(q, "the billing portal is set up");
	}
	stripe_reply_done(&r);
}

static int
sends(const struct json *endpoint, const char *event)
{
	const size_t count = json_count(endpoint, "enabled_events");
	const char *name;
	size_t i;

	for (i = 0; i < count; i++) {
		name = json_text(json_item(endpoint, "enabled_events", i),
		    NULL);
		if (text_equal(name, "*") || text_equal(name, event))
			return 1;
	}
	return 0;
}

static void
lacks(struct asking *q, const char *url, const char *events)
{
	char problem[SENTENCE];
	const struct fault f = { .what = "stripe", .problem = problem,
	    .detail = events, .hint = "add them to its events in the"
	    " dashboard, under Webhooks, or run \"endpin stripe endpoint"
	    " create\"" };

	(void)snprintf(problem, sizeof(problem), "the webhook endpoint for %s"
	    " lacks events", url);
	say_lacks(q->c, &f);
}

static void
judge_endpoint(struct asking *q, const struct json *endpoint,
    const char *const wanted[])
{
	const char *url = json_text(endpoint, "url");
	const char *id = json_text(endpoint, "id");
	struct buf missing;

	if (!text_equal(json_text(endpoint, "status"), "enabled"))
		wrong(q, id, "enable it in the dashboard, under Webhooks, or run"
		    " \"endpin stripe endpoint create\"; what was not"
		    " delivered meanwhile, \"endpin resync\" finds",
		    "the webhook endpoint for %s is switched off", url);
	buf_init(&missing, MISSING);
	for (; *wanted != NULL; wanted++)
		if (!sends(endpoint, *wanted))
			buf_format(&missing, "%s%s", missing.len > 0 ? " " : "",
			    *wanted);
	if (missing.len > 0)
		lacks(q, url, missing.data);
	buf_done(&missing);
}

/* At this address; NULL: at Cello's.  NULL comes back: there is none. */
static const struct json *
find_endpoint(const struct asking *q, const struct json *list, const char *url)
{
	const char *cello = q->c->conf->cello.api_base;
	const struct json *found = NULL, *endpoint;
	const char *there;
	size_t i;

	for (i = 0; i < json_count(list, "data"); i++) {
		endpoint = json_item(list, "data", i);
		there = json_text(endpoint, "url");
		if (there == NULL || (url != NULL ? !text_equal(there, url) :
		    !cello_is_at(there, cello)))
			continue;
		/* Of several the one that is switched on. */
		if (found == NULL ||
		    text_equal(json_text(endpoint, "status"), "enabled"))
			found = endpoint;
	}
	return found;
}

/* One of the account's version changes under our feet. */
static void
judge_version(struct asking *q, const struct json *endpoint)
{
	const char *version = json_text(endpoint, "api_version");

	if (text_equal(version, STRIPE_VERSION))
		return;
	wrong(q, "events are hints and objects are read in our version, so"
	    " nothing is lost; but what an event shows cannot be held against"
	    " what is read", "\"endpin stripe endpoint roll\" makes one of our"
	    " version, and takes this away", "the webhook endpoint %s sends"
	    " what it shows in version %s, not " STRIPE_VERSION,
	    json_text(endpoint, "id"), version == NULL ? "of the account" :
	    version);
}

/*
 * Stripe follows no redirect.  A door that takes events answers 405 to who only
 * looks; from this machine the site's name may lead nowhere.
 */
static void
judge_door(struct asking *q, const char *url)
{
	static const char hint[] = "let the web server hand " HOOK " of this"
	    " name to endpind as it is: what it includes has the line (README,"
	    " step 6)";
	struct fetch_request get = { .method = "GET", .url = url,
	    .timeout_ms = q->c->conf->stripe.timeout * 1000 };
	struct fetch *f = fetch_open();
	struct fetch_reply r;

	fetch_reply_init(&r);
	if (fetch_run(f, &get, &r) != ERR_OK)
		well(q, "its webhook endpoint's address cannot be reached from"
		    " this machine, so whether it answers was not looked at");
	else if (r.status >= 300 && r.status <= 399)
		wrong(q, "Stripe follows no redirect, so no event comes", hint,
		    "%s redirects elsewhere", url);
	else if (r.status != 405)
		wrong(q, "endpind would have answered 405 to a GET", hint,
		    "%s is answered with %d by somebody else, or endpind is"
		    " not running", url, r.status);
	else
		well(q, "its webhook endpoint's address leads to endpind");
	fetch_reply_done(&r);
	fetch_close(f);
}

/* Each event comes to all of them, and counts once. */
static void
judge_count(struct asking *q, const struct json *list, const char *url)
{
	size_t i, count = 0;

	for (i = 0; i < json_count(list, "data"); i++)
		count += (size_t)text_equal(json_text(json_item(list, "data",
		    i), "url"), url);
	if (count > 1)
		wrong(q, "a roll was begun and not ended, or somebody has made"
		    " one by hand", "\"endpin stripe endpoint roll\" ends with"
		    " one", "%zu webhook endpoints are for %s", count, url);
}

void
check_our_endpoint(struct asking *q, const struct json *list)
{
	const struct config *conf = q->c->conf;
	const struct json *endpoint;
	const int was = q->c->wrong;
	struct buf url;

	buf_init(&url, PATH_LEN);
	buf_format(&url, "%s" HOOK, conf->site);
	endpoint = find_endpoint(q, list, url.data);
	if (endpoint != NULL) {
		judge_endpoint(q, endpoint, stripe_events);
		judge_version(q, endpoint);
		judge_count(q, list, url.data);
		judge_door(q, url.data);
	} else if (config_is_https(conf))
		wrong(q, "no event comes, and nobody who pays is let in before"
		    " \"endpin resync\"", "\"endpin stripe endpoint create\""
		    " makes one, and puts its secret into the file of [stripe]"
		    " webhook_secret_file", "no"
		    " webhook endpoint at Stripe is for %s", url.data);
	else
		well(q, "no webhook endpoint is for this machine: events come"
		    " by \"stripe listen\" or not at all");
	if (endpoint != NULL && q->c->wrong == was)
		well(q, "its webhook endpoint sends the events that are"
		    " needed");
	buf_done(&url);
}

/* Of how many products does it hear from us?  Any address there is Cello's. */
static void
judge_cellos(struct asking *q, const struct json *list)
{
	const char *url;
	struct buf urls;
	size_t i, count = 0;

	buf_init(&urls, SENTENCE);
	for (i = 0; i < json_count(list, "data"); i++) {
		url = json_text(json_item(list, "data", i), "url");
		if (url == NULL ||
		    !cello_is_at(url, q->c->conf->cello.api_base))
			continue;
		buf_format(&urls, "%s%s", count++ > 0 ? " " : "", url);
	}
	if (count > 1)
		wrong(q, urls.data, "keep that which Cello's portal shows under"
		    " Webhooks: \"endpin stripe endpoint delete cello --url"
		    " URL\" takes away another, and \"endpin stripe endpoint"
		    " roll cello\" ends with one where a roll was begun", "%zu"
		    " webhook endpoints are for Cello, and each purchase goes"
		    " to all of them", count);
	buf_done(&urls);
}

/*
 * What [cello] has told by the API comes to Cello by that alone: else it counts
 * twice, for customers that carry a code from before at least.
 */
static void
judge_ways(struct asking *q, const struct json *endpoint)
{
	static const char *const paid[] = { "invoice.paid", "charge.refunded" };
	size_t i;

	for (i = 0; i < NELEM(paid); i++)
		if (sends(endpoint, paid[i]))
			wrong(q, "[cello] purchases = api: Cello is told twice"
			    " of what somebody paid", "\"endpin stripe"
			    " endpoint create cello\" takes it off its events;"
			    " or set purchases to stripe", "Cello's webhook"
			    " endpoint at Stripe sends %s", paid[i]);
}

void
check_cello_endpoint(struct asking *q, const struct json *list)
{
	const struct config *conf = q->c->conf;
	const struct json *endpoint;

	if (!conf->cello.enabled)
		return;
	endpoint = find_endpoint(q, list, NULL);
	if (endpoint != NULL && cello_purchases_by_api(&conf->cello))
		judge_ways(q, endpoint);
	if (!cello_looks_at_stripe(&conf->cello))
		return;
	if (endpoint != NULL) {
		judge_endpoint(q, endpoint,
		    cello_events_wanted(&conf->cello));
		judge_cellos(q, list);
	} else
		wrong(q, "no purchase ever reaches Cello, and nobody gets a"
		    " reward", "\"endpin stripe endpoint create cello\" makes"
		    " one, with the address that Cello's portal shows under"
		    " Webhooks",
		    "no webhook endpoint at Stripe is for Cello");
}

enum err
ask_endpoints(struct asking *q, struct stripe_reply *r)
{
	/* An account has 16 at most, so this is all of them. */
	return ask(q, "webhook endpoints", "/v1/webhook_endpoints?limit=100",
	    r);
}

void
check_endpoints(struct asking *q)
{
	struct stripe_reply r;

	if (ask_endpoints(q, &r) == ERR_OK) {
		check_our_endpoint(q, r.body);
		check_cello_endpoint(q, r.body);
	}
	stripe_reply_done(&r);
}

static const struct trait_row *
seen(const struct trait_row *rows, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (text_equal(rows[i].value, name))
			return &rows[i];
	return NULL;
}

static void
say_vouching(struct asking *q, const struct signature_keys *keys,
    const struct trait_row *rows, size_t count)
{
	const struct trait_row *row;
	const char *name;
	char span[CLOCK_SPAN];
	size_t i;

	for (i = 0; (name = signature_key_name(keys, i)) != NULL; i++)
		if ((row = seen(rows, count, name)) == NULL)
			say_well(q->c, "secrets", "number %zu (%s) has vouched"
			    " for no event yet", i + 1, name);
		else
			say_well(q->c, "secrets", "number %zu (%s) vouched for"
			    " an event %s ago", i + 1, name,
			    clock_span(row->seen_s, span));
}

void
check_vouching(struct asking *q, struct app *a)
{
	const struct config *conf = q->c->conf;
	struct trait_row rows[TRAITS_MOST];
	struct signature_keys *keys;
	struct secret s;
	size_t count;

	if (secret_read("stripe.webhook_secret_file",
	    conf->stripe.webhook_secret_file, conf->credentials_dir, &s) !=
	    ERR_OK || trait_list(a->db, TRAIT_SECRET, rows, &count) != ERR_OK) {
		wrong(q, "the line above says why", "be somebody who may read"
		    " the file, and look at \"endpin check\"", "which secrets"
		    " Stripe uses could not be found out");
		return;
	}
	keys = signature_keys_new(&s);
	secret_done(&s);
	say_vouching(q, keys, rows, count);
	signature_keys_free(keys);
}
