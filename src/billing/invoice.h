/* SPDX-License-Identifier: MIT */
#ifndef BILLING_INVOICE_H
#define BILLING_INVOICE_H

/* Invoices as last read from Stripe. */

#include <stdint.h>
#include <time.h>

#include "base/err.h"
#include "stripe/kind.h"

struct db;
struct json;
struct stmt;

/* As subscription_apply(); one that is paid has its subscription read. */
MUST_USE enum err invoice_apply(struct db *db, const struct json *read,
    char ret_customer[STRIPE_ID]);

/*
 * After invoice_apply(): the payments that it shows come to `amount`.  If that
 * is not what is paid, whoever said so may have been behind: it is overdue, for
 * two days from when it was paid.
 */
MUST_USE enum err invoice_booked(struct db *db, const struct json *read,
    int64_t amount);

/* It was deleted, or Stripe does not know it any more. */
MUST_USE enum err invoice_lost(struct db *db, const char *id);

/* Has the account ever paid one, of more than nothing? */
MUST_USE enum err invoice_any_paid(struct db *db, const char *account_id,
    int *ret_paid);

/* Who pays for an account at Stripe, and in which currency. */
struct payer {
	char	 customer[STRIPE_ID];
	char	 currency[8];
};

/* As the newest invoice that is paid says.  ERR_NOTFOUND: there is none. */
MUST_USE enum err invoice_payer(struct db *db, const char *account_id,
    struct payer *ret_payer);

/* As its owner sees it. */
#define INVOICE_URL	2048
struct invoice {
	char	 id[STRIPE_ID];
	char	 number[64];
	char	 status[32];
	char	 currency[8];
	int64_t	 total;			/* minor units; owed to them: below 0 */
	int64_t	 paid;
	time_t	 created;
	char	 url[INVOICE_URL];	/* of Stripe's page; "": there is none */
};

/*
 * The account's newest ones that are no drafts, up to `most`, newest first.
 * The caller frees *ret_list.
 */
MUST_USE enum err invoice_list(struct db *db, const char *account_id,
    int most, struct invoice **ret_list, int *ret_count);

extern const struct stmt *const invoice_statements[];

#endif /* !BILLING_INVOICE_H */
