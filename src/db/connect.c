/* SPDX-License-Identifier: MIT */

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#include "db/internal.h"

#define OPTIONS_MAX	1024
#define REASON_MAX	512
#define READS_MAX	8	/* from a server that should be silent */

struct db *
db_open(const struct db_settings *s)
{
	struct db *db = mem_zero(1, sizeof(*db));

	db->settings = *s;
	if (db->settings.statement_ms == 0)
		db->settings.statement_ms = DB_STATEMENT_MS;
	return db;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	PQfinish(db->conn);
	ahead_done(db);
	resolver_done(&db->resolver);
	free(db);
}

int
db_socket(const struct db *db)
{
	return db->conn == NULL ? -1 : PQsocket(db->conn);
}

/*
 * Notices are for people at a terminal: "relation exists, skipping".  libpq
 * would write them to standard error between our lines of JSON, and they may
 * quote values.  But what a server says last to an idle connection is a notice
 * too, as nobody has asked it anything.
 */
static void
take_notice(void *arg, const PGresult *notice)
{
	struct db *db = arg;

	if (text_equal(PQresultErrorField(notice,
	    PG_DIAG_SEVERITY_NONLOCALIZED), "FATAL"))
		db->leaving = 1;
}

/*
 * The time-outs, for the server to keep.  What the operator's own connection
 * string says comes after ours and so wins.  Behind a pooler the role has to
 * carry them: PgBouncer refuses the parameter.  Notices are for nobody here,
 * and until the connection stands libpq would write them to standard error, which
 * is for lines of JSON.
 */
static void
server_options(const struct db *db, const PQconninfoOption *info,
    struct buf *out)
{
	buf_format(out, "-c statement_timeout=%lld -c lock_timeout=%d"
	    " -c idle_in_transaction_session_timeout=%d"
	    " -c default_transaction_isolation=read\\ committed"
	    " -c client_min_messages=error",
	    (long long)db->settings.statement_ms, DB_LOCK_MS, DB_IDLE_MS);

	for (; info->keyword != NULL; info++) {
		if (text_equal(info->keyword, "options") &&
		    !text_empty(info->val)) {
			buf_char(out, ' ');
			buf_text(out, info->val);
		}
	}
}

/* Say it once, not for every request that finds no database. */
static void
say_lost(struct db *db, const char *why)
{
	char reason[REASON_MAX];
	size_t len = strcspn(why, "\n");

	if (db->lost)
		return;
	db->lost = 1;
	if (len >= sizeof(reason))
		len = sizeof(reason) - 1;
	memcpy(reason, why, len);
	reason[len] = '\0';
	log_warn("db_lost", "lost the database: %s", reason);
}

void
connection_drop(struct db *db, const char *why)
{
	say_lost(db, why);
	db->died = PQstatus(db->conn) != CONNECTION_OK;
	db->preference.left = 1;
	PQfinish(db->conn);
	db->conn = NULL;
	db->prepared_count = 0;
	memset(db->prepared, 0, sizeof(db->prepared));
}

/*
 * For libpq: what each way there says, values in the order of the keywords.
 * "dbname" is the connection string: it wins over what stands before it.
 */
static const char *const keywords[] = { "keepalives_idle",
    "keepalives_interval", "keepalives_count", "tcp_user_timeout", "dbname",
    "application_name", "client_encoding", "connect_timeout", "options",
    "host", "hostaddr", "port", NULL };

struct way {
	const char	*value[NELEM(keywords)];
};

/* `options` may be NULL.  Borrows all that it is given. */
static struct way
way_there(const struct db *db, const char *options,
    const struct resolved *where)
{
	const struct way w = { { DB_PROBE_AFTER_S, DB_PROBE_EVERY_S,
	    DB_PROBE_TIMES, DB_UNHEARD_MS, db->settings.conninfo,
	    db->settings.name, "UTF8", DB_CONNECT_S, options, where->host.data,
	    where->hostaddr.data, where->port.data, NULL } };

	return w;
}

/*
 * Of the ways to connect only this one bounds each host of several by itself, so
 * that a dead machine does not use up the time of the next.  But what the server
 * says beside its answers before we have the connection in hand, such as that
 * it is ended right away, libpq prints, into a log whose lines are JSON: so
 * standard error is nobody's meanwhile.
 */
static PGconn *
connect_quietly(const struct way *way)
{
	int nobody = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int own = nobody == -1 ? -1 :
	    fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	PGconn *conn;

	if (own != -1)
		(void)dup2(nobody, STDERR_FILENO);
	conn = PQconnectdbParams(keywords, way->value, 1);
	if (own != -1) {
		(void)dup2(own, STDERR_FILENO);
		(void)close(own);
	}
	if (nobody != -1)
		(void)close(nobody);
	return conn;
}

static enum err
connection_try(struct db *db, const char *options, const struct resolved *where)
{
	const struct way way = way_there(db, options, where);

	db->conn = connect_quietly(&way);
	if (PQstatus(db->conn) != CONNECTION_OK ||
	    PQsetnonblocking(db->conn, 1) != 0) {
		connection_drop(db, PQerrorMessage(db->conn));
		return ERR_LATER;
	}
	PQsetNoticeReceiver(db->conn, take_notice, db);
	preference_keep(&db->preference, db->conn);
	db->leaving = 0;
	db->used_at = clock_mono_us();
	if (db->lost)
		log_info("db_found", "connected to the database again");
	db->lost = 0;
	return ERR_OK;
}

static enum err
connection_open(struct db *db)
{
	PQconninfoOption *info;
	struct resolved where;
	struct buf options;
	enum err e = ERR_LATER;

	buf_init(&options, OPTIONS_MAX);
	resolved_init(&where);

	/* libpq's own complaint would quote the string, password and all. */
	info = PQconninfoParse(db->settings.conninfo, NULL);
	if (info == NULL) {
		say_lost(db, "conninfo is not a valid connection string");
		goto done;
	}
	if (!db->settings.pooled)
		server_options(db, info, &options);
	if (options.full) {
		say_lost(db, "the options in conninfo are too long");
		goto done;
	}
	if (resolve_hosts(&db->resolver, info, DB_RESOLVE_MS, &db->preference,
	    &where) != ERR_OK) {
		say_lost(db, where.why);
		goto done;
	}
	e = connection_try(db, db->settings.pooled ? NULL : options.data,
	    &where);
done:
	PQconninfoFree(info);
	resolved_done(&where);
	buf_done(&options);
	return e;
}

int
db_listens(struct db *db)
{
	PQconninfoOption *info = PQconninfoParse(db->settings.conninfo, NULL);
	struct resolved where;
	struct way way;
	int listens = 0;

	resolved_init(&where);
	if (info != NULL && resolve_hosts(&db->resolver, info, DB_RESOLVE_MS,
	    &db->preference, &where) == ERR_OK) {
		way = way_there(db, NULL, &where);
		listens = PQpingParams(keywords, way.value, 1) == PQPING_OK;
	}
	PQconninfoFree(info);
	resolved_done(&where);
	return listens;
}

/*
 * An idle server says nothing, except that it goes away or that a setting
 * changed; reading shows which.  That it goes is said before it is gone, on a
 * busy machine long before.  A connection in steady use is not asked: its last
 * answer is as good a sign and cost nothing.
 */
static int
connection_alive(struct db *db)
{
	struct pollfd p = { .fd = PQsocket(db->conn), .events = POLLIN };
	int reads;

	if (PQstatus(db->conn) != CONNECTION_OK)
		return 0;
	if (clock_mono_us() - db->used_at < DB_QUIET_MS * 1000)
		return 1;
	for (reads = 0; poll(&p, 1, 0) == 1; reads++)
		if (reads == READS_MAX || !PQconsumeInput(db->conn))
			return 0;
	(void)PQisBusy(db->conn);	/* has libpq look at what was read */
	return !db->leaving;
}

enum err
connection_need(struct db *db)
{
	int64_t now;
	enum err e;

	/*
	 * Inside a transaction there is no other connection that would do, and
	 * one that has died will say so itself.
	 */
	if (db->in_transaction)
		return db->conn != NULL ? ERR_OK : ERR_LATER;
	if (db->conn != NULL) {
		if (connection_alive(db))
			return ERR_OK;
		connection_drop(db, "the server closed an idle connection");
	}

	/*
	 * connect_at lies ahead only after an attempt that failed, or one whose
	 * connection never answered: see answer_wait(), which forgives.
	 */
	now = clock_mono_us();
	if (now < db->connect_at)
		return ERR_LATER;
	e = connection_open(db);
	db->connect_at = clock_mono_us() + DB_RETRY_MS * 1000;
	return e;
}
