/* SPDX-License-Identifier: MIT */

#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/config.h"
#include "base/err.h"
#include "base/log.h"
#include "base/streams.h"
#include "base/text.h"

#include "ctl/args.h"
#include "ctl/ctl.h"

#define DEFAULT_PATH	ENDPIN_CONF
#define OVERRIDES	256

/* endpin config [--json] */
static int
show_config(const struct ctl *t)
{
	switch (args_json(t)) {
	case 0:
		config_print(t->conf, stdout);
		return CTL_OK;
	case 1:
		config_print_json(t->conf, stdout);
		return CTL_OK;
	default:
		return CTL_USAGE;
	}
}

/* endpin options [--json] */
static int
show_options(const struct ctl *t)
{
	switch (args_json(t)) {
	case 0:
		config_print_options(stdout);
		return CTL_OK;
	case 1:
		config_print_options_json(stdout);
		return CTL_OK;
	default:
		return CTL_USAGE;
	}
}

static command show_help;

/* In the order of endpin(1). */
static const struct {
	const char	*name;
	command		*run;
	int		 needs_config;
	const char	*about;
	const char	*usage;		/* its arguments; NULL: it says itself */
} commands[] = {
	{ "calls", ctl_calls, 1,
	    "the errands that are calls to Stripe: its journal of writes",
	    " [list | show | retry | drop] ...\n"
	    "       as \"endpin errands\", without the kind" },
	{ "cello", ctl_cello, 1,
	    "ask Cello; decide what it was told, who referred somebody, and who"
	    " is of which organization",
	    " code UCC\n"
	    "       endpin cello link EMAIL\n"
	    "       endpin cello reward EMAIL\n"
	    "       endpin cello forget EMAIL --yes\n"
	    "       endpin cello held [--json]\n"
	    "       endpin cello rewards [EMAIL] [--limit N]\n"
	    "       endpin cello organization EMAIL [--join EMAIL]\n"
	    "       endpin cello resolve ID told | again | never\n"
	    "       endpin cello resolve --all told | again | never\n"
	    "       endpin cello attribute EMAIL UCC\n"
	    "       endpin cello doubts [--limit N]\n"
	    "       endpin cello trust EMAIL [--undo]" },
	{ "check", ctl_check, 1,
	    "say what is wrong with this installation, and what to do",
	    " [--statements] [--offline] [--json]" },
	{ "config", show_config, 1, "print the effective configuration",
	    " [--json]" },
	{ "doctor", ctl_doctor, 1,
	    "say whether the referral program works, and what is next",
	    " [--steps | --checklist] [--offline] [--json]\n"
	    "       endpin doctor --tick NAME | --untick NAME" },
	{ "erase", ctl_erase, 1,
	    "erase an account, or say how far that is", " EMAIL|ID [--yes]" },
	{ "errands", ctl_errands, 1,
	    "list what is to be done, look at it, bring it back, drop it",
	    " [list] [--kind KIND] [--state STATE] [--id ID] [--limit N]"
	    " [--json]\n"
	    "       endpin errands show KIND ID [--json]\n"
	    "       endpin errands retry KIND ID\n"
	    "       endpin errands retry [--kind KIND] [--state STATE] --all\n"
	    "       endpin errands drop KIND ID" },
	{ "events", ctl_events, 1,
	    "list what Stripe has told, look at it, act upon it again",
	    " [list] [--type TYPE] [--object ID] [--since DURATION]"
	    " [--limit N] [--json]\n"
	    "       endpin events show ID [--payload | --json]\n"
	    "       endpin events replay ID\n"
	    "       endpin events replay --since DURATION [--type TYPE]" },
	{ "export", ctl_export, 1,
	    "all that is stored of one person, as JSON", " EMAIL|ID" },
	{ "explain", ctl_explain, 1,
	    "say why a referral did or did not lead to a reward",
	    " EMAIL|ID [--json]" },
	{ "funnel", ctl_funnel, 1,
	    "count who came, signed up, tried and paid, referred or not",
	    " [--by week|month|referrer|plan] [--since DAY] [--until DAY]\n"
	    "       [--order WHAT] [--currency CODE] [--chart | --svg FILE |"
	    " --json]" },
	{ "keys", ctl_keys, 1,
	    "make and revoke keys with which programs ask",
	    " create NAME\n"
	    "       endpin keys list\n"
	    "       endpin keys revoke ID" },
	{ "ledger", ctl_ledger, 1,
	    "what each referral and referrer brought, to the cent",
	    " [EMAIL] [--month YYYY-MM] [--csv]\n"
	    "       endpin ledger check [--since DURATION]" },
	{ "mcp", ctl_mcp, 1,
	    "be an MCP server on standard input and output, make a token for"
	    " the one at /mcp",
	    " [--addresses]\n"
	    "       endpin mcp token NAME [--addresses]" },
	{ "migrate", ctl_migrate, 1, "bring the database up to date",
	    " [--dir DIRECTORY] [--conninfo CONNINFO]" },
	{ "objects", ctl_objects, 1,
	    "the errands that are objects at Stripe, which are to be read",
	    " [list | show | retry | drop] ...\n"
	    "       as \"endpin errands\", without the kind\n"
	    "       endpin objects read ID" },
	{ "options", show_options, 0, "print every option with its limits",
	    " [--json]" },
	{ "recommend", ctl_recommend, 1,
	    "say how the referral program could do better",
	    " [--done NAME | --undone NAME] [--json]" },
	{ "resync", ctl_resync, 1,
	    "compare what Stripe lists with what is here, now",
	    " [--since DURATION] [--dry-run] [--json]" },
	{ "routes", ctl_routes, 0, "print every route", " [--json]" },
	{ "setup", ctl_setup, 0,
	    "do all that is left to do between \"make install\" and a start",
	    NULL },
	{ "stripe", ctl_stripe, 1,
	    "adopt customers of before, look after the webhook endpoints",
	    " adopt [--dry-run] [--by-address] [--after CUSTOMER | --csv FILE]"
	    " [--json]\n"
	    "       endpin stripe endpoint create [ours | cello] [--url URL] [--key-file FILE]"
	    " [--secret-file FILE]\n"
	    "       endpin stripe endpoint check [--json]\n"
	    "       endpin stripe endpoint roll [ours | cello] [--finish]"
	    " [--url URL] [--key-file FILE] [--secret-file FILE]\n"
	    "       endpin stripe endpoint delete [ours | cello] [--url URL]"
	    " [--key-file FILE]" },
	{ "tidy", ctl_tidy, 1, "delete what has had its time, now",
	    " [--json]" },
	{ "help", show_help, 0, "print this", "" }
};

static int
show_help(const struct ctl *t)
{
	size_t i;

	(void)t;
	printf("usage: endpin [-c file] [--set section.option=value]"
	    " command [argument ...]\n\n");
	for (i = 0; i < NELEM(commands); i++)
		printf("  %-9s  %s\n", commands[i].name, commands[i].about);
	printf("\n\"endpin COMMAND --help\" shows its arguments.\n"
	    "The configuration is %s unless -c names another.\n"
	    "More is in endpin(1) and endpin.conf(5).\n", DEFAULT_PATH);
	return CTL_OK;
}

/* Is it asked what it takes, rather than to do something? */
static int
asks_usage(const struct ctl *t)
{
	int i;

	for (i = 1; i < t->argc && !text_equal(t->argv[i], "--"); i++)
		if (text_equal(t->argv[i], "--help"))
			return 1;
	return 0;
}

/*
 * The end of a command, whose output is still on its way.  If nobody reads it
 * any more, as with "| head", we end as programs do then, without a word.
 */
static int
output_end(int status)
{
	struct pollfd p = { .fd = STDOUT_FILENO };

	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (poll(&p, 1, 0) == 1 && (p.revents & (POLLERR | POLLHUP)) != 0) {
		(void)signal(SIGPIPE, SIG_DFL);
		(void)raise(SIGPIPE);
	}
	fprintf(stderr, "endpin: could not write all of the output\n");
	return CTL_WRONG;
}

/*
 * Where names of secrets without a slash are looked for.  Somebody at a terminal
 * is not the service, but root may look where systemd keeps its credentials
 * while it runs.
 */
static const char *
credentials_dir(void)
{
	static const char service[] = "/run/credentials/endpind.service";
	const char *ours = getenv("CREDENTIALS_DIRECTORY");

	return ours == NULL && access(service, X_OK) == 0 ? service : ours;
}

static int
run_command(struct ctl *t, const char *const set[], size_t count)
{
	struct config *conf = NULL;
	size_t i = 0;
	int status;

	while (i < NELEM(commands) &&
	    !text_equal(commands[i].name, t->argv[0]))
		i++;
	if (i == NELEM(commands)) {
		fprintf(stderr, "endpin: %s is not a command\n"
		    "hint: \"endpin help\" lists them\n", t->argv[0]);
		return CTL_USAGE;
	}
	if (commands[i].usage != NULL && asks_usage(t)) {
		printf("usage: endpin %s%s\n\nIt is there to %s; see endpin(1).\n",
		    commands[i].name, commands[i].usage, commands[i].about);
		return output_end(CTL_OK);
	}
	if (commands[i].needs_config && config_read(t->path, set, count,
	    credentials_dir(), stderr, &conf) != ERR_OK) {
		fprintf(stderr, "hint: \"endpin options\" lists every option"
		    " with its limits\n");
		return CTL_USAGE;
	}
	t->conf = conf;
	status = commands[i].run(t);
	config_free(conf);
	return output_end(status);
}

int
main(int argc, char *argv[])
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "set", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 }
	};
	struct ctl t = { .path = DEFAULT_PATH };
	const char *set[OVERRIDES];
	size_t count = 0;
	int o;

	(void)streams_keep();
	log_process("endpin");
	log_level(LOG_WARN);

	/*
	 * A server that hangs up is no reason to die, and neither is a reader
	 * of ours in the middle of a migration: see output_end().
	 */
	(void)signal(SIGPIPE, SIG_IGN);

	opterr = 0;	/* we say it ourselves */

	/* What follows the command is the command's own. */
	while ((o = getopt_long(argc, argv, "+c:", longs, NULL)) != -1) {
		if (o == 'c')
			t.path = optarg;
		else if (o == 's' && count < OVERRIDES)
			set[count++] = optarg;
		else if (o == 'h')
			return output_end(show_help(&t));
		else if (o == 'v') {
			printf("endpin %s\n", PACKAGE_VERSION);
			return output_end(CTL_OK);
		} else {
			fprintf(stderr, "endpin: bad option before the"
			    " command: %s\n"
			    "hint: \"endpin help\" shows how to call it\n",
			    argv[optind - 1]);
			return CTL_USAGE;
		}
	}
	if (optind == argc) {
		fprintf(stderr, "endpin: which command?\n"
		    "hint: \"endpin help\" lists them\n");
		return CTL_USAGE;
	}
	t.argc = argc - optind;
	t.argv = argv + optind;
	return run_command(&t, set, count);
}
