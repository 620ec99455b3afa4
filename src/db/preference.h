/* SPDX-License-Identifier: MIT */
#ifndef DB_PREFERENCE_H
#define DB_PREFERENCE_H

/*
 * Which of several servers to try first.  libpq tries them one after the other,
 * and one that is silent costs the time to connect each time: so the one that
 * served last is the first, until the connection to it breaks; then it is the
 * last, as it may have been replaced.
 */

#include <libpq-fe.h>

#define PREFERENCE_HOST		256	/* and its NUL; a longer one is not kept */
#define PREFERENCE_ADDRESS	64
#define PREFERENCE_PORT		8
#define PREFERENCE_RANKS	3	/* of preference_rank(): 0, 1, 2 */

/* All zero: nothing is known of any. */
struct preference {
	char	 host[PREFERENCE_HOST];		/* "": nothing is known */
	char	 address[PREFERENCE_ADDRESS];	/* "": a socket's path */
	char	 port[PREFERENCE_PORT];
	int	 left;			/* the connection to it broke */
};

/* `conn` stands: its server is the preferred one. */
void preference_keep(struct preference *p, const PGconn *conn);

/*
 * When to try one of the entries of a connection string, the lowest first.
 * `address` and `port` may be "", a socket and everybody's.
 */
int preference_rank(const struct preference *p, const char *host,
    const char *address, const char *port);

#endif /* !DB_PREFERENCE_H */
