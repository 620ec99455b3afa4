/* SPDX-License-Identifier: MIT */

#include "base/buf.h"
#include "base/json.h"

#include "mcp/mcp.h"

#include "mcp/exchange.h"

#define KEEP_MS	300000

/* A string or a whole number; null where it could not be read. */
static void
put_id(struct json_writer *w, const struct json *id)
{
	int64_t number;

	if (json_text(id, NULL) != NULL)
		json_put_text(w, "id", json_text(id, NULL));
	else if (json_int(id, NULL, &number) == ERR_OK)
		json_put_int(w, "id", number);
	else
		json_put_null(w, "id");
}

void
exchange_open(struct exchange *x)
{
	json_open(&x->w, NULL);
	json_put_text(&x->w, "jsonrpc", "2.0");
	put_id(&x->w, x->id);
	json_open(&x->w, "result");
	if (x->modern)
		json_put_text(&x->w, "resultType", "complete");
}

void
exchange_close(struct exchange *x)
{
	json_close(&x->w);
	json_close(&x->w);
}

/* What is listed is the same for everybody, until endpin is another. */
void
exchange_keep(struct exchange *x)
{
	if (!x->modern)
		return;
	json_put_int(&x->w, "ttlMs", KEEP_MS);
	json_put_text(&x->w, "cacheScope", "public");
}

void
exchange_fail_open(struct exchange *x, int status, int code,
    const char *message)
{
	x->status = status;
	json_open(&x->w, NULL);
	json_put_text(&x->w, "jsonrpc", "2.0");
	put_id(&x->w, x->id);
	json_open(&x->w, "error");
	json_put_int(&x->w, "code", code);
	json_put_text(&x->w, "message", message);
}

void
exchange_fail(struct exchange *x, int status, int code, const char *message)
{
	exchange_fail_open(x, status, code, message);
	exchange_close(x);
}

const char *
exchange_name(struct exchange *x)
{
	const char *name = json_text(x->params, "name");

	if (name == NULL)
		exchange_fail(x, x->modern ? 400 : 200, RPC_PARAMS,
		    "params.name is missing");
	return name;
}
