/* SPDX-License-Identifier: MIT */
#ifndef BASE_TURNS_H
#define BASE_TURNS_H

/*
 * Whose turn it is, of those who wait for something scarce.
 *
 * Who is known goes before strangers, but for one stranger after TURNS_KNOWN of
 * them.  Among strangers it is whose network and account had their last turn
 * the longest ago, among the known whose account had: nobody has a second one
 * while somebody else waits, and a crowd gets no more than one.
 *
 * Who had a turn when is kept in a file that all processes of this machine map,
 * under hashed keys and for TURNS_MEMORY_US.  Two that share a place in it are
 * taken for one.  What is in the file is times and a count, believed as far as
 * they can be true: a process that spoils it can make it unfair, and no more.
 */

#include <stddef.h>
#include <stdint.h>

#define TURNS_KNOWN	3
#define TURNS_MEMORY_US	INT64_C(60000000)

struct turns;

struct claim {
	int		 is_known;
	uint64_t	 network;	/* of a stranger; any number */
	uint64_t	 account;
	int64_t		 since_us;	/* when it came, of clock_mono_us() */
};

/*
 * Made if it is not there.  Open it in each process.  NULL: cannot, or there is
 * no room for it; logged.
 */
struct turns *turns_open(const char *path);
void turns_close(struct turns *t);

/* Which of the `n` claims, of which there is one at least, is the next. */
size_t turns_next(const struct turns *t, const struct claim claim[], size_t n,
    int64_t now_us);

/* It has its turn now. */
void turns_take(struct turns *t, const struct claim *c, int64_t now_us);

/*
 * There is no room for all: which of them has to go.  One of the largest crowd,
 * a stranger rather than one who is known, and of several the last to come.
 */
size_t turns_refused(const struct claim claim[], size_t n);

#endif /* !BASE_TURNS_H */
