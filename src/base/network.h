/* SPDX-License-Identifier: MIT */
#ifndef BASE_NETWORK_H
#define BASE_NETWORK_H

/* Addresses of IP, and networks of them, in one form: IPv4 is ::ffff:a.b.c.d. */

#include <stdint.h>

#include "base/err.h"

#define NETWORK_BYTES	16

struct network {
	unsigned char	 at[NETWORK_BYTES];
	int		 bits;		/* that count, 0 to 128 */
};

/*
 * Read "192.0.2.7", "10.0.0.0/8", "2001:db8::1" or "2001:db8::/32".  ERR_INPUT:
 * it is none of these, NULL, or has a bit set behind those that count.
 */
MUST_USE enum err network_read(const char *text, struct network *ret);

/* Is all of `part` in `whole`? */
int network_has(const struct network *whole, const struct network *part);

/*
 * Is it of a network that is not the Internet's (RFC 1918, 4193, 6598), or the
 * machine's own?
 */
int network_is_private(const struct network *address);

/*
 * Who is to be taken for one: the IPv4 address, or the first 64 bits of an IPv6
 * address, of which a household or a machine has all the others (RFC 6177).
 */
uint64_t network_neighbour(const struct network *address);

#endif /* !BASE_NETWORK_H */
