/* SPDX-License-Identifier: MIT */
#ifndef MCP_EXCHANGE_H
#define MCP_EXCHANGE_H

/* A request and the answer in the making; what the files of mcp/ share. */

#include "base/json_write.h"

struct json;
struct mcp;
struct mcp_heads;

#define RPC_INVALID	(-32600)	/* no request */
#define RPC_METHOD	(-32601)	/* there is no such method */
#define RPC_PARAMS	(-32602)
#define RPC_PARSE	(-32700)	/* no JSON */
#define RPC_HEADERS	(-32020)	/* say something else than the body */
#define RPC_VERSION	(-32022)	/* is none of ours */

struct exchange {
	const struct mcp	*mcp;
	const struct mcp_heads	*heads;		/* NULL: there are none */
	const struct json	*id;
	const char		*method;
	const struct json	*params;	/* NULL: none */
	int			 modern;
	int			 status;
	struct json_writer	 w;
};

/* Write the members of the result in between. */
void exchange_open(struct exchange *x);
void exchange_close(struct exchange *x);

/* The members that say for how long a client may keep the result. */
void exchange_keep(struct exchange *x);

/* An error instead; `status` is HTTP's.  Further members: exchange_close(). */
void exchange_fail_open(struct exchange *x, int status, int code,
    const char *message);
void exchange_fail(struct exchange *x, int status, int code,
    const char *message);

/* params.name; NULL: it failed for want of one. */
const char *exchange_name(struct exchange *x);

typedef void method(struct exchange *x);
method tools_list, tools_call;			/* tool.c */
method prompts_list, prompts_get;		/* prompt.c */

#endif /* !MCP_EXCHANGE_H */
