/* SPDX-License-Identifier: MIT */

/*
 * http/ on a connection: a web server of our own at the other end of a socket
 * pair, which also knows how to misbehave.
 */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "http/fcgi.h"
#include "http/head.h"
#include "http/judge.h"
#include "http/params.h"
#include "http/request.h"
#include "http/response.h"

#define BEGIN		1
#define ABORT		2
#define END		3
#define PARAMS		4
#define STDIN		5
#define STDOUT		6
#define GET_VALUES	9

#define SENT_MAX	(1u << 20)
#define MOST		16	/* bytes of body that we keep */
#define KEEP		1
#define RESPONDER	1
#define AUTHORIZER	2
#define FILTER		3

static const struct answer_policy policy = { .csp = "" },
    patient = { .csp = "", .wait_ms = 60000 };
static struct fcgi *fcgi;
static struct buf sent;

/* --- the web server's side --- */

static void
record(int type, int id, const void *body, size_t len)
{
	const unsigned char head[8] = { 1, (unsigned char)type,
	    (unsigned char)(id >> 8), (unsigned char)id,
	    (unsigned char)(len >> 8), (unsigned char)len, 0, 0 };

	buf_add(&sent, head, sizeof(head));
	buf_add(&sent, body, len);
}

static void
begin(int role, int keep)
{
	const unsigned char body[8] = { 0, (unsigned char)role,
	    (unsigned char)keep };

	record(BEGIN, 1, body, sizeof(body));
}

static void
length(struct buf *out, size_t len)
{
	if (len > 127) {
		buf_char(out, (char)(0x80 | len >> 24));
		buf_char(out, (char)(len >> 16));
		buf_char(out, (char)(len >> 8));
	}
	buf_char(out, (char)len);
}

static void
pair(struct buf *out, const char *name, const char *value)
{
	length(out, strlen(name));
	length(out, strlen(value));
	buf_text(out, name);
	buf_text(out, value);
}

/* A whole request in `sent`; `header` is one more parameter, sent twice. */
static void
request(int keep, const char *method, const char *header, const char *body)
{
	struct buf p;

	buf_init(&p, SENT_MAX);
	pair(&p, "REQUEST_METHOD", method);
	pair(&p, "REQUEST_URI", "/a%2Fb?c=d");
	pair(&p, "REQUEST_ID", "0123456789abcdef");
	pair(&p, "REMOTE_ADDR", "127.0.0.1");
	pair(&p, "CONTENT_TYPE", "");
	if (header != NULL) {
		pair(&p, header, "one");
		pair(&p, header, "two");
	}
	buf_reset(&sent);
	begin(RESPONDER, keep);
	record(PARAMS, 1, p.data, p.len);
	record(PARAMS, 1, NULL, 0);
	if (body[0] != '\0')
		record(STDIN, 1, body, strlen(body));
	record(STDIN, 1, NULL, 0);
	buf_done(&p);
}

/* A connection with what is in `sent` on its way; ours and the server's end. */
static void
connection(int ret_end[2])
{
	const struct timeval soon = { .tv_usec = 50000 };

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ret_end), 0);
	assert_int_equal(setsockopt(ret_end[0], SOL_SOCKET, SO_RCVTIMEO, &soon,
	    sizeof(soon)), 0);
	assert_int_equal(write(ret_end[1], sent.data, sent.len),
	    (ssize_t)sent.len);
}

static int
is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

/* Everything that comes back until `id`'s request is over. */
static void
reply(int fd, struct buf *out)
{
	unsigned char head[8], body[65535 + 255];
	size_t len;

	buf_reset(out);
	do {
		assert_int_equal(recv(fd, head, sizeof(head), MSG_WAITALL),
		    sizeof(head));
		len = (size_t)head[4] << 8 | head[5];
		assert_int_equal(recv(fd, body, len + head[6], MSG_WAITALL),
		    (ssize_t)(len + head[6]));
		if (head[1] == STDOUT)
			buf_add(out, body, len);
	} while (head[1] != END);
}

/* --- tests --- */

/* As a worker does: only what is whole is read. */
static enum err
take(int fd, struct req *q)
{
	static unsigned char look[SENT_MAX];
	struct judged j = { .len = 0 };
	struct whole w = { .fd = fd, .store = -1 };
	enum verdict v = judge_fd(fd, look, sizeof(look), &j);

	if (v == JUDGE_WHOLE) {
		w.len = j.len;
		return fcgi_begin(fcgi, &w, MOST, q);
	}
	(void)close(fd);
	return v == JUDGE_GONE ? ERR_NOTFOUND : ERR_INPUT;
}

static void
test_request(void **state)
{
	struct buf got;
	struct resp p;
	struct req q;
	int end[2];

	(void)state;
	buf_init(&got, SENT_MAX);
	resp_init(&p);
	request(KEEP, "POST", NULL, "0123456789abcdef");
	connection(end);
	assert_int_equal(take(end[0], &q), ERR_OK);
	assert_int_equal(q.method, POST);
	assert_string_equal(q.path, "/a%2Fb");
	assert_string_equal(q.query, "c=d");
	assert_string_equal(q.id, "0123456789abcdef");
	assert_string_equal(q.remote, "127.0.0.1");
	assert_null(q.content_type);
	assert_int_equal(q.cookies, 0);
	assert_null(q.duplicate);
	assert_string_equal(q.body, "0123456789abcdef");
	assert_int_equal(q.body_len, 16);
	assert_false(q.too_large);
	assert_true(q.now > 1700000000 && q.began_us > 0);

	(void)resp_problem(&p, 404, "not_found", "Nothing.");
	assert_true(fcgi_end(fcgi, &q, &p, &policy, 1));
	assert_true(is_open(end[0]));
	reply(end[1], &got);
	assert_true(text_begins(got.data, "Status: 404 Not Found\r\n"));
	assert_non_null(strstr(got.data, "\r\n\r\n{\"type\""));

	/* The same connection again, and this time it does not stay. */
	request(0, "GET", NULL, "");
	assert_int_equal(write(end[1], sent.data, sent.len),
	    (ssize_t)sent.len);
	assert_int_equal(take(end[0], &q), ERR_OK);
	assert_int_equal(q.method, GET);
	assert_int_equal(q.body_len, 0);
	assert_false(fcgi_end(fcgi, &q, &p, &policy, 1));
	assert_false(is_open(end[0]));
	reply(end[1], &got);
	(void)close(end[1]);
	resp_done(&p);
	buf_done(&got);
}

static void
test_body(void **state)
{
	static const struct {
		const char	*body;
		int		 too_large;
	} bodies[] = {
		{ "", 0 }, { "0123456789abcde", 0 }, { "0123456789abcdef", 0 },
		{ "0123456789abcdefg", 1 }
	};
	struct resp p;
	struct req q;
	int end[2];
	size_t i, len;

	(void)state;
	resp_init(&p);
	(void)resp_empty(&p, 204);
	for (i = 0; i < NELEM(bodies); i++) {
		request(0, "POST", NULL, bodies[i].body);
		connection(end);
		assert_int_equal(take(end[0], &q), ERR_OK);
		assert_int_equal(q.too_large, bodies[i].too_large);
		len = strlen(bodies[i].body);
		assert_int_equal(q.body_len, len < MOST ? len : MOST);
		assert_false(fcgi_end(fcgi, &q, &p, &policy, 1));
		(void)close(end[1]);
	}
	resp_done(&p);
}

/* A large answer goes out in full; one that is too large becomes a 500. */
static void
test_answers(void **state)
{
	static char text[100000];
	struct buf got;
	struct resp p;
	struct req q;
	int end[2], i;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	buf_init(&got, SENT_MAX);
	resp_init(&p);
	for (i = 0; i < 4; i++) {
		request(0, i == 1 ? "HEAD" : "GET", NULL, "");
		connection(end);
		assert_int_equal(take(end[0], &q), ERR_OK);
		resp_reset(&p);
		p.status = 200;
		p.type = "text/plain; charset=utf-8";
		buf_text(&p.body, text);
		if (i == 2)
			buf_format(&p.headers, "X-Long: %5000s\r\n", "x");
		if (i == 3)
			p.body.full = 1;
		assert_false(fcgi_end(fcgi, &q, &p, &policy, 1));
		reply(end[1], &got);
		(void)close(end[1]);
		assert_true(text_begins(got.data, i < 2 ? "Status: 200 " :
		    "Status: 500 "));
		if (i == 0)
			assert_string_equal(strstr(got.data, "\r\n\r\n") + 4,
			    text);
		if (i == 1)
			assert_string_equal(got.data + got.len - 4,
			    "\r\n\r\n");
		if (i > 1)
			assert_null(strstr(got.data, "xxxx"));
	}
	resp_done(&p);
	buf_done(&got);
}

/* Three at once.  What they got; `end` is ours and the server's of each. */
#define MATES		3

struct mates {
	struct fcgi	*fcgi[MATES];
	struct req	 req[MATES];
	struct resp	 resp[MATES];
	struct req	*q[MATES];
	struct resp	*p[MATES];
	int		 end[MATES][2];
	int		 open[MATES];
};

/* They ask, and all but the last one are to get more than a socket holds. */
static struct mates *
mates_open(void)
{
	static char text[RESPONSE_BODY];
	struct mates *m = mem_zero(1, sizeof(*m));
	struct fcgi *one = fcgi;
	size_t i, at;

	for (at = 0; at < sizeof(text) - 1; at++)
		text[at] = (char)('a' + at * at % 23);
	for (i = 0; i < MATES; i++) {
		m->q[i] = &m->req[i];
		m->p[i] = &m->resp[i];
		assert_non_null(fcgi = m->fcgi[i] = fcgi_open());
		request(KEEP, "GET", NULL, "");
		connection(m->end[i]);
		assert_int_equal(take(m->end[i][0], m->q[i]), ERR_OK);
		resp_init(m->p[i]);
		m->open[i] = 1;
		m->resp[i].status = 200;
		m->resp[i].type = "text/plain";
		buf_add(&m->resp[i].body, text,
		    i < MATES - 1 ? sizeof(text) - 1 : 10);
	}
	fcgi = one;
	return m;
}

static void
mates_close(struct mates *m)
{
	size_t i;

	for (i = 0; i < MATES; i++) {
		if (m->open[i])
			(void)close(m->end[i][0]);
		(void)close(m->end[i][1]);
		fcgi_close(m->fcgi[i]);
		resp_done(m->p[i]);
	}
	free(m);
}

/* Who does not read keeps nobody else from their answer, and has had theirs. */
static void
test_mates_do_not_wait(void **state)
{
	struct mates *m = mates_open();
	struct buf got;

	(void)state;
	buf_init(&got, SENT_MAX);
	fcgi_end_all(m->fcgi, m->q, m->p, &policy, m->open, MATES);
	assert_false(m->open[0] || m->open[1]);
	assert_false(is_open(m->end[0][0]) || is_open(m->end[1][0]));
	assert_true(m->open[2] && is_open(m->end[2][0]));
	reply(m->end[2][1], &got);
	assert_non_null(strstr(got.data, "\r\n\r\n"));
	mates_close(m);
	buf_done(&got);
}

/* Read both large ones, the second first: neither is sent after the other. */
static int
reads_all(struct mates *m)
{
	struct buf got;
	size_t i;
	int ok = 1;

	buf_init(&got, SENT_MAX);
	for (i = 2; i-- > 0;) {
		reply(m->end[i][1], &got);
		ok &= got.len > RESPONSE_BODY && memcmp(got.data + got.len -
		    m->resp[i].body.len, m->resp[i].body.data,
		    m->resp[i].body.len) == 0;
	}
	buf_done(&got);
	return ok;
}

/* Who reads later has all of it, whoever comes first. */
static void
test_mates_are_waited_for_together(void **state)
{
	struct mates *m = mates_open();
	int status;
	size_t i;
	pid_t pid;

	(void)state;
	if ((pid = fork()) == 0)
		_exit(reads_all(m) ? 0 : 1);
	fcgi_end_all(m->fcgi, m->q, m->p, &patient, m->open, MATES);
	for (i = 0; i < MATES; i++)
		assert_true(m->open[i]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	mates_close(m);
}

static void
test_peer_gone(void **state)
{
	struct resp p;
	struct req q;
	int end[2];

	(void)state;
	resp_init(&p);
	request(KEEP, "GET", NULL, "");
	connection(end);
	assert_int_equal(take(end[0], &q), ERR_OK);
	(void)close(end[1]);
	(void)resp_empty(&p, 200);
	assert_false(fcgi_end(fcgi, &q, &p, &policy, 1));
	assert_false(is_open(end[0]));

	/* One that leaves without having asked. */
	buf_reset(&sent);
	connection(end);
	(void)close(end[1]);
	assert_int_equal(take(end[0], &q), ERR_NOTFOUND);
	assert_false(is_open(end[0]));
	resp_done(&p);
}

static void
test_duplicates(void **state)
{
	static const char *const refused[] = { "HTTP_HOST", "CONTENT_TYPE",
	    "HTTP_CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_CONTENT_LENGTH",
	    "HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE", "HTTP_STRIPE_SIGNATURE" };
	/* Nobody reads these, so that they may come as they like. */
	static const char *const taken[] = { "HTTP_X_FORWARDED_FOR",
	    "HTTP_FORWARDED", "HTTP_VIA", "HTTP_AUTHORIZATION", "HTTP_ACCEPT",
	    "HTTP_HOS", "HTTP_HOSTS", "HTTP_", "HTTP" };
	char first[64], second[64];
	char *envp[] = { first, second, NULL };
	struct req q;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(refused); i++) {
		assert_true(strlen(refused[i]) < 50);
		first[0] = second[0] = '\0';
		memcpy(first, refused[i], strlen(refused[i]) + 1);
		memcpy(first + strlen(first), "=a", 3);
		memcpy(second, refused[i], strlen(refused[i]) + 1);
		memcpy(second + strlen(second), "=b", 3);
		assert_int_equal(params_read(envp, &q), ERR_OK);
		assert_string_equal(q.duplicate, refused[i]);
	}
	for (i = 0; i < NELEM(taken); i++) {
		(void)snprintf(first, sizeof(first), "%s=a", taken[i]);
		(void)snprintf(second, sizeof(second), "%s=b", taken[i]);
		assert_int_equal(params_read(envp, &q), ERR_OK);
		assert_null(q.duplicate);
	}
	memcpy(first, "HTTP_COOKIE=a", 14);
	memcpy(second, "HTTP_COOKIE2=b", 15);
	assert_int_equal(params_read(envp, &q), ERR_OK);
	assert_null(q.duplicate);
	assert_string_equal(q.cookie[0], "a");
}

/* HTTP/2 may divide Cookie, and who makes HTTP/1.1 of it may leave it so. */
static void
test_cookie_lines(void **state)
{
	static char line[][32] = { "HTTP_COOKIE=a=1", "HTTP_COOKIE=s=2; b=3",
	    "HTTP_COOKIE=c=4", "HTTP_COOKIE=d=5", "HTTP_COOKIE=e=6",
	    "HTTP_COOKIE=f=7", "HTTP_COOKIE=g=8", "HTTP_COOKIE=h=9",
	    "HTTP_COOKIE=one=too-many" };
	char *envp[NELEM(line) + 1] = { NULL }, got[8];
	struct req q = { .method = GET };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(line) - 1; i++)
		envp[i] = line[i];
	assert_int_equal(params_read(envp, &q), ERR_OK);
	assert_null(q.duplicate);
	assert_int_equal(req_cookie(&q, "a", got, sizeof(got)), ERR_OK);
	assert_string_equal(got, "1");
	assert_int_equal(req_cookie(&q, "s", got, sizeof(got)), ERR_OK);
	assert_string_equal(got, "2");
	assert_int_equal(req_cookie(&q, "h", got, sizeof(got)), ERR_OK);
	assert_string_equal(got, "9");
	assert_false(req_has_cookie(&q, "one"));

	envp[i] = line[i];
	assert_int_equal(params_read(envp, &q), ERR_OK);
	assert_string_equal(q.duplicate, "HTTP_COOKIE");
}

/* Asked as an authorizer: the path is the product's, the question is ours. */
static void
test_authorizer(void **state)
{
	static char uri[] = "REQUEST_URI=/app/x?q=a%26b",
	    method[] = "REQUEST_METHOD=POST",
	    query[] = "ENDPIN_QUERY=require=subscription";
	char *envp[] = { uri, method, query, NULL };
	struct req q = { .authorizer = 1 };

	(void)state;
	assert_int_equal(params_read(envp, &q), ERR_OK);
	assert_int_equal(q.method, GET);
	assert_string_equal(q.path, "/auth");
	assert_string_equal(q.query, "require=subscription");
	assert_string_equal(q.wanted, "/app/x?q=a%26b");
	envp[2] = NULL;
	assert_int_equal(params_read(envp, &q), ERR_OK);
	assert_string_equal(q.query, "");
}

/* It sends no body, not even an empty one, and waits for the answer. */
static void
test_authorizer_request(void **state)
{
	struct resp p;
	struct req q;
	struct buf params;
	char answer[256];
	int end[2];
	ssize_t n;

	(void)state;
	resp_init(&p);
	buf_init(&params, SENT_MAX);
	pair(&params, "REQUEST_URI", "/app/");
	buf_reset(&sent);
	begin(AUTHORIZER, 0);
	record(PARAMS, 1, params.data, params.len);
	record(PARAMS, 1, NULL, 0);
	connection(end);
	assert_int_equal(take(end[0], &q), ERR_OK);
	assert_true(q.authorizer);
	assert_string_equal(q.wanted, "/app/");
	resp_header(&p, "Variable-X", "1");
	(void)resp_empty(&p, 200);
	assert_false(fcgi_end(fcgi, &q, &p, &policy, 1));
	n = read(end[1], answer, sizeof(answer) - 1);
	assert_true(n > 8);
	answer[n] = '\0';
	/* Nothing that Apache would put on the product's own answer. */
	assert_true(text_begins(answer + 8,
	    "Status: 200 OK\r\nVariable-X: 1\r\n\r\n"));
	(void)close(end[1]);
	buf_done(&params);
	resp_done(&p);
}

/* Servers that put all of a name into one parameter have a comma between. */
static void
test_joined(void **state)
{
	static char joined[][64] = { "HTTP_HOST=a, b", "CONTENT_LENGTH=2, 2",
	    "HTTP_CONTENT_LENGTH=2, 2", "HTTP_ORIGIN=a, a",
	    "HTTP_SEC_FETCH_SITE=same-origin, same-origin" };
	static char single[][64] = { "HTTP_COOKIE=a=1,2",
	    "HTTP_STRIPE_SIGNATURE=t=1,v1=0", "HTTP_ACCEPT=a, b",
	    "HTTP_X_FORWARDED_FOR=10.0.0.1, 10.0.0.2",
	    "CONTENT_TYPE=application/json; profile=\"a, b\"" };
	char *envp[] = { NULL, NULL };
	struct req q;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(joined); i++) {
		envp[0] = joined[i];
		assert_int_equal(params_read(envp, &q), ERR_OK);
		assert_non_null(q.duplicate);
		assert_true(text_begins(joined[i], q.duplicate));
	}
	for (i = 0; i < NELEM(single); i++) {
		envp[0] = single[i];
		assert_int_equal(params_read(envp, &q), ERR_OK);
		assert_null(q.duplicate);
	}
}

static void
test_params(void **state)
{
	static char uri[REQUEST_PATH + 32] = "REQUEST_URI=/";
	static char many[REQUEST_PARAMS + 16] = "HTTP_X=";
	char method[] = "REQUEST_METHOD=put", id[] = "REQUEST_ID=short/id";
	char site[] = "HTTP_SEC_FETCH_SITE=", odd[] = "without a value";
	char forged[] = "REQUEST_ID=0123456789\",\"level\":\"error";
	char *envp[] = { uri, method, id, site, odd, NULL };
	struct req q, other;

	(void)state;
	memset(uri + 13, 'x', sizeof(uri) - 14);
	assert_int_equal(params_read(envp, &q), ERR_OK);
	assert_string_equal(q.path, "");
	assert_string_equal(q.query, "");
	assert_int_equal(q.method, METHOD_OTHER);
	/* A header that was sent empty was sent. */
	assert_string_equal(q.sec_fetch_site, "");
	/* An id that will not do is replaced by one of our own. */
	assert_int_equal(strlen(q.id), 32);
	assert_int_equal(params_read(envp, &other), ERR_OK);
	assert_string_not_equal(q.id, other.id);
	envp[2] = forged;
	assert_int_equal(params_read(envp, &q), ERR_OK);
	assert_int_equal(strlen(q.id), 32);
	assert_null(strchr(q.id, '\"'));

	uri[12 + REQUEST_PATH - 1] = '\0';
	assert_int_equal(params_read(envp, &q), ERR_OK);
	assert_int_equal(strlen(q.path), REQUEST_PATH - 1);

	memset(many + 7, 'x', sizeof(many) - 8);
	envp[4] = many;
	assert_int_equal(params_read(envp, &q), ERR_INPUT);
}

static void
test_methods(void **state)
{
	static const struct {
		const char	*text;
		enum method	 method;
	} methods[] = {
		{ "GET", GET }, { "HEAD", HEAD }, { "POST", POST },
		{ "PUT", PUT }, { "PATCH", PATCH }, { "DELETE", DELETE },
		{ "OPTIONS", METHOD_OTHER }, { "TRACE", METHOD_OTHER },
		{ "get", METHOD_OTHER }, { "other", METHOD_OTHER },
		{ "", METHOD_OTHER }, { "GET ", METHOD_OTHER },
		{ "DELETES", METHOD_OTHER }
	};
	char method[64];
	char *envp[] = { method, NULL };
	struct req q;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(methods); i++) {
		(void)snprintf(method, sizeof(method), "REQUEST_METHOD=%s",
		    methods[i].text);
		assert_int_equal(params_read(envp, &q), ERR_OK);
		if (q.method != methods[i].method)
			fail_msg("\"%s\" is %s", methods[i].text,
			    method_names[q.method]);
	}
}

/* nginx's $msec: seconds, a point and three digits. */
static void
test_sent(void **state)
{
	static const struct {
		const char	*text;
		int64_t		 ms;
	} times[] = {
		{ "1795795200.123", INT64_C(1795795200123) },
		{ "0.001", 1 }, { "1795795200", 0 }, { "1795795200.12", 0 },
		{ "1795795200.1234", 0 }, { "-1.123", 0 }, { ".123", 0 },
		{ "", 0 }, { "1.1.3", 0 }, { "1.x23", 0 },
		{ "12345678901234567890.123", 0 }
	};
	char sent_at[64];
	char *envp[] = { sent_at, NULL }, *nothing[] = { NULL };
	struct req q;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(times); i++) {
		(void)snprintf(sent_at, sizeof(sent_at), "ENDPIN_SENT=%s",
		    times[i].text);
		assert_int_equal(params_read(envp, &q), ERR_OK);
		if (q.sent_ms != times[i].ms)
			fail_msg("%s: %lld", times[i].text,
			    (long long)q.sent_ms);
	}
	assert_int_equal(params_read(nothing, &q), ERR_OK);
	assert_int_equal(q.sent_ms, 0);
	/* A client cannot say so. */
	(void)snprintf(sent_at, sizeof(sent_at), "HTTP_ENDPIN_SENT=1.000");
	assert_int_equal(params_read(envp, &q), ERR_OK);
	assert_int_equal(q.sent_ms, 0);
}

/* --- what is refused at the door, each by a name --- */

static void
silent(void)
{
}

static void
half_a_header(void)
{
	buf_add(&sent, "\1\1\0", 3);
}

static void
half_a_beginning(void)
{
	begin(RESPONDER, 0);
	sent.len -= 4;
}

static void
wrong_version(void)
{
	request(0, "GET", NULL, "");
	sent.data[0] = 2;
}

static void
wrong_version_later(void)
{
	request(0, "GET", NULL, "");
	sent.data[16] = 2;
}

static void
no_id(void)
{
	record(BEGIN, 0, "\0\1\0\0\0\0\0\0", 8);
	record(PARAMS, 0, NULL, 0);
	record(STDIN, 0, NULL, 0);
}

static void
filter(void)
{
	begin(FILTER, 0);
	record(PARAMS, 1, NULL, 0);
	record(STDIN, 1, NULL, 0);
}

static void
long_beginning(void)
{
	record(BEGIN, 1, "\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	record(PARAMS, 1, NULL, 0);
	record(STDIN, 1, NULL, 0);
}

static void
http_instead(void)
{
	buf_text(&sent, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

/* Four of these overflow the stack of libfcgi. */
static void
get_values(int times)
{
	struct buf p;

	buf_init(&p, SENT_MAX);
	while (times-- > 0)
		pair(&p, "FCGI_MAX_CONNS", "");
	record(GET_VALUES, 0, p.data, p.len);
	buf_done(&p);
}

static void
values_first(void)
{
	get_values(4);
}

static void
one_value(void)
{
	get_values(1);
}

static void
values_after_the_beginning(void)
{
	begin(RESPONDER, 0);
	get_values(4);
}

static void
values_after_the_parameters(void)
{
	begin(RESPONDER, 0);
	record(PARAMS, 1, NULL, 0);
	get_values(4);
	record(STDIN, 1, NULL, 0);
}

static void
second_beginning(void)
{
	begin(RESPONDER, 0);
	record(BEGIN, 2, "\0\1\0\0\0\0\0\0", 8);
	record(PARAMS, 1, NULL, 0);
	record(STDIN, 1, NULL, 0);
}

static void
aborted(void)
{
	begin(RESPONDER, 0);
	record(PARAMS, 1, NULL, 0);
	record(ABORT, 1, NULL, 0);
}

static void
another_request(void)
{
	begin(RESPONDER, 0);
	record(PARAMS, 2, NULL, 0);
	record(STDIN, 1, NULL, 0);
}

static void
huge_lengths(void)
{
	begin(RESPONDER, 0);
	record(PARAMS, 1, "\xc0\0\0\0\xb0\0\0\0A", 9);
}

static void
huge_length_later(void)
{
	begin(RESPONDER, 0);
	record(PARAMS, 1, "\1\1AB\1\xff\xff\xff\xff", 9);
}

static void
no_parameters_end(void)
{
	request(0, "GET", NULL, "");
	sent.len -= 16;
}

static void
half_a_parameter(void)
{
	begin(RESPONDER, 0);
	record(PARAMS, 1, "\5\5AB", 4);
	record(PARAMS, 1, NULL, 0);
	record(STDIN, 1, NULL, 0);
}

static void
no_end_of_body(void)
{
	request(0, "POST", NULL, "body");
	sent.len -= 8;
}

static void
many_parameters(void)
{
	static char value[60000];
	struct buf p;
	int i;

	memset(value, 'v', sizeof(value) - 1);
	begin(RESPONDER, 0);
	for (i = 0; i < 2; i++) {
		buf_init(&p, SENT_MAX);
		pair(&p, "HTTP_X", value);
		record(PARAMS, 1, p.data, p.len);
		buf_done(&p);
	}
	record(PARAMS, 1, NULL, 0);
	record(STDIN, 1, NULL, 0);
}

static const struct {
	const char	*what;
	void		(*send)(void);
} hostile[] = {
	{ "silence", silent },
	{ "half a header", half_a_header },
	{ "half a beginning", half_a_beginning },
	{ "a wrong version", wrong_version },
	{ "a wrong version later", wrong_version_later },
	{ "no request id", no_id },
	{ "a filter", filter },
	{ "a long beginning", long_beginning },
	{ "HTTP", http_instead },
	{ "GET_VALUES", one_value },
	{ "GET_VALUES four times", values_first },
	{ "GET_VALUES after the beginning", values_after_the_beginning },
	{ "GET_VALUES after the parameters", values_after_the_parameters },
	{ "a second beginning", second_beginning },
	{ "an abort", aborted },
	{ "parameters of another request", another_request },
	{ "1.8 GB of parameters", huge_lengths },
	{ "2 GB in a later parameter", huge_length_later },
	{ "parameters without an end", no_parameters_end },
	{ "half a parameter", half_a_parameter },
	{ "a body without an end", no_end_of_body },
	{ "too many parameters", many_parameters }
};

static void
test_hostile(void **state)
{
	struct req q;
	int end[2];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(hostile); i++) {
		buf_reset(&sent);
		hostile[i].send();
		connection(end);
		if (take(end[0], &q) != ERR_INPUT)
			fail_msg("%s was taken", hostile[i].what);
		if (is_open(end[0]))
			fail_msg("%s: still open", hostile[i].what);
		(void)close(end[1]);
	}
	/* And the next one is served as if nothing had been. */
	test_request(state);
}

/* One that was too large for the kernel is read from a file, to its end. */
static void
test_stored(void **state)
{
	struct whole w = { .len = 0 };
	struct buf got;
	struct resp p;
	struct req q;
	int end[2], i;

	(void)state;
	buf_init(&got, SENT_MAX);
	resp_init(&p);
	for (i = 0; i < 4; i++) {
		request(i == 0 ? KEEP : 0, "POST", NULL, "0123456789abcdef");
		if (i == 2)
			sent.data[1] = ABORT;
		if (i == 3)
			sent.len -= 8 + 4;	/* of its body, too */
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, end), 0);
		w.fd = end[0];
		w.store = memfd_create("test", 0);
		w.len = sent.len;
		assert_int_equal(write(w.store, sent.data, sent.len),
		    (ssize_t)sent.len);
		assert_int_equal(lseek(w.store, 0, SEEK_SET), 0);
		if (i >= 2) {
			assert_int_equal(fcgi_begin(fcgi, &w, MOST, &q),
			    ERR_INPUT);
		} else {
			assert_int_equal(fcgi_begin(fcgi, &w, MOST, &q),
			    ERR_OK);
			assert_string_equal(q.body, "0123456789abcdef");
			(void)resp_empty(&p, 204);
			assert_int_equal(fcgi_end(fcgi, &q, &p, &policy, 1),
			    i == 0);
			reply(end[1], &got);
			assert_true(text_begins(got.data, "Status: 204 "));
		}
		assert_false(is_open(w.store));
		assert_int_equal(is_open(end[0]), i == 0);
		if (i == 0)
			(void)close(end[0]);
		(void)close(end[1]);
	}
	resp_done(&p);
	buf_done(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_mates_do_not_wait),
		cmocka_unit_test(test_mates_are_waited_for_together),
		cmocka_unit_test(test_peer_gone),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_cookie_lines),
		cmocka_unit_test(test_authorizer),
		cmocka_unit_test(test_authorizer_request),
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_sent),
		cmocka_unit_test(test_params),
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_stored)
	};
	struct sigaction ignore;
	int failed;

	memset(&ignore, 0, sizeof(ignore));
	ignore.sa_handler = SIG_IGN;
	log_level(LOG_ERROR);
	buf_init(&sent, SENT_MAX);
	if ((fcgi = fcgi_open()) == NULL)
		return 1;
	/* After libfcgi, which puts a handler of its own there. */
	(void)sigaction(SIGPIPE, &ignore, NULL);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	fcgi_close(fcgi);
	buf_done(&sent);
	return failed;
}
