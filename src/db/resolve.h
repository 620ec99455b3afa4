/* SPDX-License-Identifier: MIT */
#ifndef DB_RESOLVE_H
#define DB_RESOLVE_H

/*
 * Addresses of the database's hosts, with a deadline.  libpq asks the name
 * service by itself, but waits as long as that takes (10 s for each server that
 * is silent, by default), whatever connect_timeout says.
 */

#include <stdint.h>

#include <libpq-fe.h>

#include "base/buf.h"
#include "base/err.h"

#include "db/preference.h"

#define RESOLVE_NAMES	16	/* different ones in a connection string */
#define RESOLVE_WHY	192

struct lookup;

/* Questions not answered in time; the next attempt waits for them again. */
struct resolver {
	struct lookup	*pending[RESOLVE_NAMES];
};

/*
 * What to hand libpq in place of the same three of the connection string, one
 * entry for each address, so that it has nothing to ask.  The names stay in
 * `host`, for TLS and the password file.  All of them "": as it was.
 */
struct resolved {
	struct buf	 host;
	struct buf	 hostaddr;
	struct buf	 port;
	char		 why[RESOLVE_WHY];	/* it failed, as a sentence */
};

void resolved_init(struct resolved *r);
void resolved_done(struct resolved *r);

/*
 * Resolve the hosts of `info` (of PQconninfoParse()), or of the environment if
 * it has none, within `ms` all together.  Sockets (/path, @name), addresses and
 * what has a hostaddr need no asking.  Of several hosts those that cannot be
 * resolved are left out; ERR_LATER: none is left, see r->why.  They come in the
 * order of `preference`, and where that says nothing in that of `info`.  A
 * "service" is left to libpq, with the hosts that it names.
 */
MUST_USE enum err resolve_hosts(struct resolver *v,
    const PQconninfoOption *info, int64_t ms,
    const struct preference *preference, struct resolved *r);

/* Forget what was asked. */
void resolver_done(struct resolver *v);

#endif /* !DB_RESOLVE_H */
