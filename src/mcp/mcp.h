/* SPDX-License-Identifier: MIT */
#ifndef MCP_MCP_H
#define MCP_MCP_H

/*
 * The Model Context Protocol: a door for programs that talk for people, with
 * tools that only look.  One JSON-RPC message in, at most one out, and nothing
 * is kept in between; so the same code answers over HTTP and over a pipe, and
 * clients of both eras: revision 2026-07-28, in which each request says in its
 * _meta what it is, and those of before, which begin with "initialize".
 */

#include "base/err.h"
#include "http/route.h"

struct app;
struct buf;
struct ctx;
struct json;
struct req;
struct resp;

/* On whose behalf it is asked. */
struct mcp {
	struct app	*app;		/* borrowed */
	int		 offline;	/* a worker's: neither is anybody else
					 * asked, nor a secret read */
	int		 addresses;	/* are told as they are, not masked */
	const char	*key;		/* its id, for the log; "-" */
};

/* What the headers of HTTP say again, which has to be the same; NULL: no. */
struct mcp_heads {
	const char	*version, *method, *name;
};

/* A message, and an answer, are no longer than this. */
#define MCP_MESSAGE	(16u << 10)
#define MCP_ANSWER	(504u << 10)	/* within RESPONSE_BODY */

/*
 * Answer the message, an object, into `out`, which was initialized with
 * MCP_ANSWER; `h` is NULL where there are no headers.  Returns the status that
 * HTTP has for it: 202 says that there is nothing to answer.
 */
int mcp_answer(const struct mcp *m, const struct mcp_heads *h,
    const struct json *message, struct buf *out);

/* The answer to what is no message. */
void mcp_refuse(struct buf *out);

/* POST /mcp */
extern const struct route mcp_routes[];
enum err mcp_post(struct ctx *c, const struct req *q, struct resp *p);

#endif /* !MCP_MCP_H */
