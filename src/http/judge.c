/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stddef.h>

#include <sys/socket.h>

#include "http/request.h"

#include "http/judge.h"

/* FastCGI 1.0, sections 3.3 and 8. */
#define VERSION		1
#define BEGIN_REQUEST	1
#define PARAMS		4
#define STDIN		5
#define RESPONDER	1
#define AUTHORIZER	2
#define HEADER_LEN	8
#define BEGIN_LEN	8	/* of the content */

/* As they follow each other in a record. */
enum part { HEADER, CONTENT, PADDING };

static unsigned
two(const unsigned char *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

static enum verdict
bad(struct judged *j)
{
	return j->verdict = JUDGE_BAD;
}

/* Put some of `at` into j->head, until it is full. */
static size_t
head_fill(const unsigned char *at, size_t len, struct judged *j)
{
	size_t n = 0;

	while (n < len && j->have < sizeof(j->head))
		j->head[j->have++] = at[n++];
	return n;
}

/* May a record of this type come now, and with so much content? */
static int
record_ok(const struct judged *j, unsigned id, unsigned content)
{
	if (j->head[0] != VERSION || id == 0)
		return 0;
	if (!j->begun)
		return j->type == BEGIN_REQUEST && content == BEGIN_LEN &&
		    j->padding == 0;
	if (id != j->id || (content == 0 && j->padding != 0))
		return 0;
	return j->type == (j->params_whole ? STDIN : PARAMS);
}

/* The end of PARAMS or of STDIN. */
static enum verdict
stream_end(struct judged *j)
{
	if (j->type == STDIN)
		return j->verdict = JUDGE_WHOLE;
	/* A name without a value, or half of something. */
	if (j->in_value || j->length_left > 0 || j->pair_left > 0)
		return bad(j);
	j->params_whole = 1;
	return j->authorizer ? (j->verdict = JUDGE_WHOLE) : JUDGE_MORE;
}

static enum verdict
header_judge(struct judged *j)
{
	unsigned id = two(j->head + 2), content = two(j->head + 4);

	j->type = j->head[1];
	j->padding = j->head[6];
	if (!record_ok(j, id, content))
		return bad(j);
	j->id = id;
	j->have = 0;
	j->left = content + j->padding;
	if (content == 0) {
		j->into = 0;
		return stream_end(j);
	}
	j->part = CONTENT;
	return JUDGE_MORE;
}

static enum verdict
begin_judge(struct judged *j)
{
	unsigned role = two(j->head);

	if (role != RESPONDER && role != AUTHORIZER)
		return bad(j);
	j->begun = 1;
	j->authorizer = role == AUTHORIZER;
	j->have = 0;
	return JUDGE_MORE;
}

/*
 * One more byte of a length: one byte alone, or four of which the first has the
 * top bit set.  A length is refused as soon as it is too much.
 */
static enum verdict
length_judge(unsigned char c, struct judged *j)
{
	if (j->length_left > 0) {
		j->length = j->length << 8 | c;
		j->length_left--;
	} else {
		j->length = c & 0x7f;
		j->length_left = c & 0x80 ? 3 : 0;
	}
	if (j->length << 8 * j->length_left > REQUEST_PARAMS)
		return bad(j);
	if (j->length_left > 0)
		return JUDGE_MORE;

	/* One for the '=' that follows a name, one for the NUL. */
	j->params += j->length + 1;
	if (j->params > REQUEST_PARAMS)
		return bad(j);
	j->in_value = !j->in_value;
	j->pair_left += j->length;
	return JUDGE_MORE;
}

/* `len` bytes of pairs: both lengths, and then name and value are passed. */
static enum verdict
pairs_judge(const unsigned char *at, size_t len, struct judged *j)
{
	size_t n;

	while (len > 0) {
		if (j->in_value || j->length_left > 0 || j->pair_left == 0) {
			if (length_judge(*at, j) == JUDGE_BAD)
				return JUDGE_BAD;
			n = 1;
		} else {
			n = len < j->pair_left ? len : j->pair_left;
			j->pair_left -= n;
		}
		at += n;
		len -= n;
	}
	return JUDGE_MORE;
}

/* Some bytes of content, and of them not more than the record has left. */
static enum verdict
content_judge(const unsigned char *at, size_t len, struct judged *j)
{
	if (j->type == PARAMS)
		return pairs_judge(at, len, j);
	if (j->type == STDIN) {
		j->body += len;
		return JUDGE_MORE;
	}
	(void)head_fill(at, len, j);
	return j->have < BEGIN_LEN ? JUDGE_MORE : begin_judge(j);
}

/* Judge some of a record's header.  Returns how many bytes. */
static size_t
header_part(const unsigned char *at, size_t len, struct judged *j)
{
	size_t n = head_fill(at, len, j);

	j->into += n;
	if (j->have == HEADER_LEN)
		(void)header_judge(j);
	return n;
}

/* The same of what is behind the header: content, or padding. */
static size_t
rest_part(const unsigned char *at, size_t len, struct judged *j)
{
	size_t most = j->left - (j->part == CONTENT ? j->padding : 0u);
	size_t n = len < most ? len : most;

	if (j->part == CONTENT && content_judge(at, n, j) == JUDGE_BAD)
		return n;
	j->left -= (unsigned)n;
	j->into += n;
	if (j->left == 0) {
		j->part = HEADER;
		j->into = 0;
	} else if (n == most) {
		j->part = PADDING;
	}
	return n;
}

/* Is there an empty STDIN of this request? */
static int
is_stdin_end(const unsigned char *at, size_t len, const struct judged *j)
{
	return len >= HEADER_LEN && at[0] == VERSION && at[1] == STDIN &&
	    two(at + 2) == j->id && two(at + 4) == 0 && at[6] == 0;
}

enum verdict
judge_bytes(const unsigned char *at, size_t len, struct judged *ret)
{
	size_t n;

	while (ret->verdict == JUDGE_MORE && len > 0) {
		n = ret->part == HEADER ? header_part(at, len, ret) :
		    rest_part(at, len, ret);
		ret->len += n;
		at += n;
		len -= n;
		if (ret->verdict == JUDGE_WHOLE && ret->authorizer &&
		    is_stdin_end(at, len, ret))
			ret->len += HEADER_LEN;
	}
	return ret->verdict;
}

enum verdict
judge_fd(int fd, unsigned char *look, size_t room, struct judged *ret)
{
	ssize_t n = recv(fd, look, room, MSG_PEEK | MSG_DONTWAIT);

	if (n == 0 || (n == -1 && errno == ECONNRESET))
		return JUDGE_GONE;
	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? JUDGE_MORE :
		    JUDGE_BAD;
	/* What was there is there, or it is not what was judged. */
	if ((size_t)n < ret->len)
		return JUDGE_BAD;
	if (judge_bytes(look + ret->len, (size_t)n - ret->len, ret) ==
	    JUDGE_WHOLE && ret->len < (size_t)n)
		return JUDGE_BAD;
	return ret->verdict;
}
