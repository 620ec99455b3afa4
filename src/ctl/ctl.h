/* SPDX-License-Identifier: MIT */
#ifndef CTL_CTL_H
#define CTL_CTL_H

/* The commands of endpin(1). */

struct config;

#define CTL_OK		0
#define CTL_WRONG	1	/* something is wrong, or could not be done */
#define CTL_USAGE	2	/* a bad command line or configuration */

/* How long a statement may take that goes through all that there ever was. */
#define CTL_REPORT_MS	600000

/* What a command is given; argv[0] is its own name. */
struct ctl {
	const char		*path;	/* of the configuration */
	const struct config	*conf;	/* NULL for those that need none */
	int			 argc;
	char			**argv;
};

/* Returns the exit status. */
typedef int command(const struct ctl *t);

command ctl_adopt;		/* a part of ctl_stripe */
command ctl_attribute;		/* a part of ctl_cello */
command ctl_doubts;		/* and so are these */
command ctl_trust;
command ctl_calls;
command ctl_cello;
command ctl_cello_ask;		/* a part of ctl_cello */
command ctl_check;
command ctl_doctor;
command ctl_endpoint;		/* a part of ctl_stripe */
command ctl_errands;
command ctl_events;
command ctl_erase;
command ctl_explain;
command ctl_export;
command ctl_funnel;
command ctl_keys;
command ctl_ledger;
command ctl_mcp;
command ctl_migrate;
command ctl_objects;
command ctl_recommend;
command ctl_resync;
command ctl_routes;
command ctl_setup;
command ctl_stripe;
command ctl_tidy;

#endif /* !CTL_CTL_H */
