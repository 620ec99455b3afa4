/* SPDX-License-Identifier: MIT */

/* Over HTTP: one endpoint, one answer, no stream and no session. */

#include "account/key.h"
#include "app/ctx.h"
#include "http/request.h"
#include "http/response.h"

#include "mcp/mcp.h"

const struct route mcp_routes[] = {
	{ POST, "/mcp", DUTY_WEB, PROGRAM, KEY_MCP, JSON, MCP_MESSAGE,
	    LIMIT_SERVER, mcp_post },

	{ GET, NULL, DUTY_WEB, ANYONE, 0, NONE, 0, LIMIT_SERVER, NULL }
};

enum err
mcp_post(struct ctx *c, const struct req *q, struct resp *p)
{
	const struct mcp m = { .app = c->app, .offline = 1,
	    .addresses = (c->visitor.scopes & KEY_ADDRESSES) != 0,
	    .key = c->visitor.key };
	const struct mcp_heads h = { .version = q->mcp_version,
	    .method = q->mcp_method, .name = q->mcp_name };
	const int status = mcp_answer(&m, &h, q->json, &p->body);

	if (p->body.len == 0)
		return resp_empty(p, status);
	p->status = status;
	p->type = "application/json";
	return ERR_OK;
}
