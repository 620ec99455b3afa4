/* SPDX-License-Identifier: MIT */
#ifndef APP_CONFIG_CHECK_H
#define APP_CONFIG_CHECK_H

/* What no option can say of itself: whether they make sense together. */

struct reader;

/*
 * Complain of what does not, and work out what was left to be: plans' features,
 * Cello's addresses, how many workers there are, `site`.  `whole` is a struct
 * config whose options are all set.
 */
void config_check(struct reader *r, void *whole);

#endif /* !APP_CONFIG_CHECK_H */
