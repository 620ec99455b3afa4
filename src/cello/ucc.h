/* SPDX-License-Identifier: MIT */
#ifndef CELLO_UCC_H
#define CELLO_UCC_H

/*
 * Cello's unique campaign code: 11 letters and digits, the tail of a referral
 * link (docs.cello.so/key-concepts).  Case matters.
 */

#define UCC		12		/* with the NUL */
#define UCC_OFFERED	256		/* what is longer is no code anyway */
#define UCC_COOKIE	"cello-referral"
#define UCC_COOKIE_AGE	(90L * 86400)	/* Cello's own script: three months */

/* Whose link it was; Cello's pages do not agree on its name. */
#define UCC_PRODUCT_COOKIE	"cello-product-id"
#define UCC_PRODUCT_COOKIE_TOO	"cello-productId"
#define UCC_PRODUCT		256	/* what is longer is nobody's */

int ucc_ok(const char *ucc);

/* Where a visitor's code may be found, in the order in which it counts. */
struct ucc_offer {
	const char	*first;		/* NULL, unless the first link counts */
	const char	*form;
	const char	*query;
	const char	*cookie;
};

/*
 * The code that counts: the first that is one.  Returns its source ("first",
 * "form", "query", "cookie"), or NULL: there is none.  What is offered and is no code
 * is passed over and logged (event "ucc_ignored", source only).
 */
const char *ucc_choose(const struct ucc_offer *offer, char ret_ucc[UCC]);

#endif /* !CELLO_UCC_H */
