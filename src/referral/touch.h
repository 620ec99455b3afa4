/* SPDX-License-Identifier: MIT */
#ifndef REFERRAL_TOUCH_H
#define REFERRAL_TOUCH_H

/*
 * Which links somebody followed before they signed up, in a cookie of our own:
 * the first and the last of them, and when.  It is theirs to forge, and so says
 * no more than a link could.
 */

#include <stdint.h>

#include "base/err.h"
#include "cello/ucc.h"

#define TOUCH_COOKIE	"endpin-touch"
#define TOUCH_TEXT	64	/* of the cookie, with the NUL */

struct touch {
	char	 first[UCC];
	int64_t	 first_at;		/* seconds since 1970 */
	char	 last[UCC];
	int64_t	 last_at;
};

/*
 * What the cookie says.  ERR_INPUT: nothing that we would write, or of a time
 * to come, or of one that is longer ago than UCC_COOKIE_AGE.
 */
MUST_USE enum err touch_read(const char *text, int64_t now,
    struct touch *ret_touch);

/* Another link was followed; of an all-zero `t` it is the first. */
void touch_follow(struct touch *t, const char *ucc, int64_t now);

void touch_write(const struct touch *t, char ret_text[TOUCH_TEXT]);

/* When the link with this code was followed; 0: not known. */
int64_t touch_when(const struct touch *t, const char *ucc);

#endif /* !REFERRAL_TOUCH_H */
