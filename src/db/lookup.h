/* SPDX-License-Identifier: MIT */
#ifndef DB_LOOKUP_H
#define DB_LOOKUP_H

/*
 * One question to the name service, asked by a thread, because getaddrinfo(3)
 * has no deadline and cannot be called off.
 */

#include <netdb.h>
#include <stdint.h>

struct lookup;

/* NULL: there cannot be another thread now. */
struct lookup *lookup_start(const char *name);

const char *lookup_name(const struct lookup *l);

/*
 * Wait for the answer until `until_us` of the monotonic clock.  1: it is there,
 * 0 or an EAI_... in *ret_error, and the addresses, which stay the lookup's, in
 * *ret_list.  0: not yet.
 */
int lookup_wait(struct lookup *l, int64_t until_us, int *ret_error,
    const struct addrinfo **ret_list);

/* Was it answered `ms` ago, or longer? */
int lookup_is_stale(struct lookup *l, int64_t ms);

/* Answered or not: a thread that still waits ends by itself.  NULL: nothing. */
void lookup_leave(struct lookup *l);

#endif /* !DB_LOOKUP_H */
