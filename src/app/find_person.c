/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "account/account.h"
#include "base/text.h"
#include "billing/story.h"

#include "app/find_person.h"

enum err
find_person(struct db *db, const char *who, struct account *ret_account,
    int64_t *ret_since)
{
	char id[TEXT_UUID];
	enum err e = ERR_OK;

	if (strchr(who, '@') != NULL) {
		e = account_find(db, who, ret_account, NULL, 0);
		if (e == ERR_OK)
			memcpy(id, ret_account->id, sizeof(id));
	} else if (text_is_uuid(who))
		memcpy(id, who, TEXT_UUID);
	else
		e = story_account_of(db, who, id);
	return e != ERR_OK ? e :
	    account_since(db, id, ret_account, ret_since);
}
