/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stddef.h>

#include <sys/socket.h>

#include "http/request.h"

#include "http/peek.h"

/* FastCGI 1.0, sections 3.3 and 8. */
#define VERSION		1
#define BEGIN_REQUEST	1
#define PARAMS		4
#define STDIN		5
#define RESPONDER	1
#define AUTHORIZER	2
#define HEADER_LEN	8
#define BEGIN_LEN	8	/* of the body */

/* As much as libfcgi reads at once; parameters of a request fit in most. */
#define LOOK		8192

struct record {
	unsigned		 version, type, id;
	size_t			 len;		/* of the body */
	size_t			 whole;		/* with header and padding */
	const unsigned char	*body;
};

static unsigned
two(const unsigned char *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

/* `at` has HEADER_LEN bytes; the body may not have arrived. */
static struct record
record_at(const unsigned char *at)
{
	struct record r = { .version = at[0], .type = at[1], .id = two(at + 2),
	    .len = two(at + 4), .body = at + HEADER_LEN };

	r.whole = HEADER_LEN + r.len + at[6];
	return r;
}

/* The length at the front of a pair: one byte, or four with the top bit set. */
static int
length_at(const unsigned char **at, size_t *left, size_t *ret_len)
{
	const unsigned char *p = *at;
	size_t used = *left > 0 && p[0] & 0x80 ? 4 : 1;

	if (*left < used)
		return 0;
	*ret_len = used == 1 ? p[0] : (size_t)(p[0] & 0x7f) << 24 |
	    (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	*at += used;
	*left -= used;
	return 1;
}

/* Does no pair in these bytes ask for more than all may have together? */
static int
lengths_ok(const unsigned char *at, size_t left)
{
	size_t name, value;

	while (length_at(&at, &left, &name) && length_at(&at, &left, &value)) {
		if (name + value > REQUEST_PARAMS)
			return 0;
		if (name + value >= left)
			break;
		at += name + value;
		left -= name + value;
	}
	return 1;
}

static int
begin_ok(const struct record *r)
{
	return r->version == VERSION && r->type == BEGIN_REQUEST &&
	    r->id != 0 && r->len == BEGIN_LEN &&
	    (two(r->body) == RESPONDER || two(r->body) == AUTHORIZER);
}

/*
 * The rest of what is here belongs to the request that `begin` began: no
 * management record, no second request, no abort.
 */
static int
rest_ok(const struct record *begin, const unsigned char *at, size_t left)
{
	struct record r;
	int pairs = 0;

	for (; left >= HEADER_LEN; at += r.whole, left -= r.whole) {
		r = record_at(at);
		if (r.version != VERSION || r.id != begin->id ||
		    (r.type != PARAMS && r.type != STDIN))
			return 0;
		/* A later record may begin in the middle of a pair. */
		if (r.type == PARAMS && pairs++ == 0 && !lengths_ok(r.body,
		    r.len < left - HEADER_LEN ? r.len : left - HEADER_LEN))
			return 0;
		if (r.whole > left || (r.type == STDIN && r.len == 0))
			break;
	}
	return 1;
}

enum err
peek_request(int fd)
{
	unsigned char look[LOOK];
	struct record begin;
	ssize_t n;

	n = recv(fd, look, sizeof(look), MSG_PEEK);
	if (n == 0 || (n == -1 && errno == ECONNRESET))
		return ERR_NOTFOUND;
	/* Every web server sends the first record in one piece. */
	if (n < HEADER_LEN + BEGIN_LEN)
		return ERR_INPUT;
	begin = record_at(look);
	if (!begin_ok(&begin) || begin.whole > (size_t)n ||
	    !rest_ok(&begin, look + begin.whole, (size_t)n - begin.whole))
		return ERR_INPUT;
	return ERR_OK;
}
