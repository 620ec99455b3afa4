/* SPDX-License-Identifier: MIT */
#ifndef DB_STMT_H
#define DB_STMT_H

/*
 * Proving statements without running them.  Each module that has statements
 * exports them as `extern const struct stmt *const NAME_statements[]`, NULL at
 * the end, and `make check` prepares every one against a fresh schema.
 */

#include "base/err.h"

struct db;
struct stmt;

/*
 * Let the server parse and plan `s`, and compare the parameters that it found
 * with s->nparams.  ERR_INTERNAL: the statement is wrong; the log says how.
 * Behind a pooler call it inside a transaction, which stays on one server.
 */
MUST_USE enum err db_prepare(struct db *db, const struct stmt *s);

#endif /* !DB_STMT_H */
