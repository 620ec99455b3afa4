/* SPDX-License-Identifier: MIT */

#include "account/account.h"
#include "billing/call.h"
#include "billing/customer_call.h"
#include "billing/forms.h"
#include "cello/ucc.h"
#include "referral/referral.h"

#include "app/order_customer.h"

enum err
order_customer(struct db *db, const struct account *account,
    struct call *ret_call)
{
	char ucc[UCC] = "";
	const struct customer_facts facts = { .account_id = account->id,
	    .email = account->email, .first_name = account->first_name,
	    .last_name = account->last_name,
	    .organization = account->organization, .ucc = ucc };
	enum err e = referral_find(db, account->id, ucc);

	if ((e != ERR_OK && e != ERR_NOTFOUND) ||
	    (e = call_renew(db, account->id)) != ERR_OK)
		return e;
	return customer_call_write(db, &facts, ret_call);
}
