/* SPDX-License-Identifier: MIT */
#ifndef MCP_TOOL_H
#define MCP_TOOL_H

/* The tools: each asks a verb of app/, and says the shapes of both ends. */

#include "base/err.h"
#include "report/shape.h"

struct json;
struct json_writer;
struct mcp;

/* What somebody asks a tool. */
struct asked {
	const struct mcp	*mcp;
	const struct json	*args;	/* fits `input`; NULL: none */
	/* Why ERR_INPUT or ERR_NOTFOUND, for whoever asks. */
	char			 problem[SHAPE_PROBLEM];
};

/* Writes one object that has the shape `output`; or it is an error. */
typedef enum err tool_run(struct asked *q, struct json_writer *w);

struct tool {
	const char		*name;
	const char		*title;
	const char		*about;
	int			 is_open;	/* asks others, too */
	int			 is_public;	/* nothing is masked */
	const struct shape	*input, *output;
	tool_run		*run;
};

tool_run tool_status, tool_events, tool_explain, tool_recommend; /* look.c */
extern const struct shape tool_status_input[], tool_events_input[],
    tool_events_output[], tool_explain_input[];
tool_run tool_metrics, tool_referrers, tool_top;		/* growth.c */
extern const struct shape tool_metrics_input[], tool_referrers_input[],
    tool_top_input[];
tool_run tool_docs;						/* docs.c */
extern const struct shape tool_docs_input[], tool_docs_output[];


/* `usual` if it is not asked for. */
int64_t asked_number(const struct asked *q, const char *name, int64_t usual);

#endif /* !MCP_TOOL_H */
