/* SPDX-License-Identifier: MIT */

#include "db/db.h"

#include "app/app.h"
#include "app/password.h"

#include "app/log_in.h"

/* Somebody who has shown the right password. */
struct entrant {
	const struct app	*a;
	struct log_in		*l;
	char			 hash[PASSWORD_HASH];
	char			 fresh[PASSWORD_HASH];	/* "": `hash` is fine */
};

static enum err
enter(struct db *db, void *arg)
{
	struct entrant *n = arg;
	struct log_in *l = n->l;
	const struct session_start start = { .account_id = l->account.id,
	    .remember = l->remember, .token = l->token };
	enum err e = ERR_OK;

	if (n->fresh[0] != '\0')
		e = account_rehash(db, l->account.id, n->hash, n->fresh);
	if (e == ERR_OK && l->old[0] != '\0')
		e = session_close(db, l->old);
	if (e == ERR_OK)
		e = session_open(db, &start, &n->a->limits, l->token);
	return e;
}

/* Is the session there?  Then all of it is. */
static enum err
has_entered(struct db *db, void *arg)
{
	const struct entrant *n = arg;
	struct account unused;
	int touch;

	return session_find(db, n->l->token, &n->a->limits, &unused, &touch);
}

enum err
log_in(struct app *a, struct log_in *l)
{
	struct entrant n = { .a = a, .l = l };
	enum err found, e;

	l->busy = 0;
	found = account_find(a->db, l->email == NULL ? "" : l->email,
	    &l->account, n.hash, sizeof(n.hash));
	if (found != ERR_OK && found != ERR_NOTFOUND)
		return found;
	e = password_verify(a, l->password == NULL ? "" : l->password,
	    found == ERR_OK && l->password != NULL ? n.hash : NULL, n.fresh,
	    &l->busy);
	if (e != ERR_OK)
		return e;
	session_token(l->token);
	if ((e = db_transaction_keyed(a->db, enter, has_entered, &n)) == ERR_OK)
		device_mark(&l->account, n.fresh[0] != '\0' ? n.fresh : n.hash,
		    l->now, l->device);
	return e;
}

enum err
log_out(struct app *a, const char *token)
{
	return session_close(a->db, token);
}
