/* SPDX-License-Identifier: MIT */
#ifndef HTTP_DUTY_H
#define HTTP_DUTY_H

/*
 * What a pool's workers may be there for, and so which secrets they hold: a row
 * names one, a pool has some.  What people wait for while Stripe answers is
 * apart from what they need to log in.
 */
enum duty {
	DUTY_HOOK = 1,		/* events: the webhooks' signing secrets */
	DUTY_PASSWORD = 2,	/* hashing: pepper and slots */
	DUTY_STRIPE = 4,	/* calls that somebody waits for: the API key */
	DUTY_WEB = 8,		/* all the rest */
	DUTY_CELLO = 16		/* calls of Cello's API; of no pool */
};

#define DUTY_WORDS	"hook|password|stripe|web"	/* in this order */

/* "hook"; NULL: this is not one of them. */
const char *duty_name(unsigned duty);

#endif /* !HTTP_DUTY_H */
