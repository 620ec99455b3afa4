/* SPDX-License-Identifier: MIT */
#ifndef BASE_LOG_H
#define BASE_LOG_H

/*
 * One JSON object per line on standard error, written with one write(2), so
 * that lines of many processes do not mix.  A line that could not be written is
 * lost, and counted.  Members: ts, level, event, the
 * prefix (process, pid, request if there is one), msg.  Strings are escaped, so
 * a line cannot be forged by what it quotes.  Never a secret, a body, a
 * password, a token or an e-mail address: ids.
 */

#include <stdint.h>

#include "base/err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Name the process: "master", "web", "courier", ...  Borrowed for ever. */
void log_process(const char *name);

/* Lines below `least` are not written. */
void log_level(enum log_level least);

/*
 * For processes that serve others: whoever reads standard error, stopped or
 * gone, holds nobody up.  From now on a line that is not taken at once, by a
 * pipe, a socket or a terminal, is lost.  Before the first fork.
 */
void log_never_wait(void);

/* Count lost lines in *at, borrowed for ever, instead of memory of our own. */
void log_count_lost(_Atomic int64_t *at);

/* Lines that this process has lost. */
int64_t log_lost(void);

/*
 * Say that so many lines were lost, whatever the level.  0: this one is not
 * taken either, which is not counted: try again later.
 */
MUST_USE int log_say_lost(int64_t count);

/* The request that all lines belong to from now on; NULL: none.  Copied. */
void log_request(const char *id);

/*
 * `event` is a short constant such as "db_lost", from the inventory in
 * doc/events.md; the sentence follows STYLE: lower case, no full stop.
 */
void log_debug(const char *event, const char *format, ...) PRINTF(2, 3);
void log_info(const char *event, const char *format, ...) PRINTF(2, 3);
void log_warn(const char *event, const char *format, ...) PRINTF(2, 3);
void log_error(const char *event, const char *format, ...) PRINTF(2, 3);

/* The access line: one per request, event "request". */
struct log_access {
	const char	*method;
	const char	*route;		/* as in the table, not as sent */
	int		 status;
	int64_t		 us;
	const char	*account;	/* NULL: nobody */
	const char	*remote;
	const char	*code;		/* problem code, NULL: none */
};
void log_access(const struct log_access *a);

/*
 * Between these two, access lines are kept and written together, as many in one
 * write as stay whole in a pipe.  Any other line is written at once, after those
 * that are kept.  Who dies in between has said nothing of what they served.
 */
void log_hold(void);
void log_release(void);

#endif /* !BASE_LOG_H */
