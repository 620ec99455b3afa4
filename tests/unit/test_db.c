/* SPDX-License-Identifier: MIT */

/*
 * db/ against a real server.  TEST_CONNINFO is a keyword string of a throw-away
 * cluster, with host=DIRECTORY and port=NUMBER: "host=/tmp/x port=5433 ...".
 * Between us and the server stands a relay where a test wants the network or
 * the server to misbehave.
 */

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "db/db.h"
#include "db/migrate.h"
#include "db/stmt.h"

#define SCHEMA		"test_db"
#define MS		1000

#define STMT(v, n, t)	\
	static const struct stmt v = { .name = #v, .text = t, .nparams = n }

STMT(types, 1, "SELECT $1::bigint, 'ada', NULL, true, false");
STMT(schema_drop, 0, "DROP SCHEMA IF EXISTS " SCHEMA " CASCADE");
STMT(schema_create, 0, "CREATE SCHEMA " SCHEMA);
STMT(item_create, 0, "CREATE TABLE item (id text PRIMARY KEY)");
STMT(part_create, 0, "CREATE TABLE part (item text REFERENCES item)");
STMT(item_insert, 1, "INSERT INTO item VALUES ($1)");
STMT(part_insert, 1, "INSERT INTO part VALUES ($1)");
STMT(item_count, 1, "SELECT count(*) FROM item WHERE id = $1");
STMT(item_clear, 0, "TRUNCATE item CASCADE");
STMT(wrong_column, 0, "SELECT nothing FROM item");
STMT(wrong_count, 2, "SELECT $1::text");
STMT(quotes, 1, "SELECT length($1::text), $1::text::int");
STMT(slow, 0, "SELECT pg_sleep(30)");
STMT(length, 1, "SELECT length($1)");
STMT(copy_out, 0, "COPY (SELECT 1) TO STDOUT");
STMT(forget_all, 0, "DEALLOCATE ALL");
STMT(known, 0, "SELECT count(*) FROM pg_prepared_statements"
    " WHERE name LIKE '%types'");
STMT(wide_create, 0, "CREATE TABLE wide (a int)");
STMT(wide_fill, 0, "INSERT INTO wide VALUES (1)");
STMT(wide_select, 0, "SELECT * FROM wide");
STMT(wide_alter, 0, "ALTER TABLE wide ADD COLUMN b int DEFAULT 2");
STMT(wide_shrink, 0, "ALTER TABLE wide DROP COLUMN b");
STMT(backend, 0, "SELECT pg_backend_pid()::text");
STMT(terminate, 1, "SELECT pg_terminate_backend($1::int, 5000)");
STMT(collide, 0, "DO $$ BEGIN RAISE EXCEPTION 'x'"
    " USING ERRCODE = '40001'; END $$");
STMT(settings, 0, "SELECT current_setting('statement_timeout'),"
    " current_setting('lock_timeout'),"
    " current_setting('idle_in_transaction_session_timeout'),"
    " current_setting('transaction_isolation'),"
    " current_setting('application_name'),"
    " current_setting('search_path')");

static char direct[512];	/* to the server */
static char relayed[640];	/* to the relay */
static char dir[64];		/* where the relay listens */
static char server_dir[80], server_port[16];

/* How the relay treats bytes; those for once fall back to PASS. */
enum conduct {
	PASS, FREEZE, CLOSE, CUT_QUESTION, CUT_ANSWER, CUT_END, LINGER
};

static struct relay {
	int		 listen_fd;
	struct sockaddr_un server;
	atomic_int	 conduct;
	atomic_int	 stop;
	pthread_t	 thread;
} relay;

/* Bytes of the messages in `data` up to the first error, and that one. */
static ssize_t
error_end(const char *data, ssize_t len)
{
	const unsigned char *p = (const unsigned char *)data;
	ssize_t at, next;

	for (at = 0; at + 5 <= len; at = next) {
		next = at + 1 + (p[at + 1] << 24 | p[at + 2] << 16 |
		    p[at + 3] << 8 | p[at + 4]);
		if (p[at] == 'E')
			return next;
	}
	return len;
}

/* Pass on what `from` has to say.  Returns 0 when it has hung up. */
static int
pass(int from, int to, enum conduct conduct)
{
	char data[65536];
	ssize_t n, sent, at;

	if ((n = read(from, data, sizeof(data))) <= 0)
		return 0;
	if (conduct == CUT_END)
		n = error_end(data, n);
	for (at = 0; at < n; at += sent)
		if ((sent = send(to, data + at, (size_t)(n - at),
		    MSG_NOSIGNAL)) <= 0)
			return 0;
	return 1;
}

static int
relay_turn(int client, int server)
{
	struct pollfd p[2] = { { .fd = client, .events = POLLIN },
	    { .fd = server, .events = POLLIN } };
	int conduct = atomic_load(&relay.conduct);

	if (conduct == FREEZE)
		p[0].events = p[1].events = POLLRDHUP;
	(void)poll(p, 2, 5);
	if ((p[0].revents & POLLRDHUP) && conduct == FREEZE)
		return 0;
	if (atomic_load(&relay.conduct) != conduct || conduct == FREEZE)
		return 1;
	if (conduct == CLOSE || (conduct == CUT_QUESTION && p[0].revents) ||
	    (conduct == CUT_ANSWER && p[1].revents)) {
		atomic_store(&relay.conduct, PASS);
		return 0;
	}
	if (conduct == CUT_END && p[1].revents) {
		(void)pass(server, client, CUT_END);
		atomic_store(&relay.conduct, PASS);
		return 0;
	}
	if (p[0].revents && !pass(client, server, PASS))
		return 0;
	return !p[1].revents || pass(server, client, PASS);
}

static void *
relay_main(void *unused)
{
	struct pollfd p = { .fd = relay.listen_fd, .events = POLLIN };
	int client, server, kept = -1;

	(void)unused;
	while (!atomic_load(&relay.stop)) {
		if (atomic_load(&relay.conduct) == FREEZE ||
		    poll(&p, 1, 5) != 1)
			continue;
		client = accept(relay.listen_fd, NULL, NULL);
		server = socket(AF_UNIX, SOCK_STREAM, 0);
		if (connect(server, (struct sockaddr *)&relay.server,
		    sizeof(relay.server)) == 0)
			while (!atomic_load(&relay.stop) &&
			    relay_turn(client, server))
				continue;
		close(server);
		if (atomic_load(&relay.conduct) != LINGER) {
			close(client);
			continue;
		}
		/* The server has gone, and its end is not seen yet. */
		if (kept != -1)
			close(kept);
		kept = client;
		atomic_store(&relay.conduct, PASS);
	}
	if (kept != -1)
		close(kept);
	return NULL;
}

/* As a client of PostgreSQL finds it. */
static struct sockaddr_un
address(const char *where, const char *port)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	assert_true(snprintf(a.sun_path, sizeof(a.sun_path), "%s/.s.PGSQL.%s",
	    where, port) < (int)sizeof(a.sun_path));
	return a;
}

static int
listen_at(const char *where, const char *port)
{
	struct sockaddr_un a = address(where, port);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 16), 0);
	return fd;
}

/* The value of `name` in the keyword string `conninfo`. */
static void
word_of(const char *conninfo, const char *name, char *ret, size_t size)
{
	const char *at = strstr(conninfo, name);

	assert_non_null(at);
	at += strlen(name);
	assert_true(strcspn(at, " ") < size);
	memcpy(ret, at, strcspn(at, " "));
	ret[strcspn(at, " ")] = '\0';
}

static void
unlisten(int fd, const char *where, const char *port)
{
	struct sockaddr_un a = address(where, port);

	close(fd);
	assert_int_equal(unlink(a.sun_path), 0);
	assert_int_equal(rmdir(where), 0);
}

static struct db *
open_to(const char *conninfo)
{
	const struct db_settings s = { .conninfo = conninfo, .name = "test" };

	return db_open(&s);
}

static void
run(struct db *db, const struct stmt *s)
{
	assert_int_equal(db_query(db, s, NULL, 0, NULL), ERR_OK);
}

static enum err
insert(struct db *db, const char *id)
{
	return db_query(db, &item_insert, &id, 1, NULL);
}

static int64_t
items(const char *id)
{
	struct db *db = open_to(direct);
	struct rows *r;
	int64_t n;

	assert_int_equal(db_query(db, &item_count, &id, 1, &r), ERR_OK);
	n = rows_int(r, 0, 0);
	rows_free(r);
	db_close(db);
	return n;
}

/* Let the connection be idle for long enough to be looked at. */
static void
be_quiet(void)
{
	int64_t until = clock_mono_us() + 20 * MS;

	while (clock_mono_us() < until)
		(void)poll(NULL, 0, 1);
}

/* Have the relay hang up, and see it done. */
static void
hang_up(struct db *db)
{
	struct pollfd p = { .fd = db_socket(db), .events = POLLIN };

	atomic_store(&relay.conduct, CLOSE);
	assert_int_equal(poll(&p, 1, 5000), 1);
	be_quiet();
}

/* Everything on standard error between these two, for a look at the log. */
static int kept_stderr, log_fd;

static void
log_catch(void)
{
	char path[] = "/tmp/test_db.XXXXXX";

	log_fd = mkstemp(path);
	(void)unlink(path);
	kept_stderr = dup(2);
	(void)dup2(log_fd, 2);
}

static void
log_caught(char *ret, size_t size)
{
	ssize_t n;

	(void)dup2(kept_stderr, 2);
	close(kept_stderr);
	n = pread(log_fd, ret, size - 1, 0);
	assert_true(n >= 0);
	ret[n] = '\0';
	close(log_fd);
}

static int
start(void **unused)
{
	const char *env = getenv("TEST_CONNINFO");
	struct db *db;

	(void)unused;
	(void)snprintf(dir, sizeof(dir), "/tmp/test_db.XXXXXX");
	assert_non_null(mkdtemp(dir));
	(void)snprintf(direct, sizeof(direct),
	    "%s options='-c search_path=" SCHEMA "'", env);
	(void)snprintf(relayed, sizeof(relayed), "%s host=%s", direct, dir);

	db = open_to(direct);
	run(db, &schema_drop);
	run(db, &schema_create);
	run(db, &item_create);
	run(db, &part_create);
	db_close(db);

	word_of(env, "host=", server_dir, sizeof(server_dir));
	word_of(env, "port=", server_port, sizeof(server_port));
	relay.server = address(server_dir, server_port);
	relay.listen_fd = listen_at(dir, server_port);
	return pthread_create(&relay.thread, NULL, relay_main, NULL);
}

static int
stop(void **unused)
{
	struct db *db = open_to(direct);

	(void)unused;
	run(db, &schema_drop);
	db_close(db);
	atomic_store(&relay.stop, 1);
	(void)pthread_join(relay.thread, NULL);
	unlisten(relay.listen_fd, dir, server_port);
	return 0;
}

static int
tidy(void **unused)
{
	struct db *db = open_to(direct);

	(void)unused;
	run(db, &item_clear);
	db_close(db);
	atomic_store(&relay.conduct, PASS);
	return 0;
}

static void
test_types(void **unused)
{
	const char *const arg[] = { "-9007199254740993" };
	struct db *db = open_to(direct);
	struct rows *r;

	(void)unused;
	assert_int_equal(db_socket(db), -1);
	assert_int_equal(db_query(db, &types, arg, 1, &r), ERR_OK);
	assert_true(db_socket(db) != -1);
	assert_int_equal(rows_count(r), 1);
	assert_true(rows_int(r, 0, 0) == INT64_C(-9007199254740993));
	assert_string_equal(rows_text(r, 0, 1), "ada");
	assert_true(rows_null(r, 0, 2));
	assert_null(rows_text(r, 0, 2));
	assert_int_equal(rows_int(r, 0, 2), 0);
	assert_int_equal(rows_bool(r, 0, 2), 0);
	assert_int_equal(rows_bool(r, 0, 3), 1);
	assert_int_equal(rows_bool(r, 0, 4), 0);
	rows_free(r);
	rows_free(NULL);
	assert_int_equal(db_ping(db), ERR_OK);
	db_close(db);
	db_close(NULL);
}

static void
test_settings(void **unused)
{
	struct db *db = open_to(direct);
	struct rows *r;

	(void)unused;
	assert_int_equal(db_query(db, &settings, NULL, 0, &r), ERR_OK);
	assert_string_equal(rows_text(r, 0, 0), "5s");
	assert_string_equal(rows_text(r, 0, 1), "2s");
	assert_string_equal(rows_text(r, 0, 2), "10s");
	assert_string_equal(rows_text(r, 0, 3), "read committed");
	assert_string_equal(rows_text(r, 0, 4), "test");
	assert_string_equal(rows_text(r, 0, 5), SCHEMA);
	rows_free(r);
	db_close(db);
}

static void
test_own_options_win(void **unused)
{
	char conninfo[640];
	struct db *db;
	struct rows *r;

	(void)unused;
	(void)snprintf(conninfo, sizeof(conninfo),
	    "%s options='-c lock_timeout=777'", direct);
	db = open_to(conninfo);
	assert_int_equal(db_query(db, &settings, NULL, 0, &r), ERR_OK);
	assert_string_equal(rows_text(r, 0, 0), "5s");
	assert_string_equal(rows_text(r, 0, 1), "777ms");
	rows_free(r);
	db_close(db);
}

static void
test_pooled(void **unused)
{
	const struct db_settings s = { .conninfo = direct, .pooled = 1,
	    .name = "test" };
	const char *const arg[] = { "1" };
	struct db *db = db_open(&s);
	struct rows *r;
	int i;

	(void)unused;
	for (i = 0; i < 2; i++)
		assert_int_equal(db_query(db, &types, arg, 1, NULL), ERR_OK);
	assert_int_equal(db_query(db, &known, NULL, 0, &r), ERR_OK);
	assert_int_equal(rows_int(r, 0, 0), 0);
	rows_free(r);
	assert_int_equal(db_query(db, &settings, NULL, 0, &r), ERR_OK);
	assert_string_equal(rows_text(r, 0, 0), "0");
	rows_free(r);
	db_close(db);
}

static void
test_prepared_once(void **unused)
{
	const char *const arg[] = { "1" };
	struct db *db = open_to(direct);
	struct rows *r;
	int i;

	(void)unused;
	for (i = 0; i < 3; i++)
		assert_int_equal(db_query(db, &types, arg, 1, NULL), ERR_OK);
	assert_int_equal(db_query(db, &known, NULL, 0, &r), ERR_OK);
	assert_int_equal(rows_int(r, 0, 0), 1);
	rows_free(r);
	db_close(db);
}

static void
test_prepared_forgotten(void **unused)
{
	const char *const arg[] = { "1" };
	struct db *db = open_to(direct);

	(void)unused;
	assert_int_equal(db_query(db, &types, arg, 1, NULL), ERR_OK);
	run(db, &forget_all);
	assert_int_equal(db_query(db, &types, arg, 1, NULL), ERR_OK);
	db_close(db);
}

static enum err
work_wide(struct db *db, void *arg)
{
	int *runs = arg;

	(*runs)++;
	return db_query(db, &wide_select, NULL, 0, NULL);
}

static void
test_prepared_before_migration(void **unused)
{
	struct db *db = open_to(direct), *other = open_to(direct);
	struct rows *r;
	int runs = 0;

	(void)unused;
	run(db, &wide_create);
	run(db, &wide_fill);
	run(db, &wide_select);
	run(other, &wide_alter);
	assert_int_equal(db_query(db, &wide_select, NULL, 0, &r), ERR_OK);
	assert_int_equal(rows_int(r, 0, 1), 2);
	rows_free(r);

	run(other, &wide_shrink);
	assert_int_equal(db_transaction(db, work_wide, &runs), ERR_OK);
	assert_int_equal(runs, 2);
	db_close(other);
	db_close(db);
}

static void
test_refusals(void **unused)
{
	struct db *db = open_to(direct);
	const char *arg = "missing";

	(void)unused;
	assert_int_equal(insert(db, "a"), ERR_OK);
	assert_int_equal(insert(db, "a"), ERR_CONFLICT);
	assert_int_equal(db_query(db, &part_insert, &arg, 1, NULL),
	    ERR_CONFLICT);
	assert_int_equal(db_query(db, &wrong_column, NULL, 0, NULL),
	    ERR_INTERNAL);
	assert_true(db_socket(db) != -1);
	assert_int_equal(db_ping(db), ERR_OK);

	/* Must end, and must not be taken for an answer. */
	assert_int_equal(db_query(db, &copy_out, NULL, 0, NULL), ERR_LATER);
	assert_int_equal(db_ping(db), ERR_OK);
	db_close(db);
}

static void
test_log_is_discreet(void **unused)
{
	struct db *db = open_to(direct);
	const char *arg = "hunter2";
	char text[4096];

	(void)unused;
	assert_int_equal(insert(db, arg), ERR_OK);
	log_catch();
	assert_int_equal(insert(db, arg), ERR_CONFLICT);
	assert_int_equal(db_query(db, &types, &arg, 1, NULL), ERR_INTERNAL);
	assert_int_equal(db_query(db, &wrong_column, NULL, 0, NULL),
	    ERR_INTERNAL);
	db_close(db);
	db = open_to("host=/tmp password=x hunter2");
	assert_int_equal(db_ping(db), ERR_LATER);
	db_close(db);
	log_caught(text, sizeof(text));

	assert_null(strstr(text, "hunter2"));
	assert_non_null(strstr(text, "item_insert"));
	assert_non_null(strstr(text, "23505"));
	assert_non_null(strstr(text, "item_pkey"));
	assert_non_null(strstr(text, "22P02"));
	/* A mistake in the statement itself is worth its words. */
	assert_non_null(strstr(text, "does not exist"));
}

static void
test_statement_timeout(void **unused)
{
	const struct db_settings s = { .conninfo = direct, .name = "test",
	    .statement_ms = 100 };
	struct db *db = db_open(&s);
	int64_t begin = clock_mono_us();

	(void)unused;
	assert_int_equal(db_query(db, &slow, NULL, 0, NULL), ERR_LATER);
	/* Not after those that are usual, which are five seconds. */
	assert_true(clock_mono_us() - begin < 3000 * MS);
	assert_true(db_socket(db) != -1);
	db_close(db);
}

static void
test_read_only(void **unused)
{
	char conninfo[640];
	struct db *db;

	(void)unused;
	(void)snprintf(conninfo, sizeof(conninfo), "%s options='-c search_path="
	    SCHEMA " -c default_transaction_read_only=on'", direct);
	db = open_to(conninfo);
	assert_int_equal(db_ping(db), ERR_OK);
	assert_int_equal(insert(db, "a"), ERR_LATER);
	assert_int_equal(db_socket(db), -1);
	db_close(db);
}

/* A transaction to be driven from a test. */
struct play {
	int		 runs;
	int		 collisions;	/* so many runs collide */
	enum err	 end;		/* what the work returns */
	int		 careless;	/* it does not look at errors */
	int		 conduct;	/* of the relay, before COMMIT, */
	int		 once;		/* of the first run only */
};

static enum err
work_play(struct db *db, void *arg)
{
	struct play *p = arg;
	enum err e;

	p->runs++;
	if ((e = insert(db, "a")) != ERR_OK)
		return e;
	if (p->careless) {
		assert_int_equal(insert(db, "a"), ERR_CONFLICT);
		assert_int_equal(insert(db, "b"), ERR_CONFLICT);
	}
	if (p->runs <= p->collisions && (e = db_query(db, &collide, NULL, 0,
	    NULL)) != ERR_OK)
		return e;
	if (!p->once || p->runs == 1)
		atomic_store(&relay.conduct, p->conduct);
	return p->end;
}

/* Scenario 27: what collides is done again. */
static void
test_transaction(void **unused)
{
	static const struct {
		const char	*what;
		struct play	 play;
		enum err	 want;
		int		 runs;
		int		 rows;
	} cases[] = {
		{ "commits", { .end = ERR_OK }, ERR_OK, 1, 1 },
		{ "rolls back", { .end = ERR_INPUT }, ERR_INPUT, 1, 0 },
		{ "tries again", { .collisions = 2 }, ERR_OK, 3, 1 },
		{ "at most five times", { .collisions = 9 }, ERR_LATER, 5, 0 },
		{ "a careless work does not commit", { .careless = 1 },
		    ERR_CONFLICT, 1, 0 }
	};
	struct db *db = open_to(direct);
	struct play p;
	size_t i;

	(void)unused;
	for (i = 0; i < NELEM(cases); i++) {
		print_message("# a transaction: %s\n", cases[i].what);
		run(db, &item_clear);
		p = cases[i].play;
		assert_int_equal(db_transaction(db, work_play, &p),
		    cases[i].want);
		assert_int_equal(p.runs, cases[i].runs);
		assert_int_equal(items("a"), cases[i].rows);
		assert_int_equal(db_ping(db), ERR_OK);
	}
	db_close(db);
}

static void
test_collision_alone(void **unused)
{
	struct db *db = open_to(direct);

	(void)unused;
	assert_int_equal(db_query(db, &collide, NULL, 0, NULL), ERR_LATER);
	assert_int_equal(db_ping(db), ERR_OK);
	db_close(db);
}

static void
test_idle_connection_dies(void **unused)
{
	struct db *db = open_to(relayed);
	struct play p = { .end = ERR_OK };

	(void)unused;
	/* What has to be prepared first may be tried again anyway. */
	assert_int_equal(insert(db, "c"), ERR_OK);
	hang_up(db);
	assert_int_equal(insert(db, "b"), ERR_OK);
	hang_up(db);
	assert_int_equal(db_transaction(db, work_play, &p), ERR_OK);
	assert_int_equal(p.runs, 1);
	assert_int_equal(items("a"), 1);
	db_close(db);
}

static void
test_begin_is_lost(void **unused)
{
	struct db *db = open_to(relayed);
	struct play p = { .end = ERR_INPUT };

	(void)unused;
	assert_int_equal(db_transaction(db, work_play, &p), ERR_INPUT);
	atomic_store(&relay.conduct, CUT_QUESTION);
	p = (struct play){ .end = ERR_OK };
	assert_int_equal(db_transaction(db, work_play, &p), ERR_OK);
	assert_int_equal(p.runs, 1);
	db_close(db);
}

/* Scenario 26: without BEGIN and COMMIT. */
static void
test_answer_is_lost(void **unused)
{
	struct db *db = open_to(relayed);

	(void)unused;
	assert_int_equal(insert(db, "a"), ERR_OK);
	atomic_store(&relay.conduct, CUT_ANSWER);
	assert_int_equal(insert(db, "b"), ERR_LATER);
	assert_int_equal(items("b"), 1);

	/* The key decides what happened. */
	assert_int_equal(insert(db, "b"), ERR_CONFLICT);
	db_close(db);
}

/* The error came, the end of the answer did not: still nothing is quoted. */
static void
test_end_is_lost(void **unused)
{
	const struct db_settings s = { .conninfo = relayed, .pooled = 1,
	    .name = "test" };
	const char *arg = "hunter2";
	struct db *db = db_open(&s);
	char log[2048];
	enum err e;

	(void)unused;
	assert_int_equal(db_ping(db), ERR_OK);
	atomic_store(&relay.conduct, CUT_END);
	log_catch();
	e = db_query(db, &quotes, &arg, 1, NULL);
	log_caught(log, sizeof(log));
	assert_int_equal(e, ERR_INTERNAL);
	assert_non_null(strstr(log, "db_lost"));
	assert_null(strstr(log, arg));
	assert_int_equal(db_socket(db), -1);
	assert_int_equal(db_ping(db), ERR_OK);
	db_close(db);
}

/* Scenario 26. */
static void
test_commit_is_lost(void **unused)
{
	struct db *db = open_to(relayed);
	struct play p = { .end = ERR_OK };

	(void)unused;
	assert_int_equal(db_transaction(db, work_play, &p), ERR_OK);
	run(db, &item_clear);
	p = (struct play){ .end = ERR_OK, .conduct = CUT_ANSWER };
	assert_int_equal(db_transaction(db, work_play, &p), ERR_LATER);
	assert_int_equal(p.runs, 1);
	assert_int_equal(items("a"), 1);
	assert_int_equal(db_ping(db), ERR_OK);
	db_close(db);
}

/* What was written under the key, as db_transaction_keyed() asks. */
static enum err
work_found(struct db *db, void *arg)
{
	(void)arg;
	return items("a") == 1 && db_ping(db) == ERR_OK ? ERR_OK :
	    ERR_NOTFOUND;
}

static void
test_doubt(void **unused)
{
	struct db *db = open_to(relayed);
	struct play p = { .end = ERR_OK };

	(void)unused;
	assert_int_equal(db_transaction(db, work_play, &p), ERR_OK);
	run(db, &item_clear);

	/* It was committed: the key says so. */
	p = (struct play){ .end = ERR_OK, .conduct = CUT_ANSWER };
	assert_int_equal(db_transaction_keyed(db, work_play, work_found, &p),
	    ERR_OK);
	assert_int_equal(p.runs, 1);

	/* Without a doubt a conflict is somebody else's. */
	p = (struct play){ .end = ERR_OK };
	assert_int_equal(db_transaction_keyed(db, work_play, work_found, &p),
	    ERR_CONFLICT);

	/* It never arrived: it is run again, and then the way is clear. */
	run(db, &item_clear);
	/* By a connection that knows COMMIT: to prepare it leaves no doubt. */
	assert_int_equal(db_transaction(db, work_play, &p), ERR_OK);
	run(db, &item_clear);
	p = (struct play){ .end = ERR_OK, .conduct = CUT_QUESTION, .once = 1 };
	assert_int_equal(db_transaction_keyed(db, work_play, work_found, &p),
	    ERR_OK);
	assert_int_equal(p.runs, 2);
	assert_int_equal(items("a"), 1);
	db_close(db);
}

static enum err
work_cut(struct db *db, void *arg)
{
	int *runs = arg;

	(*runs)++;
	assert_int_equal(insert(db, "c"), ERR_OK);
	atomic_store(&relay.conduct, CUT_QUESTION);
	assert_int_equal(insert(db, "d"), ERR_LATER);

	/* What follows must not slip out on another connection. */
	assert_int_equal(insert(db, "e"), ERR_LATER);
	return ERR_OK;
}

static void
test_transaction_is_cut(void **unused)
{
	struct db *db = open_to(relayed);
	int runs = 0;

	(void)unused;
	assert_int_equal(insert(db, "a"), ERR_OK);
	assert_int_equal(db_transaction(db, work_cut, &runs), ERR_LATER);
	assert_int_equal(runs, 1);
	assert_int_equal(items("c") + items("d") + items("e"), 0);
	db_close(db);
}

/* End the server's side of a connection, and see it say so. */
static void
end_backend(struct db *db)
{
	struct pollfd p = { .events = POLLIN };
	struct db *other = open_to(direct);
	struct rows *r;
	const char *pid;

	assert_int_equal(db_query(db, &backend, NULL, 0, &r), ERR_OK);
	pid = rows_text(r, 0, 0);
	assert_int_equal(db_query(other, &terminate, &pid, 1, NULL), ERR_OK);
	rows_free(r);
	/* What stands between may be slow to pass it on. */
	p.fd = db_socket(db);
	assert_int_equal(poll(&p, 1, 5000), 1);
	db_close(other);
	be_quiet();
}

static void
test_terminated(void **unused)
{
	struct db *db = open_to(direct);

	(void)unused;
	end_backend(db);
	assert_int_equal(db_ping(db), ERR_OK);
	db_close(db);
}

/* Does it go by the relay? */
static int
is_relayed(struct db *db)
{
	struct sockaddr_un a;
	socklen_t len = sizeof(a);

	assert_int_equal(db_ping(db), ERR_OK);
	assert_int_equal(getpeername(db_socket(db), (struct sockaddr *)&a,
	    &len), 0);
	return strncmp(a.sun_path, dir, strlen(dir)) == 0;
}

/* Of two ways there the one that broke is the last, though it is well again. */
static void
test_other_way_first(void **unused)
{
	char both[800];
	struct db *db;

	(void)unused;
	(void)snprintf(both, sizeof(both), "%s host=%s,%s", direct, server_dir,
	    dir);
	db = open_to(both);
	assert_false(is_relayed(db));
	end_backend(db);
	assert_true(is_relayed(db));
	end_backend(db);
	assert_false(is_relayed(db));
	db_close(db);
}

/* It has said that it goes, and has not closed the connection yet. */
static void
test_farewell(void **unused)
{
	struct db *db = open_to(relayed);

	(void)unused;
	assert_int_equal(insert(db, "a"), ERR_OK);
	atomic_store(&relay.conduct, LINGER);
	end_backend(db);
	assert_int_equal(insert(db, "b"), ERR_OK);
	assert_int_equal(items("b"), 1);
	db_close(db);
}

/* A connection dies under a statement that only reads. */
static void
test_read_is_lost(void **unused)
{
	static const enum conduct conduct[] = { CUT_QUESTION, CUT_ANSWER };
	struct db *db = open_to(relayed);
	const char *id = "a";
	struct rows *r;
	size_t i;

	(void)unused;
	for (i = 0; i < NELEM(conduct); i++) {
		run(db, &item_clear);
		assert_int_equal(db_query(db, &item_count, &id, 1, NULL),
		    ERR_OK);
		atomic_store(&relay.conduct, conduct[i]);
		assert_int_equal(db_query(db, &item_count, &id, 1, &r), ERR_OK);
		assert_int_equal(rows_int(r, 0, 0), 0);
		rows_free(r);
	}
	db_close(db);
}

static enum err
work_read(struct db *db, void *arg)
{
	const char *id = "a";

	(*(int *)arg)++;
	assert_int_equal(insert(db, id), ERR_OK);
	atomic_store(&relay.conduct, CUT_ANSWER);
	return db_query(db, &item_count, &id, 1, NULL);
}

/* Inside a transaction another connection would read something else. */
static void
test_read_is_lost_inside(void **unused)
{
	struct db *db = open_to(relayed);
	const char *id = "a";
	int runs = 0;

	(void)unused;
	assert_int_equal(db_query(db, &item_count, &id, 1, NULL), ERR_OK);
	assert_int_equal(db_transaction(db, work_read, &runs), ERR_LATER);
	assert_int_equal(runs, 1);
	assert_int_equal(items(id), 0);
	db_close(db);
}

static void
test_frozen(void **unused)
{
	const struct db_settings s = { .conninfo = relayed, .name = "test",
	    .statement_ms = 600 };
	struct db *db = db_open(&s);
	char *large = malloc(4 << 20);
	const char *arg = large;
	int64_t begin;
	int i;

	(void)unused;
	memset(large, 'x', (4 << 20) - 1);
	large[(4 << 20) - 1] = '\0';

	/* With little to send, and with more than the socket takes. */
	for (i = 0; i < 2; i++) {
		assert_int_equal(db_query(db, &length, &arg, 1, NULL), ERR_OK);
		assert_int_equal(db_ping(db), ERR_OK);
		atomic_store(&relay.conduct, FREEZE);
		begin = clock_mono_us();
		if (i == 0)
			assert_int_equal(db_ping(db), ERR_LATER);
		else
			assert_int_equal(db_query(db, &length, &arg, 1, NULL),
			    ERR_LATER);
		assert_true(clock_mono_us() - begin >= 1600 * MS);
		/* Once, for each. */
		assert_true(clock_mono_us() - begin < 3100 * MS);
		assert_int_equal(db_socket(db), -1);
		atomic_store(&relay.conduct, PASS);
	}
	free(large);
	db_close(db);
}

/* A server that lets us in and ends us in the same breath. */
static void *
curt_main(void *listen_fd)
{
	static const char said[] = "R\0\0\0\10\0\0\0\0Z\0\0\0\5I"
	    "E\0\0\0\43SFATAL\0VFATAL\0C57P01\0Mso long\0";
	char startup[1024];
	int fd = accept(*(const int *)listen_fd, NULL, NULL);

	assert_true(read(fd, startup, sizeof(startup)) > 0);
	assert_int_equal(send(fd, said, sizeof(said), MSG_NOSIGNAL),
	    sizeof(said));
	(void)close(fd);
	return NULL;
}

/* What libpq would print on its own is not for a log of JSON. */
static void
test_curt(void **unused)
{
	char place[80], conninfo[160], text[4096];
	pthread_t thread;
	struct db *db;
	int fd;

	(void)unused;
	(void)snprintf(place, sizeof(place), "%s.curt", dir);
	assert_int_equal(mkdir(place, 0700), 0);
	fd = listen_at(place, "9");
	(void)snprintf(conninfo, sizeof(conninfo), "host=%s port=9", place);
	db = open_to(conninfo);
	assert_int_equal(pthread_create(&thread, NULL, curt_main, &fd), 0);
	log_catch();
	assert_int_equal(db_ping(db), ERR_LATER);
	log_caught(text, sizeof(text));
	assert_int_equal(text[0], '{');
	assert_null(strstr(text, "FATAL:  so long"));
	(void)pthread_join(thread, NULL);
	db_close(db);
	unlisten(fd, place, "9");
}

static void
test_nobody_there(void **unused)
{
	struct db *db = open_to("host=/nonexistent");
	char text[4096];
	int64_t begin;
	int i;

	(void)unused;
	log_catch();
	begin = clock_mono_us();
	for (i = 0; i < 1000; i++)
		assert_int_equal(db_ping(db), ERR_LATER);
	assert_true(clock_mono_us() - begin < 1000 * MS);
	/* As long as it takes to try twice again. */
	while (clock_mono_us() - begin < 500 * MS) {
		assert_int_equal(db_ping(db), ERR_LATER);
		be_quiet();
	}
	log_caught(text, sizeof(text));

	/* Said once. */
	assert_non_null(strstr(text, "db_lost"));
	assert_null(strstr(strstr(text, "db_lost") + 1, "db_lost"));
	db_close(db);
}

static void
test_black_hole(void **unused)
{
	char conninfo[768], place[64] = "/tmp/test_db.XXXXXX";
	struct db *db;
	int64_t begin;
	int fd;

	(void)unused;
	assert_non_null(mkdtemp(place));
	fd = listen_at(place, "9");
	(void)snprintf(conninfo, sizeof(conninfo), "%s host=%s port=9", direct,
	    place);
	db = open_to(conninfo);
	begin = clock_mono_us();
	assert_int_equal(db_ping(db), ERR_LATER);
	/* Twice would be four seconds. */
	assert_true(clock_mono_us() - begin < 3900 * MS);

	/* And not again at once: that would take seconds. */
	begin = clock_mono_us();
	assert_int_equal(db_ping(db), ERR_LATER);
	assert_true(clock_mono_us() - begin < 500 * MS);
	db_close(db);

	/* The next host gets its turn. */
	(void)snprintf(conninfo, sizeof(conninfo), "%s host=%s,%s port=9,%s",
	    direct, place, server_dir, server_port);
	db = open_to(conninfo);
	assert_int_equal(db_ping(db), ERR_OK);
	db_close(db);
	unlisten(fd, place, "9");
}

static void
test_prepare(void **unused)
{
	struct db *db = open_to(direct);

	(void)unused;
	assert_int_equal(db_prepare(db, &types), ERR_OK);
	assert_int_equal(db_prepare(db, &types), ERR_OK);
	assert_int_equal(db_prepare(db, &wrong_count), ERR_INTERNAL);
	assert_int_equal(db_prepare(db, &wrong_column), ERR_INTERNAL);
	assert_int_equal(db_ping(db), ERR_OK);
	db_close(db);
}

static void
script_write(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/sql/%s", dir, name);
	assert_non_null(f = fopen(path, "we"));
	(void)fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void
script_remove(const char *name)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/sql/%s", dir, name);
	assert_int_equal(unlink(path), 0);
}

static void
test_migrate(void **unused)
{
	static const struct {
		const char	*what, *name, *text;
		enum err	 want;
		int		 version;
	} cases[] = {
		{ "the first", "0001_first.sql",
		    "CREATE TABLE first (a int);\n-- two statements\n"
		    "INSERT INTO first VALUES (1);", ERR_OK, 1 },
		{ "one with only a comment", "0002_second.sql", "-- no more",
		    ERR_OK, 2 },
		{ "not a script", "README", "DROP TABLE first", ERR_OK, 2 },
		{ "one that breaks half way", "0003_broken.sql",
		    "CREATE TABLE third (a int); SELECT nothing;"
		    " CREATE TABLE fourth (a int)", ERR_INTERNAL, 2 },
		{ "one that ends the transaction", "0003_ends.sql",
		    "ROLLBACK; CREATE TABLE fifth (a int)", ERR_INPUT, 2 },
		{ "a number twice", "0002_again.sql", "SELECT 1", ERR_INPUT,
		    2 },
		{ "a number that is left out", "0004_gap.sql", "SELECT 1",
		    ERR_OK, 4 },
		{ "and comes later", "0003_late.sql", "SELECT 1", ERR_INPUT, 4 }
	};
	struct db *db = open_to(direct);
	char path[128];
	FILE *out = fopen("/dev/null", "we");
	int version;
	size_t i;

	(void)unused;
	(void)snprintf(path, sizeof(path), "%s/sql", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(migrate_version(db, &version), ERR_NOTFOUND);
	assert_int_equal(version, 0);
	for (i = 0; i < NELEM(cases); i++) {
		print_message("# a migration: %s\n", cases[i].what);
		script_write(cases[i].name, cases[i].text);
		assert_int_equal(migrate_apply(db, path, out), cases[i].want);
		assert_int_equal(migrate_version(db, &version), ERR_OK);
		assert_int_equal(version, cases[i].version);
		if (cases[i].want != ERR_OK)
			script_remove(cases[i].name);
	}
	assert_int_equal(migrate_apply(db, path, out), ERR_OK);

	/* What comes behind one that failed has to wait for it. */
	script_write("0005_broken.sql", "SELECT nothing");
	script_write("0006_next.sql", "CREATE TABLE next (a int)");
	assert_int_equal(migrate_apply(db, path, out), ERR_INTERNAL);
	assert_int_equal(migrate_version(db, &version), ERR_OK);
	assert_int_equal(version, 4);
	script_write("0005_broken.sql", "SELECT 1");
	assert_int_equal(migrate_apply(db, path, out), ERR_OK);
	assert_int_equal(migrate_version(db, &version), ERR_OK);
	assert_int_equal(version, 6);

	script_remove("0004_gap.sql");
	script_remove("0005_broken.sql");
	script_remove("0006_next.sql");
	script_remove("README");
	script_remove("0001_first.sql");
	script_remove("0002_second.sql");
	assert_int_equal(rmdir(path), 0);
	(void)fclose(out);
	db_close(db);
}

#define TEST(f)	cmocka_unit_test_teardown(f, tidy)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_types),
		TEST(test_settings),
		TEST(test_own_options_win),
		TEST(test_pooled),
		TEST(test_prepared_once),
		TEST(test_prepared_forgotten),
		TEST(test_prepared_before_migration),
		TEST(test_refusals),
		TEST(test_log_is_discreet),
		TEST(test_statement_timeout),
		TEST(test_read_only),
		TEST(test_transaction),
		TEST(test_collision_alone),
		TEST(test_idle_connection_dies),
		TEST(test_begin_is_lost),
		TEST(test_answer_is_lost),
		TEST(test_end_is_lost),
		TEST(test_commit_is_lost),
		TEST(test_doubt),
		TEST(test_transaction_is_cut),
		TEST(test_terminated),
		TEST(test_other_way_first),
		TEST(test_farewell),
		TEST(test_read_is_lost),
		TEST(test_read_is_lost_inside),
		TEST(test_frozen),
		TEST(test_curt),
		TEST(test_nobody_there),
		TEST(test_black_hole),
		TEST(test_prepare),
		TEST(test_migrate)
	};

	if (getenv("TEST_CONNINFO") == NULL) {
		print_message("1..0 # SKIP TEST_CONNINFO is not set\n");
		return 77;
	}
	return cmocka_run_group_tests_name("db", tests, start, stop);
}
