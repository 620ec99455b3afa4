/* SPDX-License-Identifier: MIT */

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/text.h"

#include "http/params.h"

#define ID_MIN		8
#define ID_BYTES	16
#define SENT_DIGITS	16	/* a time in milliseconds has 13 */

enum {
	META = 1,	/* CGI's own variable: "" says that there is none */
	SINGLE = 2,	/* twice is an attack or an accident: see duplicate */
	LONE = 4,	/* never with a comma: the web server has joined two */
	LINES = 8	/* may come on several lines, which count together */
};

/* The ones that count; a `slot` is where the value goes, if anywhere. */
enum slot {
	NOWHERE, METHOD, URI, TYPE, ORIGIN, SITE, MODE, PURPOSE, SIGNATURE,
	AUTHORIZATION, CELLO_ENV, MCP_VERSION, MCP_METHOD, MCP_NAME,
	REMOTE, ID, WANTED, QUERY, COUNTRY, SENT, SLOTS
};

struct known {
	const char	*name;
	enum slot	 slot;
	unsigned	 flags;
};

/*
 * Sorted by name.  Only what is read here, or decides where a request ends and
 * whose it is: a proxy may repeat any other header as it likes.  Some servers
 * send a header of this list also under its HTTP_ name: that is not twice.  A
 * type may have a comma in a quoted parameter; two of them joined are no type,
 * see enforce.c.
 */
static const struct known known[] = {
	{ "CONTENT_LENGTH",		NOWHERE,	META | SINGLE | LONE },
	{ "CONTENT_TYPE",		TYPE,		META | SINGLE },
	{ "ENDPIN_COUNTRY",		COUNTRY,	META },
	{ "ENDPIN_QUERY",		QUERY,		META },
	{ "ENDPIN_SENT",		SENT,		META },
	{ "ENDPIN_WANTED",		WANTED,		META },
	{ "HTTP_AUTHORIZATION",		AUTHORIZATION,	0 },
	{ "HTTP_CONTENT_LENGTH",	NOWHERE,	SINGLE | LONE },
	{ "HTTP_CONTENT_TYPE",		NOWHERE,	SINGLE },
	{ "HTTP_COOKIE",		NOWHERE,	LINES },
	{ "HTTP_HOST",			NOWHERE,	SINGLE | LONE },
	{ "HTTP_MCP_METHOD",		MCP_METHOD,	SINGLE },
	{ "HTTP_MCP_NAME",		MCP_NAME,	SINGLE },
	{ "HTTP_MCP_PROTOCOL_VERSION",	MCP_VERSION,	SINGLE },
	{ "HTTP_ORIGIN",		ORIGIN,		SINGLE | LONE },
	{ "HTTP_SEC_FETCH_MODE",	MODE,		0 },
	{ "HTTP_SEC_FETCH_SITE",	SITE,		SINGLE | LONE },
	{ "HTTP_SEC_PURPOSE",		PURPOSE,	0 },
	{ "HTTP_STRIPE_SIGNATURE",	SIGNATURE,	SINGLE },
	{ "HTTP_X_CELLO_ENV",		CELLO_ENV,	0 },
	{ "REMOTE_ADDR",		REMOTE,		META },
	{ "REQUEST_ID",			ID,		META },
	{ "REQUEST_METHOD",		METHOD,		META },
	{ "REQUEST_URI",		URI,		META }
};

struct name {
	const char	*text;
	size_t		 len;
};

static int
by_name(const void *name, const void *row)
{
	const struct name *n = name;
	const struct known *k = row;
	int order = strncmp(n->text, k->name, n->len);

	return order != 0 || k->name[n->len] == '\0' ? order : -1;
}

static const struct known *
known_find(const char *name, size_t len)
{
	const struct name n = { .text = name, .len = len };

	return bsearch(&n, known, NELEM(known), sizeof(*known), by_name);
}

static enum method
method_of(const char *text)
{
	enum method m;

	for (m = METHODS - 1; m != METHOD_OTHER; m--)
		if (text_equal(text, method_names[m]))
			break;
	return m;
}

/* A path that is too long for any of ours stays "", which is none of ours. */
static void
uri_split(const char *uri, struct req *q)
{
	size_t len = uri == NULL ? 0 : strcspn(uri, "?");

	q->query = uri != NULL && uri[len] == '?' ? uri + len + 1 : "";
	if (len >= sizeof(q->path))
		len = 0;
	if (len > 0)
		memcpy(q->path, uri, len);
	q->path[len] = '\0';
}

static int
id_ok(const char *id)
{
	size_t len = id == NULL ? 0 : strspn(id, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	return len >= ID_MIN && len < REQUEST_ID && id[len] == '\0';
}

/*
 * The web server's, so that one id leads through both logs; it sets it itself,
 * as REQUEST_ID and not as the HTTP_... that a client could send.  Without one,
 * a random one.
 */
static void
id_take(const char *id, char ret_id[REQUEST_ID])
{
	unsigned char bytes[ID_BYTES];

	if (id_ok(id)) {
		memcpy(ret_id, id, strlen(id) + 1);
		return;
	}
	random_bytes(bytes, sizeof(bytes));
	text_hex(bytes, sizeof(bytes), ret_id);
}

/* nginx's $msec, "1795795200.123"; 0: it is none. */
static int64_t
sent_read(const char *text)
{
	size_t len = text == NULL ? 0 : strcspn(text, ".");
	char digits[SENT_DIGITS + 1];
	int64_t ms;

	if (len == 0 || len + 4 > SENT_DIGITS || strlen(text) != len + 4)
		return 0;
	memcpy(digits, text, len);
	memcpy(digits + len, text + len + 1, 4);
	return text_number(digits, INT64_MAX, &ms) == ERR_OK ? ms : 0;
}

/* Several lines are what HTTP/2 may make of one header. */
static void
cookie_add(const char *text, struct req *q)
{
	if (q->cookies < NELEM(q->cookie))
		q->cookie[q->cookies++] = text;
	else
		q->duplicate = "HTTP_COOKIE";
}

/*
 * What an authorizer is asked: not for the path of the request, which is the
 * product's, but whether it may go there.
 */
static void
authorize(const char *uri, const char *query, struct req *q)
{
	q->method = GET;
	q->wanted = uri;
	uri_split("/auth", q);
	q->query = query == NULL ? "" : query;
}

enum err
params_read(char *const envp[], struct req *q)
{
	const char *value[SLOTS] = { NULL }, *text;
	unsigned seen[NELEM(known)] = { 0 };
	const struct known *k;
	size_t len, total = 0;

	q->duplicate = NULL;
	q->cookies = 0;
	for (; *envp != NULL; envp++) {
		len = strcspn(*envp, "=");
		text = *envp + len + ((*envp)[len] == '=');
		total += len + strlen(text) + 2;
		if (total > REQUEST_PARAMS)
			return ERR_INPUT;
		if ((k = known_find(*envp, len)) == NULL)
			continue;
		if (k->flags & LINES) {
			cookie_add(text, q);
			continue;
		}
		if (seen[k - known]++) {
			if (k->flags & SINGLE)
				q->duplicate = k->name;
			continue;
		}
		if ((k->flags & LONE) && strchr(text, ',') != NULL)
			q->duplicate = k->name;
		if (*text != '\0' || !(k->flags & META))
			value[k->slot] = text;
	}

	q->method = method_of(value[METHOD]);
	q->wanted = value[WANTED];
	q->country = value[COUNTRY];
	q->sent_ms = sent_read(value[SENT]);
	uri_split(value[URI], q);
	if (q->authorizer)
		authorize(value[URI], value[QUERY], q);
	q->content_type = value[TYPE];
	q->origin = value[ORIGIN];
	q->sec_fetch_site = value[SITE];
	q->sec_fetch_mode = value[MODE];
	q->sec_purpose = value[PURPOSE];
	q->signature = value[SIGNATURE];
	q->authorization = value[AUTHORIZATION];
	q->cello_env = value[CELLO_ENV];
	q->mcp_version = value[MCP_VERSION];
	q->mcp_method = value[MCP_METHOD];
	q->mcp_name = value[MCP_NAME];
	q->remote = value[REMOTE];
	id_take(value[ID], q->id);
	return ERR_OK;
}
