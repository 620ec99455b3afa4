/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/json_scan.h"
#include "base/log.h"
#include "base/text.h"

#include "stripe/event.h"

#define CREATED_MAX	253402300799	/* 9999-12-31T23:59:59Z */

enum {
	WANT_OBJECT, WANT_ID, WANT_TYPE, WANT_VERSION, WANT_CREATED,
	WANT_LIVEMODE, WANT_OBJECT_KIND, WANT_OBJECT_ID, WANTS
};

/*
 * Copy a string that may be missing.  One with escapes is nothing that Stripe
 * sends as an id or a name, and two spellings of one id would be two objects.
 */
static enum err
take_text(const struct json_want *w, char *ret, size_t size)
{
	if (w->at == NULL) {
		ret[0] = '\0';
		return ERR_OK;
	}
	if (!w->is_text || w->len >= size)
		return ERR_INPUT;
	memcpy(ret, w->at, w->len);
	ret[w->len] = '\0';
	return ERR_OK;
}

static enum err
take_created(const struct json_want *w, char *ret, size_t size)
{
	int64_t seconds;

	if (w->at == NULL || w->is_text || w->is_other || w->len >= size)
		return ERR_INPUT;
	memcpy(ret, w->at, w->len);
	ret[w->len] = '\0';
	return text_number(ret, CREATED_MAX, &seconds);
}

static int
is_word(const struct json_want *w, const char *word)
{
	return w->at != NULL && !w->is_text && !w->is_other &&
	    w->len == strlen(word) && memcmp(w->at, word, w->len) == 0;
}

static enum err
event_take(const struct json_want *w, struct event *e)
{
	memset(e, 0, sizeof(*e));
	if (take_text(&w[WANT_ID], e->id, sizeof(e->id)) != ERR_OK ||
	    take_text(&w[WANT_TYPE], e->type, sizeof(e->type)) != ERR_OK ||
	    take_text(&w[WANT_VERSION], e->api_version,
	    sizeof(e->api_version)) != ERR_OK ||
	    take_text(&w[WANT_OBJECT_KIND], e->object_kind,
	    sizeof(e->object_kind)) != ERR_OK ||
	    take_text(&w[WANT_OBJECT_ID], e->object_id,
	    sizeof(e->object_id)) != ERR_OK ||
	    take_created(&w[WANT_CREATED], e->created,
	    sizeof(e->created)) != ERR_OK)
		return ERR_INPUT;
	e->livemode = is_word(&w[WANT_LIVEMODE], "true");
	if (!e->livemode && !is_word(&w[WANT_LIVEMODE], "false"))
		return ERR_INPUT;
	return e->id[0] == '\0' || e->type[0] == '\0' ? ERR_INPUT : ERR_OK;
}

enum err
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
	};
	struct event e;
	char object[32];

	if (json_scan(body, len, want, WANTS) != ERR_OK ||
	    take_text(&want[WANT_OBJECT], object, sizeof(object)) != ERR_OK) {
		log_warn("event_refused", "the body is not an event");
		return ERR_INPUT;
	}
	if (!text_equal(object, "event")) {
		log_warn("event_refused", text_equal(object, "v2.core.event") ?
		    "thin event; the endpoint must be one for snapshots" :
		    "the body is another object than an event");
		return ERR_INPUT;
	}
	if (event_take(want, &e) != ERR_OK) {
		log_warn("event_refused", "the event lacks a usable member");
		return ERR_INPUT;
	}
	*ret_event = e;
	return ERR_OK;
}
