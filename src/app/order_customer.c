/* SPDX-License-Identifier: MIT */

#include "account/account.h"
#include "billing/call.h"
#include "billing/customer_call.h"
#include "billing/forms.h"

#include "app/attribute.h"

#include "app/order_customer.h"

enum err
order_customer(struct db *db, const struct config *conf,
    const struct account *account, struct call *ret_call)
{
	struct attribution by;
	struct customer_facts facts = { .account_id = account->id,
	    .email = account->email, .first_name = account->first_name,
	    .last_name = account->last_name,
	    .organization = by.organization };
	enum err e;

	if ((e = attribute(db, conf, account->id, &by)) != ERR_OK ||
	    (e = call_renew(db, account->id)) != ERR_OK)
		return e;
	facts.ucc = attribute_stamp(conf, &by);
	return customer_call_write(db, &facts, ret_call);
}
