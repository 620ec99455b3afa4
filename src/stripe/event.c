/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/json_scan.h"
#include "base/text.h"
#include "crypto/digest.h"

#include "stripe/event.h"

#define CREATED_MAX	253402300799	/* 9999-12-31T23:59:59Z */
#define NOT_GENERATED	"v2.core.health.event_generation_failure.resolved"
#define SUMMARY	"entitlements.active_entitlement_summary"
#define SCHEDULE	"subscription_schedule"
#define ESCAPED_MAX	(6 * STRIPE_ID + 8)	/* all of it as \u0061 */

enum {
	WANT_OBJECT, WANT_ID, WANT_TYPE, WANT_VERSION, WANT_CREATED,
	WANT_LIVEMODE, WANT_OBJECT_KIND, WANT_OBJECT_ID, WANT_CUSTOMER,
	WANT_SUBSCRIPTION, WANT_RELEASED, WANT_RELATED_KIND, WANT_RELATED_ID,
	WANT_TWIN, WANT_ACCOUNT, WANT_CONTEXT, WANTS
};

/* Ids and names at Stripe are of such characters. */
static int
is_plain(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return 0;
	return 1;
}

/* Two spellings of one id are one id. */
static int
unescape(const struct json_want *w, char *ret, size_t size)
{
	struct json *j = NULL;
	const char *text = NULL;
	struct buf b;

	buf_init(&b, ESCAPED_MAX);
	buf_text(&b, "[\"");
	buf_add(&b, w->at, w->len);
	buf_text(&b, "\"]");
	if (!b.full && json_parse(b.data, b.len, &j) == ERR_OK)
		text = json_text(j, "[0]");
	if (text != NULL && strlen(text) < size &&
	    is_plain(text, strlen(text)))
		memcpy(ret, text, strlen(text) + 1);
	json_free(j);
	buf_done(&b);
	return ret[0] != '\0';
}

/* Copy a name.  "" if it is not there; 0: it is, and cannot be used. */
static int
take_text(const struct json_want *w, char *ret, size_t size)
{
	ret[0] = '\0';
	if (w->is_escaped)
		return unescape(w, ret, size);
	if (w->at == NULL)
		return !w->is_other;
	if (!w->is_text || w->len >= size || !is_plain(w->at, w->len))
		return 0;
	memcpy(ret, w->at, w->len);
	ret[w->len] = '\0';
	return 1;
}

static size_t
count_digits(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] >= '0' && text[n] <= '9')
		n++;
	return n;
}

/* A thin event has a date. */
static void
take_date(const struct json_want *w, char ret[TEXT_DIGITS])
{
	char text[64];
	int64_t seconds;

	if (take_text(w, text, sizeof(text)) &&
	    clock_read(text, &seconds) == ERR_OK)
		(void)text_digits(seconds, ret);
}

/* Whole seconds; a fraction of one is nothing to us. */
static void
take_created(const struct json_want *w, char *ret, size_t size)
{
	size_t digits = count_digits(w->at, w->len), rest = w->len - digits;
	int64_t seconds;

	ret[0] = '\0';
	if (digits >= size || (rest > 0 && (w->at[digits] != '.' ||
	    count_digits(w->at + digits + 1, rest - 1) < rest - 1)))
		return;
	if (digits > 0)
		memcpy(ret, w->at, digits);
	ret[digits] = '\0';
	if (text_number(ret, CREATED_MAX, &seconds) != ERR_OK)
		ret[0] = '\0';
}

static int
is_word(const struct json_want *w, const char *word)
{
	return w->at != NULL && !w->is_text && w->len == strlen(word) &&
	    memcmp(w->at, word, w->len) == 0;
}

static void
make_id(const char *body, size_t len, char ret[STRIPE_ID])
{
	unsigned char digest[DIGEST_SHA256];

	digest_sha256(body, len, digest);
	memcpy(ret, "body_", 5);
	text_hex(digest, sizeof(digest), ret + 5);
}

/*
 * Whose it is, if not the account's whose endpoint it came to: "acct_1", or
 * behind an organization, "org_1/acct_1".
 */
static void
take_account(const struct json_want *want, struct event *e)
{
	char text[STRIPE_ID];
	const char *last;

	if (!take_text(&want[e->is_thin ? WANT_CONTEXT : WANT_ACCOUNT], text,
	    sizeof(text)))
		return;
	last = strrchr(text, '/');
	last = last == NULL ? text : last + 1;
	if (text_begins(last, "acct_"))
		memcpy(e->account, last, strlen(last) + 1);
}

/* Its own, or its twin's; 0: it has none that is usable. */
static int
take_id(const struct json_want *want, struct event *e)
{
	if (e->is_thin && take_text(&want[WANT_TWIN], e->id, sizeof(e->id)) &&
	    e->id[0] != '\0')
		return 1;
	return take_text(&want[WANT_ID], e->id, sizeof(e->id)) &&
	    e->id[0] != '\0';
}

static void
is_about(struct event *e, enum stripe_kind kind)
{
	text_cut(stripe_kind_name(kind), e->object_kind,
	    sizeof(e->object_kind));
}

/*
 * What is read is the whole that it is a part of: what somebody may use is a
 * matter of the customer, and has no id; what is planned comes with its
 * subscription.  One that has none, or a thin event's, which does not say which,
 * is not followed.
 */
static const struct json_want *
take_whole(const struct json_want *want, struct event *e,
    const struct json_want *id)
{
	const struct json_want *of = want[WANT_SUBSCRIPTION].at != NULL ?
	    &want[WANT_SUBSCRIPTION] : &want[WANT_RELEASED];

	if (text_equal(e->object_kind, SUMMARY)) {
		is_about(e, STRIPE_CUSTOMER);
		return &want[WANT_CUSTOMER];
	}
	if (text_equal(e->object_kind, SCHEDULE) && of->is_text) {
		is_about(e, STRIPE_SUBSCRIPTION);
		return of;
	}
	return id;
}

/* Which object it is about; 0: that cannot be used. */
static int
take_object(const struct json_want *want, struct event *e)
{
	const struct json_want *kind =
	    &want[e->is_thin ? WANT_RELATED_KIND : WANT_OBJECT_KIND];
	const struct json_want *id =
	    &want[e->is_thin ? WANT_RELATED_ID : WANT_OBJECT_ID];

	if (e->is_thin && text_equal(e->type, NOT_GENERATED) &&
	    kind->at == NULL) {
		is_about(e, STRIPE_NOTICE);
		memcpy(e->object_id, e->id, sizeof(e->object_id));
		return 1;
	}
	if (!take_text(kind, e->object_kind, sizeof(e->object_kind)))
		return 0;
	if (!e->is_thin)
		id = take_whole(want, e, id);
	return take_text(id, e->object_id, sizeof(e->object_id)) ||
	    stripe_kind(e->object_kind) == STRIPE_KINDS;
}

void
event_read(const char *body, size_t len, struct event *ret_event)
{
	struct json_want want[WANTS] = {
		[WANT_OBJECT]		= { .path = "object" },
		[WANT_ID]		= { .path = "id" },
		[WANT_TYPE]		= { .path = "type" },
		[WANT_VERSION]		= { .path = "api_version" },
		[WANT_CREATED]		= { .path = "created" },
		[WANT_LIVEMODE]		= { .path = "livemode" },
		[WANT_OBJECT_KIND]	= { .path = "data.object.object" },
		[WANT_OBJECT_ID]	= { .path = "data.object.id" },
		[WANT_CUSTOMER]		= { .path = "data.object.customer" },
		[WANT_SUBSCRIPTION]	= { .path =
		    "data.object.subscription" },
		[WANT_RELEASED]		= { .path =
		    "data.object.released_subscription" },
		[WANT_RELATED_KIND]	= { .path = "related_object.type" },
		[WANT_RELATED_ID]	= { .path = "related_object.id" },
		[WANT_TWIN]		= { .path = "snapshot_event" },
		[WANT_ACCOUNT]		= { .path = "account" },
		[WANT_CONTEXT]		= { .path = "context" },
	};
	struct event *e = ret_event;
	char object[32];
	int is_whole;

	memset(e, 0, sizeof(*e));
	is_whole = json_scan(body, len, want, WANTS) == ERR_OK;
	(void)take_text(&want[WANT_OBJECT], object, sizeof(object));
	e->is_thin = text_equal(object, stripe_kind_name(STRIPE_NOTICE));
	(void)take_text(&want[WANT_VERSION], e->api_version,
	    sizeof(e->api_version));
	if (e->is_thin)
		take_date(&want[WANT_CREATED], e->created);
	else
		take_created(&want[WANT_CREATED], e->created,
		    sizeof(e->created));
	take_account(want, e);
	e->livemode = is_word(&want[WANT_LIVEMODE], "true") ? 1 :
	    is_word(&want[WANT_LIVEMODE], "false") ? 0 : -1;

	/* The last that is found is said: it is the one that matters most. */
	if (!e->is_thin && !text_equal(object, "event"))
		e->odd = "it is no event";
	if (!take_text(&want[WANT_TYPE], e->type, sizeof(e->type)) ||
	    e->type[0] == '\0')
		e->odd = "it has no usable type";
	if (!take_id(want, e)) {
		e->odd = "it has no usable id";
		make_id(body, len, e->id);
	}
	if (!take_object(want, e))
		e->odd = "the object that it names cannot be used";
	if (!is_whole)
		e->odd = "it is not JSON to its end";
}

int
event_followed(const struct event *e)
{
	return !e->is_foreign && stripe_kind(e->object_kind) != STRIPE_KINDS &&
	    stripe_id_ok(e->object_id);
}
