/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/json_write.h"
#include "base/text.h"

#include "http/request.h"
#include "http/response.h"

#include "http/paging.h"

#define CURSOR		(TEXT_BASE64_LEN(PAGING_KEY - 1) + 1)
#define LIMIT_TEXT	16

static enum err
limit_read(const struct req *q, int most, int *ret)
{
	char text[LIMIT_TEXT];
	int64_t value;
	enum err e;

	if ((e = req_query(q, "limit", text, sizeof(text))) == ERR_NOTFOUND) {
		*ret = PAGING_LIMIT < most ? PAGING_LIMIT : most;
		return ERR_OK;
	}
	if (e != ERR_OK || text_number(text, most, &value) != ERR_OK ||
	    value < 1)
		return ERR_INPUT;
	*ret = (int)value;
	return ERR_OK;
}

static enum err
after_read(const struct req *q, char ret[PAGING_KEY])
{
	char cursor[CURSOR] = "", key[PAGING_KEY];
	size_t len;

	if (req_query(q, "after", cursor, sizeof(cursor)) == ERR_INPUT ||
	    text_unbase64url(cursor, key, sizeof(key) - 1, &len) != ERR_OK ||
	    memchr(key, '\0', len) != NULL || text_utf8_length(key, len) == -1)
		return ERR_INPUT;
	memcpy(ret, key, len);
	ret[len] = '\0';
	return ERR_OK;
}

enum err
req_paging(const struct req *q, int most, struct paging *ret)
{
	struct paging g;

	if (limit_read(q, most, &g.limit) != ERR_OK ||
	    after_read(q, g.after) != ERR_OK)
		return ERR_INPUT;
	*ret = g;
	return ERR_OK;
}

enum err
paging_invalid(const struct req *q, int most, struct resp *p)
{
	struct paging g;
	char reason[64];

	resp_invalid_begin(p);
	if (limit_read(q, most, &g.limit) != ERR_OK) {
		(void)snprintf(reason, sizeof(reason),
		    "This has to be a number from 1 to %d.", most);
		resp_invalid_add(p, "limit", reason);
	}
	if (after_read(q, g.after) != ERR_OK)
		resp_invalid_add(p, "after", "This is no cursor of ours.");
	return resp_invalid_end(p);
}

void
paging_next(struct json_writer *w, const char *last)
{
	char cursor[CURSOR];
	size_t len;

	if (last == NULL) {
		json_put_null(w, "next");
		return;
	}
	len = strlen(last);
	assert(len > 0 && len < PAGING_KEY &&
	    text_utf8_length(last, len) != -1);
	text_base64url(last, len, cursor);
	json_put_text(w, "next", cursor);
}
