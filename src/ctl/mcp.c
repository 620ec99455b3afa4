/* SPDX-License-Identifier: MIT */

/* endpin mcp: the MCP server on standard input and output; and its tokens. */

#include <stdio.h>
#include <stdlib.h>

#include "account/key.h"
#include "app/app.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "mcp/mcp.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/keys.h"

struct pipe {
	struct mcp	 mcp;
	char		*line;		/* MCP_MESSAGE bytes, and a NUL */
	size_t		 len;
	int		 too_long;	/* what follows is dropped */
	int64_t		 lost_said;	/* lines of the log */
};

static int
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next line, without its end.  Returns 0: there is none. */
static int
line_read(struct pipe *p)
{
	int c;

	p->len = 0;
	p->too_long = 0;
	while ((c = getchar()) != EOF && c != '\n') {
		if (p->len == MCP_MESSAGE)
			p->too_long = 1;
		else
			p->line[p->len++] = (char)c;
	}
	while (p->len > 0 && is_blank(p->line[p->len - 1]))
		p->len--;
	p->line[p->len] = '\0';
	return c != EOF || p->len > 0;
}

static void
line_answer(struct pipe *p)
{
	struct json *message = NULL;
	struct buf out;

	buf_init(&out, MCP_ANSWER);
	if (p->too_long || json_parse(p->line, p->len, &message) != ERR_OK)
		mcp_refuse(&out);
	else
		(void)mcp_answer(&p->mcp, NULL, message, &out);
	if (out.len > 0)
		printf("%s\n", out.data);
	json_free(message);
	buf_done(&out);
}

static void
say_lost(struct pipe *p)
{
	int64_t lost = log_lost() - p->lost_said;

	if (lost > 0 && log_say_lost(lost))
		p->lost_said += lost;
}

/*
 * Nothing but answers goes to standard output: words go to standard error, which
 * not every client reads.
 */
static int
serve(const struct ctl *t, int addresses)
{
	const struct app_role role = { .name = "endpin mcp", .doorbell = -1,
	    .statement_ms = CTL_REPORT_MS };
	struct pipe p = { .mcp = { .addresses = addresses, .key = "-" } };

	if ((p.mcp.app = app_open(t->conf, &role)) == NULL)
		return CTL_WRONG;
	log_never_wait();
	p.line = mem_zero(1, MCP_MESSAGE + 1);
	while (line_read(&p)) {
		if (p.len > 0)
			line_answer(&p);
		if (fflush(stdout) != 0)
			break;
		say_lost(&p);
	}
	free(p.line);
	app_close(p.mcp.app);
	return CTL_OK;
}

static int
token(const struct ctl *t)
{
	int addresses = 0;
	const struct arg_option options[] = {
		{ "addresses", ARG_FLAG, &addresses, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .least = 1, .most = 1 };

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	return keys_make(t, words.word[0], KEY_MCP |
	    (addresses ? KEY_ADDRESSES : 0));
}

/* endpin mcp [--addresses], endpin mcp token NAME [--addresses] */
int
ctl_mcp(const struct ctl *t)
{
	int addresses = 0;
	const struct arg_option options[] = {
		{ "addresses", ARG_FLAG, &addresses, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = 0 };
	struct ctl part = *t;

	if (t->argc > 1 && text_equal(t->argv[1], "token")) {
		part.argc--;
		part.argv++;
		return token(&part);
	}
	return args_take(t, options, &words) ? serve(t, addresses) : CTL_USAGE;
}
