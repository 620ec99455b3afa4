/* SPDX-License-Identifier: MIT */

#include "base/json.h"
#include "base/text.h"

#include "stripe/client.h"

#include "stripe/whose.h"

#define NOT_ALLOWED	403

enum err
stripe_whose(struct stripe *s, char ret_account[STRIPE_ID])
{
	struct stripe_reply reply;
	const char *id = NULL;
	enum err e = stripe_get(s, STRIPE_PATH_ACCOUNT, &reply);

	if (e == ERR_OK)
		id = json_text(reply.body, "id");
	else if (reply.status == NOT_ALLOWED)
		e = ERR_OK;
	text_cut(id, ret_account, STRIPE_ID);
	stripe_reply_done(&reply);
	return e;
}
