/* SPDX-License-Identifier: MIT */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

/*
 * The ledger: each sum that came from a customer, or went back, has one entry,
 * which nobody changes.  Which entries there are is a function of Stripe's
 * objects alone, so that their order does not matter, nor how often they are
 * read:
 *
 *   payment        an invoice's payment that was made (an InvoicePayment), and
 *                  what Stripe was told was paid elsewhere
 *   refund         a refund, once its money has moved
 *   refund_failed  the same money, come back because the bank would not take it
 *   dispute        each movement of a dispute: taken, and given back
 *   credit_note    what was paid back elsewhere.  What a note refunds is the
 *                  refund; what it credits to the customer lowers a payment
 *                  that is still to come
 *
 * A refund and a dispute say which payment they are of, and that says which
 * invoice: so what an invoice brought is the sum over its payments' entries,
 * and nothing is ever left of one that was paid back in whole, in however many
 * parts.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "stripe/kind.h"

struct db;
struct json;
struct stmt;

struct ledger_entry {
	const char	*kind;		/* as above */
	const char	*source;	/* borrowed: id of what moved it */
	const char	*invoice;	/* borrowed; NULL: not said */
	const char	*payment;	/* borrowed; NULL: none at Stripe */
	const char	*currency;	/* borrowed */
	int64_t		 amount;	/* minor units; what went out: below 0 */
	int64_t		 total, tax;	/* of a payment: of its invoice */
	int64_t		 booked_at;	/* seconds since 1970 */
};

/* So many of one object: an invoice has ten pages of payments, and one. */
#define LEDGER_PAGES	10
#define LEDGER_MOST	(100 * LEDGER_PAGES + 1)

/*
 * The entries of an object as read with stripe_path(); of a kind that moves no
 * money there are none.  `payments`: the list of an invoice's, if the one in it
 * is not all.  ERR_INPUT: logged.  They borrow from `read` and `payments`.
 */
MUST_USE enum err ledger_entries(enum stripe_kind kind,
    const struct json *read, const struct json *payments,
    struct ledger_entry ret_entry[LEDGER_MOST], size_t *ret_count);

/* Has the invoice more payments than are shown in it? */
int ledger_has_more(const struct json *invoice);

/* Whose money it is; NULL: of no customer. */
const char *ledger_customer(const struct json *read);

/* Who that is, when it is written: it stays so. */
struct ledger_owner {
	const char	*customer_id;
	const char	*account_id;
	const char	*ucc;		/* who had referred them; NULL: nobody */
	int		 percent;	/* of it theirs; -1: not known */
	int		 months;	/* so long; 0: always */
};

/* Once: an entry that is there stays as it is. */
MUST_USE enum err ledger_book(struct db *db, const struct ledger_entry *x,
    const struct ledger_owner *o);

/* ERR_NOTFOUND: it is not there, or with another sum. */
MUST_USE enum err ledger_find(struct db *db, const struct ledger_entry *x);

/*
 * The invoice that a payment (an intent, or a charge without one) is of.
 * ERR_NOTFOUND: none that has an entry.
 */
MUST_USE enum err ledger_invoice_of(struct db *db, const char *payment,
    char ret_invoice[STRIPE_ID]);

/* A refund of an invoice's payments that has moved money. */
struct ledger_refund {
	char	 id[STRIPE_ID];
	char	 currency[8];
	int64_t	 amount;		/* above 0 */
	int64_t	 booked_at;
};
MUST_USE enum err ledger_refunds_of(struct db *db, const char *invoice,
    struct ledger_refund ret_refund[LEDGER_MOST], size_t *ret_count);

extern const struct stmt *const ledger_statements[];

#endif /* !LEDGER_LEDGER_H */
