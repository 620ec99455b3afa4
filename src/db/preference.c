/* SPDX-License-Identifier: MIT */

#include "base/text.h"

#include "db/preference.h"

enum rank {
	RANK_FIRST,
	RANK_ANY,
	RANK_LAST
};

void
preference_keep(struct preference *p, const PGconn *conn)
{
	text_cut(PQhost(conn), p->host, sizeof(p->host));
	text_cut(PQhostaddr(conn), p->address, sizeof(p->address));
	text_cut(PQport(conn), p->port, sizeof(p->port));
	p->left = 0;
}

/* An address says all; the name beside it is for TLS and the password file. */
static int
is_same(const struct preference *p, const char *host, const char *address,
    const char *port)
{
	if (*port != '\0' && !text_equal(port, p->port))
		return 0;
	return *address != '\0' ? text_equal(address, p->address) :
	    text_equal(host, p->host);
}

int
preference_rank(const struct preference *p, const char *host,
    const char *address, const char *port)
{
	if (p->host[0] == '\0' || !is_same(p, host, address, port))
		return RANK_ANY;
	return p->left ? RANK_LAST : RANK_FIRST;
}
