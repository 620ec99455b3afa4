/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "http/route.h"

#include "app/config.h"

#include "app/options.h"

/* "/usr/local/share/endpin/www", as the build says. */
#ifndef ENDPIN_WWW_DIR
#define ENDPIN_WWW_DIR	"/usr/local/share/endpin/www"
#endif

/* "", as the web server's files. */
#ifndef ENDPIN_WEB_PREFIX
#define ENDPIN_WEB_PREFIX ""
#endif

#define SERVER(field)	offsetof(struct server_config, field)
#define POOL(field)	offsetof(struct pool_config, field)
#define COURIER(field)	offsetof(struct courier_config, field)
#define RETENTION(field)	offsetof(struct retention_config, field)
#define SOCKET_PATH	107	/* bytes in a sockaddr_un, less the NUL */

const char *const pool_usual[] = { "hook", "password", "stripe", "web", NULL };

const struct option_row server_options[] = {
	{ "public_origin", OPTION_ORIGIN, SERVER(public_origin), NULL, 1, 512,
	    NULL, OPTION_MUST,
	    "Scheme, host and port under which browsers reach the pages." },
	{ "prefix", OPTION_TEXT, SERVER(prefix), ENDPIN_WEB_PREFIX,
	    0, 128, NULL, 0,
	    "What all paths of endpin begin with, like /members." },
	{ "pages", OPTION_BOOL, SERVER(pages), "true", 0, 0, NULL, 0,
	    "Whether endpin's own pages are served; no: you have your own." },
	{ "www_dir", OPTION_TEXT, SERVER(www_dir), ENDPIN_WWW_DIR, 1, 1024,
	    NULL, 0, "Where the pages are." },
	{ "doc_dir", OPTION_TEXT, SERVER(doc_dir), ENDPIN_DOC_DIR, 1, 1024,
	    NULL, 0, "Where the guides are that the MCP server reads out." },
	{ "run_dir", OPTION_TEXT, SERVER(run_dir), "/run/endpin", 1,
	    CONFIG_RUN_DIR, NULL, 0,
	    "Where the files are that workers share: slots and counts." },
	{ "peers", OPTION_TEXT, SERVER(peers), "www-data", 0, 1024, NULL, 0,
	    "Users, by name or number, that may connect to the sockets." },
	{ "log_level", OPTION_TEXT, SERVER(log_level), "info", 1, 8,
	    "debug|info|warn|error", 0, "The least that is logged." },
	{ "start_timeout", OPTION_NUMBER, SERVER(start_timeout), "30", 1, 600,
	    NULL, 0,
	    "Seconds that a reload may take to get whole; then it is given up." },
	{ "stop_timeout", OPTION_NUMBER, SERVER(stop_timeout), "30", 1, 600,
	    NULL, 0,
	    "Seconds that a worker may take to finish once asked to stop." },
	{ "hsts_days", OPTION_NUMBER, SERVER(hsts_days), "0", 0, 3650, NULL, 0,
	    "Days for which browsers are told to use https only; 0: not." },
	{ "hsts_subdomains", OPTION_BOOL, SERVER(hsts_subdomains), "false", 0, 0,
	    NULL, 0, "Whether that is for all names below this host too." },
	{ "csp_script", OPTION_TEXT, SERVER(csp_script), "", 0, 256, NULL, 0,
	    "Further sources for scripts in the pages' policy, like 'self'." },
	{ "csp_style", OPTION_TEXT, SERVER(csp_style), "", 0, 256, NULL, 0,
	    "Further sources for styles." },
	{ "csp_img", OPTION_TEXT, SERVER(csp_img), "", 0, 256, NULL, 0,
	    "Further sources for pictures." },
	{ "csp_font", OPTION_TEXT, SERVER(csp_font), "", 0, 256, NULL, 0,
	    "Further sources for fonts." },
	{ "csp_connect", OPTION_TEXT, SERVER(csp_connect), "", 0, 256, NULL, 0,
	    "Further places that scripts may talk to." },
	{ "csp_frame", OPTION_TEXT, SERVER(csp_frame), "", 0, 256, NULL, 0,
	    "Further sources for frames." },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};

const struct option_row pool_options[] = {
	{ "serves", OPTION_WORDS, POOL(serves), "", 0, 0, DUTY_WORDS, 0,
	    "What its workers may do, and so which secrets they hold." },
	{ "listen", OPTION_LISTEN, POOL(listen), "/run/endpin/NAME.sock",
	    1, SOCKET_PATH, NULL, OPTION_FIXED,
	    "The socket: an absolute path, or a loopback address and port." },
	{ "mode", OPTION_TEXT, POOL(mode), "0660", 3, 4, NULL, OPTION_FIXED,
	    "Mode of the socket file, octal." },
	{ "group", OPTION_TEXT, POOL(group), "", 0, 64, NULL, OPTION_FIXED,
	    "Group of the socket file; empty: the one of endpind." },
	{ "workers", OPTION_NUMBER, POOL(workers), "2", 0, 512, NULL, 0,
	    "Processes, each with a database connection; 0: by cores." },
	{ "max_requests", OPTION_NUMBER, POOL(max_requests), "100000",
	    0, 1000000000, NULL, 0,
	    "A worker that has answered about this many is replaced; "
	    "0: never." },
	{ "request_timeout", OPTION_NUMBER, POOL(request_timeout), "25",
	    1, 300, NULL, 0,
	    "Seconds after which a worker that is still busy with what it "
	    "took in together is killed." },
	{ "keep_connections", OPTION_NUMBER, POOL(keep_connections), "16",
	    0, 256, NULL, 0,
	    "Connections that a worker keeps open between requests." },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};

const struct option_row courier_options[] = {
	{ "processes", OPTION_NUMBER, COURIER(processes), "2", 0, 64, NULL, 0,
	    "Couriers on this machine; 0: another machine has some." },
	{ "poll", OPTION_NUMBER, COURIER(poll), "2", 1, 60, NULL, 0,
	    "Seconds after which a courier looks for work unasked." },
	{ "stuck_timeout", OPTION_NUMBER, COURIER(stuck_timeout), "50", 1, 600,
	    NULL, 0,
	    "Seconds without a sign of life after which a courier is killed." },
	{ "reconcile_hours", OPTION_NUMBER, COURIER(reconcile_hours), "6",
	    1, 168, NULL, 0,
	    "How often what Stripe lists is compared with what is here." },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};

const struct option_row retention_options[] = {
	{ "event_days", OPTION_NUMBER, RETENTION(event_days), "90", 31, 3650,
	    NULL, 0, "Days after which an event of Stripe's is deleted." },
	{ "object_days", OPTION_NUMBER, RETENTION(object_days), "90", 1, 3650,
	    NULL, 0,
	    "Days after which what was heard of an object is forgotten." },
	{ "call_days", OPTION_NUMBER, RETENTION(call_days), "90", 2, 3650,
	    NULL, 0, "Days after which a settled write to Stripe is deleted." },
	{ "checkout_days", OPTION_NUMBER, RETENTION(checkout_days), "90",
	    3, 3650, NULL, 0,
	    "Days after which an expired page of Checkout is deleted." },
	{ "fact_days", OPTION_NUMBER, RETENTION(fact_days), "90", 4, 3650,
	    NULL, 0, "Days after which what was sent to Cello is erased." },
	{ "view_days", OPTION_NUMBER, RETENTION(view_days), "400", 1, 3650,
	    NULL, 0, "Days for which it is known how often links were followed." },
	{ "card_days", OPTION_NUMBER, RETENTION(card_days), "400", 0, 3650,
	    NULL, 0,
	    "Days for which cards of referrals are known; 0: not at all." },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};

void
pool_begin(void *pool)
{
	struct pool_config *p = pool;
	char path[SOCKET_PATH + 1];
	size_t i;

	(void)snprintf(path, sizeof(path), "/run/endpin/%s.sock", p->name);
	free(p->listen);
	p->listen = mem_text(path);

	/* The words of DUTY_WORDS, in its order, are these names. */
	for (i = 0; pool_usual[i] != NULL; i++)
		if (text_equal(p->name, pool_usual[i]))
			p->serves = 1U << i;
	/*
	 * Where a request takes long on purpose or waits for somebody, a kept
	 * connection would bind it to one worker while another is free.
	 */
	if (p->serves & (DUTY_PASSWORD | DUTY_STRIPE))
		p->keep_connections = 0;
	/*
	 * Two serve together what comes together: one takes it in while the
	 * other commits.  One hash fills a core; Stripe is waited for.
	 */
	if (p->serves == DUTY_PASSWORD)
		p->workers = 0;
	else if ((p->serves & DUTY_STRIPE) != 0)
		p->workers = 4;
}
