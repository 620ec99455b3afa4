/* SPDX-License-Identifier: MIT */

#include "account/account.h"

#include "app/app.h"

#include "app/verify_email.h"

enum err
verify_email(struct app *a, const char *email, int is_verified)
{
	struct account who;
	enum err e = account_find(a->db, email, &who, NULL, 0);

	return e != ERR_OK ? e :
	    account_set_verified(a->db, who.id, is_verified);
}
