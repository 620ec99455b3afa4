/* SPDX-License-Identifier: MIT */

#include <assert.h>

#include "base/log.h"

#include "db/internal.h"

static const struct stmt transaction_begin = {
	.name = "transaction_begin",
	.text = "BEGIN",
	.nparams = 0
};

static const struct stmt transaction_commit = {
	.name = "transaction_commit",
	.text = "COMMIT",
	.nparams = 0
};

static const struct stmt transaction_rollback = {
	.name = "transaction_rollback",
	.text = "ROLLBACK",
	.nparams = 0
};

/*
 * BEGIN, on a connection that may have died since it was last used: as nothing
 * has begun, that is no failure yet.
 */
static enum err
begin(struct db *db)
{
	int had = db->conn != NULL;
	enum err e;

	e = stmt_run(db, &transaction_begin, NULL, NULL);
	if (e != ERR_OK && had && db->conn == NULL)
		e = stmt_run(db, &transaction_begin, NULL, NULL);
	return e;
}

/* Leave no transaction behind, whatever it takes.  Keeps db->again. */
static void
rollback(struct db *db)
{
	enum again again = db->again;

	if (db->conn != NULL &&
	    PQtransactionStatus(db->conn) != PQTRANS_IDLE &&
	    stmt_run(db, &transaction_rollback, NULL, NULL) != ERR_OK &&
	    db->conn != NULL)
		connection_drop(db, "could not roll back");
	db->again = again;
}

static enum err
transaction_once(struct db *db, db_work *work, void *arg)
{
	enum err e;

	db->in_doubt = 0;
	if ((e = begin(db)) != ERR_OK)
		return e;
	db->in_transaction = 1;
	db->failed = ERR_OK;

	e = work(db, arg);

	/*
	 * If a statement failed, the server will not commit, even where `work`
	 * thinks that all is well; and if none did, `work` has its own reason
	 * to end this, which another try would not remove.
	 */
	if (db->failed == ERR_OK)
		db->again = AGAIN_NO;
	else if (e == ERR_OK)
		e = db->failed;

	if (e == ERR_OK) {
		e = stmt_run(db, &transaction_commit, NULL, NULL);
		/* On a connection that lives the server has said no. */
		db->in_doubt = e != ERR_OK && db->conn == NULL;
	}
	rollback(db);
	db->in_transaction = 0;
	return e;
}

enum err
db_transaction(struct db *db, db_work *work, void *arg)
{
	int tries = 0;
	enum err e;

	assert(!db->in_transaction);
	do
		e = transaction_once(db, work, arg);
	while (e != ERR_OK && stmt_again(db, ++tries));
	return e;
}

enum err
db_transaction_keyed(struct db *db, db_work *work, db_work *is_done, void *arg)
{
	int doubts = 0;
	enum err e, found;

	for (;;) {
		e = db_transaction(db, work, arg);
		doubts += db->in_doubt;
		/* After a doubt, whoever has our key may be ourselves. */
		if (doubts == 0 || (!db->in_doubt && e != ERR_CONFLICT))
			return e;

		found = is_done(db, arg);
		if (found != ERR_NOTFOUND)
			return found;
		if (!db->in_doubt || doubts == DB_TRIES)
			return e;
		log_info("db_doubt", "nobody knows what became of a"
		    " transaction, and it is not there: it is run again");
	}
}
