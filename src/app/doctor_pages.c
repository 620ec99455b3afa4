/* SPDX-License-Identifier: MIT */

/*
 * Cello's scripts, as the pages load them: what is in the pages as they are
 * served counts, not what somebody means to have put there.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cello/script.h"
#include "net/fetch.h"

#include "app/config.h"

#include "app/doctor.h"

#define PAGES_MOST	16
#define URL_LEN		1024
#define TIMEOUT_MS	10000
#define OK		200

/* Cello refuses a token from the future, and how far it looks is not said. */
#define SKEW_S		60

/* What each token for the component begins with: {"alg":"HS512" in base64. */
#define TOKEN_HEAD	"eyJhbGciOiJIUzUxMiI"

struct walk {
	struct doctor_report	*r;
	struct fetch		*f;
	int			 pages;		/* that were read */
	int			 with_script;	/* and load the attribution */
	char			 without[URL_LEN];	/* one that does not */
};

PRINTF(6, 7) static void
add(struct walk *w, enum doctor_part part, enum finding_kind kind,
    const char *cause, const char *fix, const char *format, ...)
{
	struct finding f;
	va_list ap;

	finding_begin(&f, kind, cause, fix);
	va_start(ap, format);
	(void)vsnprintf(f.says, sizeof(f.says), format, ap);
	va_end(ap);
	doctor_add(w->r, part, &f);
}

/* 0: no answer. */
static int
get(struct walk *w, const char *url, struct fetch_reply *r)
{
	const struct fetch_request q = { .method = "GET", .url = url,
	    .timeout_ms = TIMEOUT_MS };

	fetch_reply_init(r);
	return fetch_run(w->f, &q, r) == ERR_OK ? r->status : 0;
}

/* --- a page --- */

static void
judge_script(struct walk *w, const char *url, const struct script *s)
{
	const struct cello_config *c = &w->r->evidence.conf->cello;
	const int sandbox = script_is_sandbox(s->src);
	const enum doctor_part part = s->kind == SCRIPT_APP ?
	    DOCTOR_COMPONENT : DOCTOR_ATTRIBUTION;

	if (sandbox != -1 && sandbox == cello_is_production(c))
		add(w, part, FINDING_WRONG, "script_other_environment",
		    "load it from assets_base of [cello]: attributionUrl of GET"
		    " api/config and scriptUrl of GET api/cello/token have the"
		    " address", "%s loads %s, and environment of [cello] is"
		    " %s", url, s->src, c->environment);
	if (s->kind == SCRIPT_WRONG)
		add(w, part, FINDING_WRONG, "script_wrong_name", "it is called"
		    " .../attribution/latest/cello-attribution.js", "%s loads"
		    " %s, which Cello does not have (403)", url, s->src);
	if (text_begins(s->src, "http://") && sandbox != -1)
		add(w, part, FINDING_WRONG, "script_insecure", "load it by"
		    " https://", "%s loads %s without TLS", url, s->src);
	if (s->in_tag && !s->module)
		add(w, part, FINDING_WRONG, "script_no_module", "write <script"
		    " type=\"module\" async src=...>", "%s loads %s, and not as"
		    " a module: a browser does not run it", url, s->src);
}

static void
judge_page(struct walk *w, const char *url, int ours, const char *html)
{
	struct script s[SCRIPTS_MOST];
	size_t i, n = script_find(html, s);
	int has = ours;		/* they ask api/config for it */

	for (i = 0; i < n; i++) {
		judge_script(w, url, &s[i]);
		has |= s[i].kind != SCRIPT_APP;
	}
	if (strstr(html, TOKEN_HEAD) != NULL)
		add(w, DOCTOR_COMPONENT, FINDING_WRONG, "token_in_page", "take"
		    " it out, and roll the product secret: the token of GET"
		    " api/cello/token is for who is logged in, for a day",
		    "%s has a token for the component written into it: all who"
		    " look at it are the same member", url);
	w->pages++;
	w->with_script += has;
	if (!has)
		text_cut(url, w->without, sizeof(w->without));
}

static void
look_at_page(struct walk *w, const char *url, int ours)
{
	struct fetch_reply r;
	const int status = get(w, url, &r);

	if (status == OK)
		judge_page(w, url, ours, r.body.data);
	else if (status == 0)
		add(w, DOCTOR_ATTRIBUTION, FINDING_WARNING, "page_away",
		    "look at it from this machine: the name, the web server,"
		    " its certificate; public_pages of [cello] says which are"
		    " looked at", "%s could not be looked at", url);
	else
		add(w, DOCTOR_ATTRIBUTION, FINDING_WARNING, "page_not_ok",
		    "give the address that visitors end up at in public_pages"
		    " of [cello]; a redirect must pass on productId, ucc and"
		    " celloN", "%s is answered with %d", url, status);
	fetch_reply_done(&r);
}

/* One that has none may load it from a bundle, which is not looked into. */
static void
judge_pages(struct walk *w)
{
	static const char fix[] = "have every page load attributionUrl of GET"
	    " api/config, with <script type=\"module\" async>; if a bundle of"
	    " yours does, open the page with ?productId=test&ucc=test: the"
	    " cookie cello-referral is \"test\" then";

	if (w->without[0] == '\0')
		return;
	if (w->with_script > 0)
		add(w, DOCTOR_ATTRIBUTION, FINDING_WARNING,
		    "script_on_some_pages", fix, "%s does not load Cello's"
		    " attribution script, and %d of %d pages do", w->without,
		    w->with_script, w->pages);
	else
		add(w, DOCTOR_ATTRIBUTION, FINDING_UNSEEN, "script_unseen",
		    fix, "no page has Cello's attribution script in it as it"
		    " is served, %s for one", w->without);
}

static void
look_at_pages(struct walk *w)
{
	static const char *const own[] = { "/", "/signup", "/pricing" };
	const struct config *conf = w->r->evidence.conf;
	char url[URL_LEN];
	const char *at = conf->cello.public_pages;
	size_t i, len;

	for (i = 0; conf->server.pages && i < NELEM(own); i++) {
		(void)snprintf(url, sizeof(url), "%s%s", conf->site, own[i]);
		look_at_page(w, url, 1);
	}
	for (i = 0; i < PAGES_MOST; i++) {
		at += strspn(at, " ");
		if ((len = strcspn(at, " ")) == 0)
			break;
		(void)snprintf(url, sizeof(url), "%.*s", (int)len, at);
		look_at_page(w, url, 0);
		at += len;
	}
	judge_pages(w);
}

/* --- Cello's own --- */

static void
judge_clock(struct walk *w, time_t date)
{
	const int64_t skew = (int64_t)date - (int64_t)clock_now();
	char span[CLOCK_SPAN];

	if (date > 0 && llabs(skew) > SKEW_S)
		add(w, DOCTOR_ENVIRONMENT, FINDING_WRONG, "cello_clock", "look"
		    " at \"timedatectl\": is the time set by the network?",
		    "this machine's clock is %s %s Cello's, which refuses"
		    " tokens from the future and from long ago",
		    clock_span(llabs(skew), span), skew > 0 ? "behind" :
		    "before");
}

static void
look_at_assets(struct walk *w)
{
	static const char *const scripts[] = { "/app/latest/cello.js",
	    "/attribution/latest/cello-attribution.js" };
	struct fetch_reply r;
	char url[URL_LEN];
	size_t i;
	int status;

	for (i = 0; i < NELEM(scripts); i++) {
		(void)snprintf(url, sizeof(url), "%s%s",
		    w->r->evidence.conf->cello.assets_base, scripts[i]);
		status = get(w, url, &r);
		if (status != OK)
			add(w, i == 0 ? DOCTOR_COMPONENT : DOCTOR_ATTRIBUTION,
			    FINDING_WARNING, "script_away", "look at"
			    " assets_base of [cello], and at Cello's status"
			    " page; this machine may not be let out, which"
			    " browsers are", "%s is not to be had from here"
			    " (%d)", url, status);
		if (i == 0)
			judge_clock(w, r.date);
		fetch_reply_done(&r);
	}
}

void
doctor_pages(struct doctor_report *r)
{
	struct walk w = { .r = r, .f = fetch_open() };

	if (r->evidence.conf->cello.enabled && w.f != NULL) {
		look_at_pages(&w);
		look_at_assets(&w);
	}
	fetch_close(w.f);
}
