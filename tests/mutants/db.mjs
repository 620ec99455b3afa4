// SPDX-License-Identifier: MIT

const DB = 'unit/test_db', COMMAND = 'system/command.test.mjs', POOLER = 'system/pgbouncer.test.mjs';
const FAILOVER = 'system/failover.test.mjs', RESOLVE = 'unit/test_db_resolve', COMMIT = 'system/commit.test.mjs';

export default [
	{
		file: 'src/db/migrate.c', what: 'whoever may connect may migrate',
		from: '(e = owner_check(db)) != ERR_OK', to: '(e = ERR_OK) != ERR_OK', tests: [COMMAND]
	},
	{
		file: 'src/db/connect.c', what: 'a server that lets nobody in is one that is away',
		from: 'PQpingParams(keywords, way.value, 1) == PQPING_OK', to: '0', tests: [COMMAND]
	},
	{
		file: 'src/db/connect.c', what: 'whether somebody listens is asked without an end',
		from: 'PQpingParams(keywords, way.value, 1)', to: 'PQping(db->settings.conninfo)', tests: [COMMAND]
	},
	{
		file: 'src/db/rights.c', what: 'who may read a table may use it',
		from: "c.relname = 'schema_migration'", to: "c.relname <> ''", tests: [COMMAND]
	},
	{
		file: 'src/db/migrate.c', what: 'goes on with the next script after one has failed',
		from: 'for (; e == ERR_OK && i < count; i++)', to: 'for (; i < count; i++)', tests: [DB]
	},
	{
		file: 'src/db/migrate.c', what: 'a script that ends its own transaction is believed',
		from: 'if (PQtransactionStatus(db->conn) != PQTRANS_INTRANS)', to: 'if (0)', tests: [DB]
	},
	{
		file: 'src/db/migrate.c', what: 'what was left out comes later, and nobody applies it',
		from: 'if (i <= applied)', to: 'if (i > 0)', tests: [DB]
	},
	{
		file: 'src/db/migrate.c', what: 'a script runs outside a transaction',
		from: 'db_transaction(db, script_apply, &script)', to: 'script_apply(db, &script)', tests: [DB]
	},
	{
		file: 'src/db/stmt.c', what: 'a statement inside a transaction is run again by itself',
		from: 'e = run_once(db, s, arg, &r);\n\twhile (e != ERR_OK && !db->in_transaction',
		to: 'e = run_once(db, s, arg, &r);\n\twhile (e != ERR_OK', tests: [DB]
	},
	{
		file: 'src/db/stmt.c', what: 'a statement after one that failed is sent all the same',
		from: 'return db->failed;\n\n\te = stmt_run', to: 'db->again = AGAIN_NO;\n\n\te = stmt_run', tests: [DB]
	},
	{
		file: 'src/db/stmt.c', what: 'a statement that the server has forgotten stays lost',
		from: 'text_equal(state, "26000")', to: 'text_equal(state, "26001")', tests: [DB]
	},
	{
		file: 'src/db/stmt.c', what: 'who collided tries for ever',
		from: 'if (tries >= DB_TRIES)', to: 'if (tries >= 100 * DB_TRIES)', tests: [DB]
	},
	{
		file: 'src/db/transaction.c', what: 'a work that does not look at errors is told that all is well',
		from: 'else if (e == ERR_OK)\n\t\te = db->failed;', to: '', tests: [DB]
	},
	{
		file: 'src/db/transaction.c', what: 'a transaction that ends badly is left open',
		from: '\trollback(db);\n\tdb->in_transaction = 0;', to: '\t(void)rollback;\n\tdb->in_transaction = 0;', tests: [DB]
	},
	{
		file: 'src/db/transaction.c', what: 'a beginning on a connection that has died is a failure',
		from: 'if (e != ERR_OK && had && db->conn == NULL)', to: 'if (0 && had)', tests: [DB]
	},
	{
		file: 'src/db/transaction.c', what: 'a reason of its own is tried again',
		from: 'if (db->failed == ERR_OK)\n\t\tdb->again = AGAIN_NO;\n\telse if',
		to: 'if (db->failed == ERR_OK)\n\t\tdb->again = AGAIN_SOON;\n\telse if', tests: [DB]
	},
	{
		file: 'src/db/connect.c', what: 'inside a transaction another connection is taken',
		from: 'return db->conn != NULL ? ERR_OK : ERR_LATER;', to: 'return db->conn != NULL ? ERR_OK : connection_open(db);',
		why: 'a transaction that has lost its connection has failed, and then nothing is sent: this is the second line behind db_query()'
	},
	{
		file: 'src/db/connect.c', what: 'a database that is not there is asked for at each request',
		from: 'if (now < db->connect_at)', to: 'if (now < 0)', tests: [DB]
	},
	{
		file: 'src/db/connect.c', what: 'it is said at each request that there is no database',
		from: '\tdb->lost = 1;\n', to: '', tests: [DB]
	},
	{
		file: 'src/db/connect.c', what: 'an idle connection that has died is not noticed',
		from: 'if (clock_mono_us() - db->used_at < DB_QUIET_MS * 1000)', to: 'if (1)', tests: [DB]
	},
	{
		file: 'src/db/connect.c', what: 'a server that has said that it goes is asked',
		from: 'return !db->leaving;', to: 'return 1;', tests: [DB]
	},
	{
		file: 'src/db/stmt.c', what: 'a read whose connection died is a failure',
		from: 'if (e == ERR_LATER && is_lost_read(db, s))', to: 'if (0 && is_lost_read(db, s))', tests: [DB]
	},
	{
		file: 'src/db/stmt.c', what: 'a read that ran out of time is run again',
		from: 'db->conn == NULL && db->died && !db->in_transaction', to: 'db->conn == NULL && !db->in_transaction', tests: [DB]
	},
	{
		file: 'src/db/stmt.c', what: 'a write whose answer is lost is run again',
		from: 'text_begins(s->text, "SELECT")', to: 'text_begins(s->text, "")', tests: [DB]
	},
	{
		file: 'src/db/answer.c', what: 'a server that is frozen is waited for',
		from: 'if (left <= 0)', to: 'if (left <= -60000000)', tests: [DB]
	},
	{
		file: 'src/db/sqlstate.c', what: 'who gives way is told that the database failed',
		from: 'if (s->gives_way && text_equal', to: 'if (0 && text_equal', tests: ['unit/test_app_errands']
	},
	{
		file: 'src/db/rows.c', what: 'rows of a statement that failed are looked at',
		from: 'return r == NULL ? 0 : PQntuples', to: 'return PQntuples', tests: ['unit/test_app_errands']
	},
	{
		file: 'src/db/sqlstate.c', what: 'a taken key is a mistake of ours',
		from: '"23505", ERR_CONFLICT', to: '"23505", ERR_INTERNAL', tests: [DB]
	},
	{
		file: 'src/db/sqlstate.c', what: 'a collision is not run again',
		from: '"40001", ERR_LATER,    AGAIN_SOON', to: '"40001", ERR_LATER,    AGAIN_NO', tests: [DB]
	},
	{
		file: 'src/db/sqlstate.c', what: 'a server that may only be read is kept',
		from: '"25006", ERR_LATER,    AGAIN_NO,   1', to: '"25006", ERR_LATER,    AGAIN_NO,   0', tests: [DB]
	},
	{
		file: 'src/db/sqlstate.c', what: 'the log quotes a value',
		from: 'text_begins(state, "42")', to: 'text_begins(state, "")', tests: [DB]
	},
	{
		file: 'src/db/stmt.c', what: 'statements are prepared behind a pooler, too',
		from: 'if (db->settings.pooled) {', to: 'if (0) {', tests: [POOLER]
	},
	{
		file: 'src/db/connect.c', what: 'a server that failed is asked first all the same',
		from: '\tdb->preference.left = 1;\n', to: '', tests: [DB]
	},
	{
		file: 'src/db/preference.c', what: 'of two servers at one address one is taken for the other',
		from: "if (*port != '\\0' && !text_equal(port, p->port))", to: 'if (0)', tests: [RESOLVE]
	},
	{
		file: 'src/db/connect.c', what: 'an idle connection to a machine that is gone is not asked',
		from: '{ { DB_PROBE_AFTER_S,', to: '{ { NULL,', tests: [FAILOVER]
	},
	{
		file: 'src/db/connect.c', what: 'libpq prints what a server says before we have the connection',
		from: '(void)dup2(nobody, STDERR_FILENO);', to: '(void)nobody;', tests: [DB]
	},
	{
		file: 'src/db/transaction.c', what: 'nobody asks what became of a COMMIT whose answer was lost',
		from: 'db->in_doubt = e != ERR_OK && db->conn == NULL;', to: 'db->in_doubt = 0;', tests: [DB]
	},
	{
		file: 'src/db/transaction.c', what: 'a conflict is always our own',
		from: 'if (doubts == 0 || (!db->in_doubt', to: 'if ((doubts == 0 && e != ERR_CONFLICT) || (!db->in_doubt', tests: [DB]
	},
	{
		file: 'src/db/transaction.c', what: 'what is not there is not done again',
		from: 'if (found != ERR_NOTFOUND)', to: 'if (1)', tests: [DB]
	},
	{
		file: 'src/app/log_in.c', what: 'a login is not looked for by its key',
		from: 'db_transaction_keyed(a->db, enter, has_entered, &n)', to: '(has_entered == NULL ? ERR_OK : db_transaction(a->db, enter, &n))', tests: [COMMIT]
	},
	{
		file: 'src/app/sign_up.c', what: 'a signup is not looked for by its key',
		from: 'db_transaction_keyed(a->db, write_all, is_written, &n)', to: '(is_written == NULL ? ERR_OK : db_transaction(a->db, write_all, &n))', tests: [COMMIT]
	},
	{
		file: 'src/db/sqlstate.c', what: 'a deadlock is not run again',
		from: '"40P01", ERR_LATER,    AGAIN_SOON', to: '"40P01", ERR_LATER,    AGAIN_NO', tests: [COMMIT]
	},
	{
		file: 'src/ctl/migrate.c', what: 'whoever migrates does not know of the pooler',
		from: 'text_equal(t->conf->database.pooler, "transaction")', to: '0', tests: [POOLER]
	},
	{
		file: 'src/db/ahead.c', what: 'an answer that was asked ahead serves everybody who asks for anything alike',
		from: 'if (!text_equal(arg[i], x->arg[i]))', to: 'if (0)', tests: ['unit/test_db_ahead']
	},
	{
		file: 'src/db/ahead.c', what: 'an answer serves more than one question',
		from: '\t\tx->stand = TAKEN;\n', to: '', tests: ['unit/test_db_ahead']
	},
	{
		file: 'src/db/stmt.c', what: 'what this connection has written is not seen by those whose answers were asked ahead',
		from: '\tif (!is_read(s) && !s->spares_ahead)\n\t\tdb_ahead_forget(db);\n', to: '', tests: ['unit/test_db_ahead', 'system/together.test.mjs']
	},
	{
		file: 'src/db/stmt.c', what: 'who is noted as seen has all mates ask by themselves',
		from: '!is_read(s) && !s->spares_ahead', to: '!is_read(s)', tests: ['unit/test_db_ahead']
	},
	{
		file: 'src/account/session.c', what: 'a session that is noted as used has its mates ask by themselves',
		from: '.spares_ahead = 1', to: '.spares_ahead = 0', tests: ['system/together.test.mjs']
	},
	{
		file: 'src/account/key.c', what: 'a key that is noted as used has its mates ask by themselves',
		from: '.spares_ahead = 1', to: '.spares_ahead = 0', tests: ['system/together.test.mjs']
	},
	{
		file: 'src/db/ahead_ask.c', what: 'one that fails takes the answer of those behind it with it',
		from: '} else if (PQresultStatus(r) != PGRES_PIPELINE_ABORTED) {', to: '} else {', tests: ['unit/test_db_ahead']
	},
	{
		file: 'src/db/ahead_ask.c', what: 'a collision of what was asked ahead is not tried again',
		from: 'if (db->again == AGAIN_NO &&\n\t\t    (lead->mates', to: 'if ((lead->mates', tests: ['unit/test_db_ahead']
	},
	{
		file: 'src/db/ahead_ask.c', what: 'a frozen server is waited for by one after the other',
		from: 'const int was_slow = !db->died;', to: 'const int was_slow = 0;', tests: ['unit/test_db_ahead']
	},
	{
		file: 'src/db/ahead_ask.c', what: 'each of several that were asked in one is asked for by itself',
		from: 'lead->mates > 1 ? lead->stmt->many : lead->stmt', to: 'lead->stmt', tests: ['unit/test_db_ahead']
	},
	{
		file: 'src/db/ahead_ask.c', what: 'what cannot be asked in one is tried with each batch',
		from: 'const int together = clock_mono_us() >= a->apart_until_us;', to: 'const int together = 1;', tests: ['unit/test_db_ahead']
	},
	{
		file: 'src/db/ahead_ask.c', what: 'one of several that were asked in one fails all of them',
		from: '(lead->mates == 1 || (e == ERR_LATER && db->conn != NULL))', to: '1', tests: ['unit/test_db_ahead']
	},
	{
		file: 'src/db/ahead_ask.c', what: 'several that were too slow in one are asked once more, one after the other',
		from: '(lead->mates == 1 || (e == ERR_LATER && db->conn != NULL))', to: 'lead->mates == 1', tests: ['unit/test_db_ahead']
	},
	{
		file: 'src/db/many.c', what: 'questions that differ in more than $1 are asked in one',
		from: 'if (!text_equal(arg[i], mate[i]))', to: 'if (0)', tests: ['unit/test_db_ahead']
	},
	{
		file: 'src/db/many.c', what: 'a row of several goes to the first of them',
		from: 'ret[whose - 1])', to: 'ret[0])', tests: ['unit/test_db_ahead', 'system/together.test.mjs']
	},
	{
		file: 'src/db/many.c', what: 'a row that is nobody\'s is written to where it would be',
		from: 'whose < 1 || (size_t)whose > n ||', to: '', tests: ['unit/test_db_ahead']
	}
];
