/* SPDX-License-Identifier: MIT */
#ifndef BASE_ALLOWANCE_H
#define BASE_ALLOWANCE_H

/*
 * How often something may be: some times at once, and after that once in each
 * stretch of time.  What was not used up comes back, as many times at most.
 */

#include <stdint.h>

struct allowance {
	int64_t	 every_us;
	int	 most;		/* at once */
	int64_t	 until_us;	/* when all is there again; 0: it is */
};

/* One more, at `now_us` of clock_mono_us().  0: not now; it does not count. */
int allowance_take(struct allowance *a, int64_t now_us);

#endif /* !BASE_ALLOWANCE_H */
