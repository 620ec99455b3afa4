/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#include "net/fetch.h"

#define RETRY_AFTER_MAX	3600	/* libcurl's own: six hours, or none */

/* The build says which; only a compilation by hand does not. */
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION	"0"
#endif

struct fetch {
	CURL	*easy;
};

struct fetch *
fetch_open(void)
{
	/*
	 * libcurl wants this once per process.  A process here has one thread,
	 * so nobody else can be between the question and the answer.
	 */
	static int ready;
	struct fetch *f = mem_zero(1, sizeof(*f));

	if (!ready && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		log_error("fetch_failed", "could not initialize libcurl");
		abort();
	}
	ready = 1;
	if ((f->easy = curl_easy_init()) == NULL) {
		log_error("fetch_failed", "could not initialize libcurl");
		abort();
	}
	return f;
}

void
fetch_close(struct fetch *f)
{
	if (f == NULL)
		return;
	curl_easy_cleanup(f->easy);
	free(f);
}

void
fetch_reply_init(struct fetch_reply *r)
{
	memset(r, 0, sizeof(*r));
	r->should_retry = -1;
	buf_init(&r->body, FETCH_BODY);
}

void
fetch_reply_done(struct fetch_reply *r)
{
	buf_done(&r->body);
}

/*
 * In the clear only to this machine, where the sandbox lives.  ret_host has
 * `size` bytes, for the log.
 */
static int
url_is_allowed(const char *url, char *ret_host, size_t size)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL;
	int ok = 0;

	ret_host[0] = '?';
	ret_host[1] = '\0';
	if (u == NULL || curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		goto done;
	if (strlen(host) < size)
		memcpy(ret_host, host, strlen(host) + 1);
	if (text_equal(scheme, "https"))
		ok = 1;
	else if (text_equal(scheme, "http"))
		ok = text_equal(host, "localhost") ||
		    text_equal(host, "127.0.0.1") || text_equal(host, "[::1]");
done:
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(u);
	return ok;
}

/*
 * May this request be sent twice?  libcurl does so by itself, whatever the
 * method, when a kept connection turns out dead before the answer begins; and
 * that can be after the server has acted.
 */
static int
is_repeatable(const struct fetch_request *q)
{
	size_t i;

	if (text_equal(q->method, "GET"))
		return 1;
	for (i = 0; q->header != NULL && q->header[i] != NULL; i++)
		if (text_begins(q->header[i], "Idempotency-Key:"))
			return 1;
	return 0;
}

static size_t
take_body(char *data, size_t size, size_t count, void *arg)
{
	struct buf *body = arg;

	buf_add(body, data, size * count);
	return body->full ? 0 : size * count;
}

static struct curl_slist *
header_list(const struct fetch_request *q)
{
	struct curl_slist *list = NULL, *longer;
	size_t i;

	/* Its "Expect: 100-continue" would cost a second with some servers. */
	list = curl_slist_append(NULL, "Expect:");
	for (i = 0; list != NULL && q->header != NULL &&
	    q->header[i] != NULL; i++) {
		if ((longer = curl_slist_append(list, q->header[i])) == NULL)
			curl_slist_free_all(list);
		list = longer;
	}
	return list;
}

/*
 * All the options, because the reset forgets them; the connection outlives it.
 * Nothing is left to the environment: no proxy, no .netrc.
 */
static int
prepare(CURL *c, const struct fetch_request *q, struct curl_slist *header)
{
	int connect_ms = q->timeout_ms < FETCH_CONNECT_MS ? q->timeout_ms :
	    FETCH_CONNECT_MS;
	unsigned bad = 0;

	curl_easy_reset(c);
	/* Signals are the process's own; it ignores SIGPIPE, as TLS needs. */
	bad |= curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	/*
	 * A thread asks for the name.  When it is out of time it is left
	 * behind; libcurl would otherwise wait for it, deadline or not.
	 */
	bad |= curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
	bad |= curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	bad |= curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= curl_easy_setopt(c, CURLOPT_PROXY, "");
	bad |= curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	bad |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	bad |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	bad |= curl_easy_setopt(c, CURLOPT_TCP_NODELAY, 1L);
	bad |= curl_easy_setopt(c, CURLOPT_MAXCONNECTS, 1L);
	bad |= curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, NULL);
	bad |= curl_easy_setopt(c, CURLOPT_USERAGENT,
	    "endpin/" PACKAGE_VERSION);

	/* One request at a time gains nothing from HTTP/2. */
	bad |= curl_easy_setopt(c, CURLOPT_HTTP_VERSION,
	    (long)CURL_HTTP_VERSION_1_1);

	/* A connection of its own is never sent to twice: is_repeatable(). */
	bad |= curl_easy_setopt(c, CURLOPT_FRESH_CONNECT,
	    is_repeatable(q) ? 0L : 1L);

	bad |= curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
	bad |= curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)q->timeout_ms);
	bad |= curl_easy_setopt(c, CURLOPT_URL, q->url);
	bad |= curl_easy_setopt(c, CURLOPT_HTTPHEADER, header);
	if (q->body != NULL || text_equal(q->method, "POST")) {
		bad |= curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)(q->body == NULL ? 0 : q->body_len));
		bad |= curl_easy_setopt(c, CURLOPT_POSTFIELDS,
		    q->body == NULL ? "" : q->body);
	}
	bad |= curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, q->method);
	return bad == 0;
}

/* NULL: the final answer has no such header. */
static const char *
header_find(CURL *c, const char *name)
{
	struct curl_header *h;

	if (curl_easy_header(c, name, 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
		return NULL;
	return h->value;
}

static void
take_headers(CURL *c, struct fetch_reply *r)
{
	const char *text;
	curl_off_t seconds = 0;
	long status = 0;

	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	r->status = (int)status;

	/* Amazon's gateways say it by their own name. */
	if ((text = header_find(c, "Request-Id")) == NULL)
		text = header_find(c, "apigw-requestid");
	if (text != NULL && strlen(text) < sizeof(r->request_id))
		memcpy(r->request_id, text, strlen(text) + 1);
	text = header_find(c, "Stripe-Rate-Limited-Reason");
	text_cut(text == NULL ? "" : text, r->limited, sizeof(r->limited));
	text = header_find(c, "Idempotent-Replayed");
	r->replayed = text != NULL && text_equal_nocase(text, "true");
	text = header_find(c, "Stripe-Should-Retry");
	if (text != NULL && text_equal_nocase(text, "true"))
		r->should_retry = 1;
	else if (text != NULL && text_equal_nocase(text, "false"))
		r->should_retry = 0;

	text = header_find(c, "Date");
	r->date = text == NULL ? -1 : curl_getdate(text, NULL);

	/* Either form of it, a number of seconds or a date. */
	(void)curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &seconds);
	if (seconds > RETRY_AFTER_MAX)
		seconds = RETRY_AFTER_MAX;
	r->retry_after = seconds > 0 ? (int)seconds : 0;
}

/* Who cannot be asked, rather than that somebody could not. */
static const char *
words(CURL *c, CURLcode code)
{
	curl_off_t resolved = 0;

	(void)curl_easy_getinfo(c, CURLINFO_NAMELOOKUP_TIME_T, &resolved);
	return code == CURLE_OPERATION_TIMEDOUT && resolved == 0 ?
	    "the name service did not answer in time" :
	    curl_easy_strerror(code);
}

/*
 * If not one byte of the request has left (no name, no connection, no TLS),
 * the server cannot have acted on it.
 */
static enum err
failure(CURL *c)
{
	long sent = 0;

	(void)curl_easy_getinfo(c, CURLINFO_REQUEST_SIZE, &sent);
	return sent == 0 ? ERR_LATER : ERR_INTERNAL;
}

enum err
fetch_run(struct fetch *f, const struct fetch_request *q,
    struct fetch_reply *r)
{
	struct curl_slist *header = NULL;
	CURLcode code;
	char host[256];
	enum err e = ERR_INPUT;

	buf_reset(&r->body);
	r->status = r->replayed = r->retry_after = 0;
	r->should_retry = -1;
	r->date = -1;
	r->request_id[0] = r->limited[0] = '\0';

	if (!url_is_allowed(q->url, host, sizeof(host))) {
		log_error("fetch_failed", "the address of %s is neither https"
		    " nor http on this machine", host);
		goto done;
	}
	if ((header = header_list(q)) == NULL || !prepare(f->easy, q, header) ||
	    curl_easy_setopt(f->easy, CURLOPT_WRITEFUNCTION, take_body) !=
	    CURLE_OK ||
	    curl_easy_setopt(f->easy, CURLOPT_WRITEDATA, &r->body) !=
	    CURLE_OK) {
		log_error("fetch_failed", "could not prepare a request to %s",
		    host);
		e = ERR_LATER;
		goto done;
	}
	if ((code = curl_easy_perform(f->easy)) != CURLE_OK) {
		e = failure(f->easy);
		log_warn("fetch_failed", "could not %s %s (%s): %s", q->method,
		    host, e == ERR_LATER ? "not sent" : "may have arrived",
		    words(f->easy, code));
		goto done;
	}
	take_headers(f->easy, r);
	e = ERR_OK;
done:
	curl_slist_free_all(header);
	return e;
}
