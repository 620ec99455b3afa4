/* SPDX-License-Identifier: MIT */
#ifndef BASE_SHARED_H
#define BASE_SHARED_H

/*
 * Memory that the processes of a machine share, in a file that outlives them:
 * what they count together.  It is zeros to begin with, has no pointers, and
 * whoever reads it believes nothing.
 */

#include <stddef.h>
#include <stdint.h>

/*
 * Map `size` bytes of the file at `path`, which is made if need be, for us
 * alone; not through a symbolic link.  NULL: errno says why.
 */
void *shared_open(const char *path, size_t size);
void shared_close(void *at, size_t size);

/*
 * The number at `at`, which whoever comes first has chosen, at random: nobody
 * outside can aim at a place that depends on it.  Never 0.
 */
uint64_t shared_seed(_Atomic uint64_t *at);

/* Of 64 bits, each depends on each: the last part of splitmix64. */
uint64_t shared_mix(uint64_t x);

#endif /* !BASE_SHARED_H */
