/* SPDX-License-Identifier: MIT */

#include "billing/customer.h"
#include "ledger/ledger.h"
#include "referral/referral.h"

#include "app/book.h"

enum err
book(struct db *db, enum stripe_kind kind, const struct json *read,
    const struct json *payments, int64_t *ret_moved)
{
	const char *customer = ledger_customer(read);
	struct ledger_entry entry[LEDGER_MOST];
	char account[TEXT_UUID], ucc[UCC];
	struct referral_terms terms;
	struct ledger_owner owner = { .customer_id = customer,
	    .account_id = account };
	size_t count, i;
	enum err e;

	*ret_moved = 0;
	e = ledger_entries(kind, read, payments, entry, &count);
	for (i = 0; e == ERR_OK && i < count; i++)
		*ret_moved += entry[i].amount;
	if (e != ERR_OK || count == 0 || customer == NULL)
		return e;
	if ((e = customer_owner(db, customer, account)) != ERR_OK ||
	    account[0] == '\0')
		return e;
	e = referral_find_terms(db, account, ucc, &terms);
	if (e == ERR_OK) {
		owner.ucc = ucc;
		owner.percent = terms.percent;
		owner.months = terms.months;
	} else if (e != ERR_NOTFOUND)
		return e;
	for (e = ERR_OK, i = 0; i < count && e == ERR_OK; i++)
		e = ledger_book(db, &entry[i], &owner);
	return e;
}
