/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "net/form.h"

#include "stripe/client.h"

#include "stripe/endpoint.h"

#define PATH		"/v1/webhook_endpoints"
#define FORM_MAX	16384
#define NAME_LEN	64

/* 0: it has no id or no address. */
static int
take(const struct json *j, struct endpoint *ret)
{
	const char *id = json_text(j, "id"), *url = json_text(j, "url");

	memset(ret, 0, sizeof(*ret));
	if (id == NULL || url == NULL || strlen(id) >= sizeof(ret->id) ||
	    strlen(url) >= sizeof(ret->url))
		return 0;
	memcpy(ret->id, id, strlen(id) + 1);
	memcpy(ret->url, url, strlen(url) + 1);
	if (json_int(j, "created", &ret->created) != ERR_OK)
		ret->created = 0;
	ret->is_ours = json_text(j, "metadata.endpin") != NULL;
	text_cut(json_text(j, "metadata.endpin_secret"), ret->secret,
	    sizeof(ret->secret));
	return 1;
}

enum err
endpoint_list(struct stripe *s, struct endpoint ret[ENDPOINTS_MOST],
    size_t *ret_count, struct stripe_reply *r)
{
	enum err e = stripe_get(s, PATH "?limit=100", r);
	size_t i;

	*ret_count = 0;
	for (i = 0; e == ERR_OK && i < json_count(r->body, "data") &&
	    *ret_count < ENDPOINTS_MOST; i++)
		*ret_count += (size_t)take(json_item(r->body, "data", i),
		    &ret[*ret_count]);
	return e;
}

static void
put_events(struct buf *form, const char *const events[])
{
	char name[NAME_LEN];
	size_t i;

	for (i = 0; events[i] != NULL; i++) {
		(void)snprintf(name, sizeof(name), "enabled_events[%zu]", i);
		form_text(form, name, events[i]);
	}
}

enum err
endpoint_create(struct stripe *s, const struct endpoint_wish *wish,
    const char *key, struct endpoint *ret_endpoint,
    char ret_secret[ENDPOINT_SECRET], struct stripe_reply *r)
{
	const char *secret;
	struct buf form;
	enum err e;

	buf_init(&form, FORM_MAX);
	form_text(&form, "url", wish->url);
	form_text(&form, "api_version", wish->version);
	form_text(&form, "description", "made by endpin");
	form_text(&form, "metadata[endpin]", "1");
	put_events(&form, wish->events);
	e = form.full ? ERR_INPUT : stripe_post(s, PATH, form.data, key, r);
	buf_done(&form);
	if (e != ERR_OK)
		return e;
	secret = json_text(r->body, "secret");
	if (!take(r->body, ret_endpoint) || text_empty(secret) ||
	    strlen(secret) >= ENDPOINT_SECRET)
		return ERR_INTERNAL;
	memcpy(ret_secret, secret, strlen(secret) + 1);
	return ERR_OK;
}

static void
path_of(const char *id, struct buf *path)
{
	buf_init(path, STRIPE_PATH);
	buf_text(path, PATH "/");
	form_escape(path, id);
}

/* Takes `form`. */
static enum err
change(struct stripe *s, const char *id, struct buf *form, const char *key,
    struct stripe_reply *r)
{
	struct buf path;
	enum err e;

	path_of(id, &path);
	e = path.full || form->full ? ERR_INPUT :
	    stripe_post(s, path.data, form->data, key, r);
	buf_done(form);
	buf_done(&path);
	return e;
}

enum err
endpoint_renew(struct stripe *s, const char *id, const char *const events[],
    const char *key, struct stripe_reply *r)
{
	struct buf form;

	buf_init(&form, FORM_MAX);
	form_text(&form, "disabled", "false");
	put_events(&form, events);
	return change(s, id, &form, key, r);
}

/* Twice has the effect of once, so the key says no more than what is done. */
enum err
endpoint_stored(struct stripe *s, const char *id, const char *secret,
    struct stripe_reply *r)
{
	char key[STRIPE_KEY_MAX + 1];
	struct buf form;

	buf_init(&form, FORM_MAX);
	form_text(&form, "metadata[endpin_secret]", secret);
	(void)snprintf(key, sizeof(key), "endpin-%s-%.200s", secret, id);
	return change(s, id, &form, key, r);
}

enum err
endpoint_delete(struct stripe *s, const char *id, struct stripe_reply *r)
{
	struct buf path;
	enum err e;

	path_of(id, &path);
	e = path.full ? ERR_INPUT : stripe_delete(s, path.data, r);
	buf_done(&path);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}
