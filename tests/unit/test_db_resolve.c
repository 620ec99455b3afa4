/* SPDX-License-Identifier: MIT */

/*
 * How db/ finds the hosts of a connection string, with a name service of the
 * test's own.  No database is needed.
 */

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "base/clock.h"
#include "base/err.h"
#include "db/db.h"
#include "db/lookup.h"
#include "db/resolve.h"

#include "names.h"
#include "slow.h"

#define MS	1000
#define SAID	"was not resolved within"

/* A connection string, and what libpq gets instead; "" leaves it as it was. */
static const struct {
	const char	*what;
	const char	*conninfo;
	const char	*host;
	const char	*hostaddr;
	const char	*port;
} strings[] = {
	{ "a socket", "host=/run/pg port=5433", "", "", "" },
	{ "an abstract socket", "host=@pg", "", "", "" },
	{ "an address", "host=192.0.2.1", "", "", "" },
	{ "an address of IPv6", "postgresql://u@[2001:db8::1]:5433/d",
	    "", "", "" },
	{ "a name that has its address", "host=never.test hostaddr=192.0.2.1",
	    "", "", "" },
	{ "an address alone", "hostaddr=192.0.2.1,192.0.2.2", "", "", "" },
	{ "a service", "service=x host=never.test", "", "", "" },
	{ "lists that do not match", "host=two.test,two.test hostaddr=1.2.3.4",
	    "", "", "" },
	{ "ports that do not match", "host=two.test port=1,2", "", "", "" },
	{ "a name with two addresses", "host=two.test port=5433",
	    "two.test,two.test", "127.0.0.2,127.0.0.1", "" },
	{ "the same as an address of the web", "postgresql://u@two.test/d",
	    "two.test,two.test", "127.0.0.2,127.0.0.1", "" },
	{ "all kinds, each with its port",
	    "host=192.0.2.1,two.test,/run/pg,two.test port=1,2,3,4",
	    "192.0.2.1,two.test,two.test,/run/pg,two.test,two.test",
	    ",127.0.0.2,127.0.0.1,,127.0.0.2,127.0.0.1", "1,2,2,3,4,4" },
	{ "one of two has an address", "host=never.test,two.test"
	    " hostaddr=192.0.2.1,", "never.test,two.test,two.test",
	    "192.0.2.1,127.0.0.2,127.0.0.1", "" },
	{ "one of two does not exist", "host=none.test,two.test port=1,2",
	    "two.test,two.test", "127.0.0.2,127.0.0.1", "2,2" },
	{ "the default host among others", "host=,two.test",
	    ",two.test,two.test", ",127.0.0.2,127.0.0.1", "" }
};

static PQconninfoOption *
parsed(const char *conninfo)
{
	PQconninfoOption *info = PQconninfoParse(conninfo, NULL);

	assert_non_null(info);
	return info;
}

static enum err
resolve_preferring(const struct preference *p, struct resolver *v,
    const char *conninfo, int64_t ms, struct resolved *r)
{
	PQconninfoOption *info = parsed(conninfo);
	enum err e;

	resolved_init(r);
	e = resolve_hosts(v, info, ms, p, r);
	PQconninfoFree(info);
	return e;
}

static enum err
resolve(struct resolver *v, const char *conninfo, int64_t ms,
    struct resolved *r)
{
	const struct preference none = { .host = "" };

	return resolve_preferring(&none, v, conninfo, ms, r);
}

static void
test_strings(void **unused)
{
	struct resolver v = { .pending = { NULL } };
	int asked = names_asked();
	struct resolved r;
	size_t i;

	(void)unused;
	for (i = 0; i < NELEM(strings); i++) {
		print_message("# %s\n", strings[i].what);
		assert_int_equal(resolve(&v, strings[i].conninfo, 5000, &r),
		    ERR_OK);
		assert_string_equal(r.host.data, strings[i].host);
		assert_string_equal(r.hostaddr.data, strings[i].hostaddr);
		assert_string_equal(r.port.data, strings[i].port);
		resolved_done(&r);
	}
	assert_int_equal(names_asked(), asked);
	resolver_done(&v);
}

/* Who served last, whether the connection broke since, and what libpq gets. */
static const struct {
	const char		*what;
	struct preference	 preference;
	const char		*conninfo;
	const char		*host;
	const char		*hostaddr;
	const char		*port;
} orders[] = {
	{ "it stays the first", { "/b", "", "5432", 0 }, "host=/a,/b,/c",
	    "/b,/a,/c", ",,", "" },
	{ "it is left", { "/a", "", "5432", 1 }, "host=/a,/b,/c",
	    "/b,/c,/a", ",,", "" },
	{ "another, at the same socket's path", { "/a", "", "2", 1 },
	    "host=/a,/a,/a port=1,2,3", "/a,/a,/a", ",,", "1,3,2" },
	{ "an address", { "192.0.2.1", "192.0.2.1", "5432", 1 },
	    "hostaddr=192.0.2.1,192.0.2.2", ",", "192.0.2.2,192.0.2.1", "" },
	{ "one of the addresses of a name", { "two.test", "127.0.0.1", "1", 0 },
	    "host=192.0.2.1,two.test port=3,1", "two.test,192.0.2.1,two.test",
	    "127.0.0.1,,127.0.0.2", "1,3,1" },
	{ "it is in the list no more", { "/d", "", "5432", 1 }, "host=/a,/b",
	    "/a,/b", ",", "" },
	{ "there is no other", { "/a", "", "5432", 1 }, "host=/a",
	    "", "", "" }
};

static void
test_orders(void **unused)
{
	struct resolver v = { .pending = { NULL } };
	struct resolved r;
	size_t i;

	(void)unused;
	for (i = 0; i < NELEM(orders); i++) {
		print_message("# %s\n", orders[i].what);
		assert_int_equal(resolve_preferring(&orders[i].preference, &v,
		    orders[i].conninfo, 5000, &r), ERR_OK);
		assert_string_equal(r.host.data, orders[i].host);
		assert_string_equal(r.hostaddr.data, orders[i].hostaddr);
		assert_string_equal(r.port.data, orders[i].port);
		resolved_done(&r);
	}
	resolver_done(&v);
}

static void
test_environment(void **unused)
{
	struct resolver v = { .pending = { NULL } };
	struct resolved r;

	(void)unused;
	(void)setenv("PGHOST", "two.test,/run/pg", 1);
	(void)setenv("PGPORT", "1,2", 1);
	assert_int_equal(resolve(&v, "dbname=x", 5000, &r), ERR_OK);
	assert_string_equal(r.host.data, "two.test,two.test,/run/pg");
	assert_string_equal(r.hostaddr.data, "127.0.0.2,127.0.0.1,");
	assert_string_equal(r.port.data, "1,1,2");
	resolved_done(&r);
	(void)unsetenv("PGPORT");

	/* What the string says is said. */
	assert_int_equal(resolve(&v, "host=/tmp", 5000, &r), ERR_OK);
	assert_string_equal(r.host.data, "");
	resolved_done(&r);
	(void)unsetenv("PGHOST");
	resolver_done(&v);
}

static void
test_no_such_name(void **unused)
{
	struct resolver v = { .pending = { NULL } };
	struct resolved r;

	(void)unused;
	assert_int_equal(resolve(&v, "host=none.test", 5000, &r), ERR_LATER);
	assert_string_equal(r.why, "could not resolve the name of the "
	    "database's host: Name or service not known");
	resolved_done(&r);
	resolver_done(&v);
}

static void
test_too_many(void **unused)
{
	struct resolver v = { .pending = { NULL } };
	char conninfo[12 * 600 + 8], *at = conninfo;
	struct resolved r;
	int i;

	(void)unused;
	at += sprintf(at, "host=");
	for (i = 0; i < 600; i++)
		at += sprintf(at, "two.test,");
	assert_int_equal(resolve(&v, conninfo, 5000, &r), ERR_LATER);
	assert_string_equal(r.why, "the database has too many hosts");
	resolved_done(&r);
	resolver_done(&v);
}

/* One question, however many attempts; and a good host is not lost to it. */
static void
test_silence(void **unused)
{
	struct resolver v = { .pending = { NULL } };
	int64_t us = clock_mono_us();
	int asked = names_asked();
	struct resolved r;

	(void)unused;
	assert_int_equal(resolve(&v, "host=never.test", 1000, &r), ERR_LATER);
	us = clock_mono_us() - us;
	assert_true(us >= 1000 * MS &&
	    us < (1000 + slowness() * 500) * MS);
	assert_string_equal(r.why, "the name of the database's host " SAID
	    " 1 s");
	resolved_done(&r);

	assert_int_equal(resolve(&v, "host=never.test", 10, &r), ERR_LATER);
	resolved_done(&r);
	/* The good one's thread may have to wait for a processor. */
	assert_int_equal(resolve(&v, "host=never.test,two.test,never.test",
	    2000, &r), ERR_OK);
	assert_string_equal(r.host.data, "two.test,two.test");
	resolved_done(&r);
	assert_int_equal(names_asked(), asked + 1);

	/* The answer, when it comes at last, is good for one attempt. */
	names_answer();
	assert_int_equal(resolve(&v, "host=never.test", 5000, &r), ERR_LATER);
	assert_string_equal(r.why, "could not resolve the name of the "
	    "database's host: Temporary failure in name resolution");
	resolved_done(&r);
	assert_int_equal(names_asked(), asked + 1);
	assert_int_equal(resolve(&v, "host=never.test", 10, &r), ERR_LATER);
	resolved_done(&r);
	names_await(asked + 2);

	/* Whoever asked may leave before it comes. */
	resolver_done(&v);
	names_answer();
}

static void
test_lookup(void **unused)
{
	struct lookup *l = lookup_start("never.test");
	const struct addrinfo *list;
	int error;

	(void)unused;
	assert_string_equal(lookup_name(l), "never.test");
	assert_false(lookup_wait(l, clock_mono_us() + 10 * MS, &error, &list));
	assert_false(lookup_is_stale(l, 0));
	names_await(1);
	names_answer();
	assert_true(lookup_wait(l, clock_mono_us() + 5000 * MS, &error,
	    &list));
	assert_int_equal(error, EAI_AGAIN);
	assert_true(lookup_is_stale(l, 0));
	assert_false(lookup_is_stale(l, 60000));
	lookup_leave(l);
	lookup_leave(NULL);
}

/* Through a connection: it ends in time, twice, and so does closing it. */
static void
test_connection(void **unused)
{
	const struct db_settings s = { .conninfo = "host=never.test",
	    .name = "test" };
	struct db *db = db_open(&s);
	int64_t us = clock_mono_us();

	(void)unused;
	assert_int_equal(db_ping(db), ERR_LATER);
	us = clock_mono_us() - us;
	assert_true(us >= 2000 * MS &&
	    us < (2000 + slowness() * 500) * MS);
	print_message("# a silent name service: %lld ms to the error\n",
	    (long long)us / MS);
	us = clock_mono_us();
	db_close(db);
	us = clock_mono_us() - us;
	assert_true(us < slowness() * 500 * MS);
	print_message("# %lld us to close\n", (long long)us);
	names_answer();
}

/* libpq goes to the address that the name has, here the second of two. */
static void
test_arrival(void **unused)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	struct pollfd p = { .fd = socket(AF_INET, SOCK_STREAM, 0),
	    .events = POLLIN };
	struct db_settings s = { .name = "test" };
	char conninfo[64];
	struct db *db;
	int asked = names.two;

	(void)unused;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(p.fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(p.fd, 1), 0);
	assert_int_equal(getsockname(p.fd, (struct sockaddr *)&a, &len), 0);
	(void)snprintf(conninfo, sizeof(conninfo), "host=two.test port=%d",
	    ntohs(a.sin_port));
	s.conninfo = conninfo;
	db = db_open(&s);
	/* Nobody answers there; that somebody knocked is enough. */
	assert_int_equal(db_ping(db), ERR_LATER);
	assert_int_equal(poll(&p, 1, 0), 1);
	db_close(db);
	/* And it has not asked by itself. */
	assert_int_equal(names.two, asked + 1);
	(void)close(p.fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_no_such_name),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_connection),
		cmocka_unit_test(test_arrival)
	};

	(void)alarm(60 * (unsigned)slowness());	/* rather than wait for ever */
	return cmocka_run_group_tests_name("db_resolve", tests, NULL, NULL);
}
