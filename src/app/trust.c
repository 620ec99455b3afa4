/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "account/account.h"
#include "base/log.h"
#include "db/db.h"
#include "referral/referral.h"

#include "app/app.h"
#include "app/book_welcome.h"

#include "app/trust.h"

struct trusting {
	const char		*email;
	int			 trusted;
	struct trust_told	*told;
};

static enum err
write_down(struct db *db, void *arg)
{
	const struct trusting *t = arg;
	struct account who;
	enum err e;

	t->told->ucc[0] = '\0';
	e = account_find(db, t->email, &who, NULL, 0);
	if (e != ERR_OK)
		return e;
	memcpy(t->told->account, who.id, sizeof(who.id));
	e = referral_find(db, who.id, t->told->ucc);
	if (e == ERR_OK)
		e = referral_trust(db, who.id, t->trusted);
	if (e == ERR_OK && t->trusted)
		e = resume_welcome(db, who.id);
	if (e == ERR_OK)
		e = doubt_of(db, who.id, t->told->ucc, &t->told->doubt);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

enum err
trust(struct app *a, const char *email, int trusted,
    struct trust_told *ret_told)
{
	struct trusting t = { .email = email, .trusted = trusted,
	    .told = ret_told };
	enum err e = db_transaction(a->db, write_down, &t);

	if (e == ERR_OK && ret_told->ucc[0] != '\0')
		log_info("referral_trusted", "that account %s was referred by"
		    " %s is %s", ret_told->account, ret_told->ucc,
		    trusted ? "trusted" : "trusted no more");
	return e;
}
