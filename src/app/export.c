/* SPDX-License-Identifier: MIT */

#include "account/holdings.h"
#include "base/text.h"
#include "billing/holdings.h"
#include "db/db.h"
#include "ledger/holdings.h"
#include "referral/holdings.h"

#include "app/app.h"

#include "app/export.h"

const struct holding *
export_holding(size_t i)
{
	const struct holding *const lists[] = { account_holdings,
	    referral_holdings, billing_holdings, ledger_holdings };
	const struct holding *h;
	size_t list;

	for (list = 0; list < NELEM(lists); list++)
		for (h = lists[list]; h->table != NULL; h++)
			if (i-- == 0)
				return h;
	return NULL;
}

enum err
export_rows(struct app *a, const struct holding *h, const char *account_id,
    struct rows **ret_rows)
{
	const char *const arg[] = { account_id };

	return db_query(a->db, h->rows, arg, NELEM(arg), ret_rows);
}

const struct holding_field *
export_field(const struct holding *h, const char *name)
{
	const struct holding_field *f = h->field;

	while (f->name != NULL && !text_equal(f->name, name))
		f++;
	return f->name == NULL ? NULL : f;
}
