/* SPDX-License-Identifier: MIT */

#include "base/text.h"
#include "billing/customer.h"
#include "ledger/ledger.h"

#include "app/attribute.h"
#include "app/doubt.h"

#include "app/book.h"

enum err
book(struct db *db, const struct config *conf, enum stripe_kind kind,
    const struct json *read, const struct json *payments, int64_t *ret_moved)
{
	const char *customer = ledger_customer(read);
	struct ledger_entry entry[LEDGER_MOST];
	char account[TEXT_UUID];
	struct attribution by;
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
	if ((e = attribute(db, conf, account, &by)) != ERR_OK)
		return e;
	owner.ucc = text_or_null(by.ucc);
	owner.percent = by.terms.percent;
	owner.months = by.terms.months;
	for (i = 0; i < count && e == ERR_OK; i++)
		e = ledger_book(db, &entry[i], &owner);
	return e != ERR_OK || kind != STRIPE_INVOICE ? e :
	    doubt_payer(db, conf, account, by.ucc);
}
