/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

#include <sys/socket.h>

#include <fastcgi.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/together.h"

#include "http/sending.h"

#define MEMORY_MS	10	/* until the kernel may have some */

static void
frame_write(unsigned char frame[8], int type, int id, size_t len)
{
	const unsigned char f[8] = { FCGI_VERSION_1, (unsigned char)type,
	    (unsigned char)(id >> 8), (unsigned char)id,
	    (unsigned char)(len >> 8), (unsigned char)len };

	memcpy(frame, f, sizeof(f));
}

static void
part_add(struct sending *s, void *bytes, size_t len)
{
	s->part[s->parts++] = (struct iovec){ bytes, len };
}

static size_t
less(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Records of as much as there is: Apache 2.4's mod_authnz_fcgi drops what comes
 * in another record than the headers.
 */
static void
content_add(struct sending *s, int id, const struct buf *head,
    const struct buf *body)
{
	size_t frames = 0, at, len, heads, total = head->len + body->len;

	for (at = 0; at < total; at += len) {
		len = less(total - at, SENDING_RECORD);
		assert(frames < SENDING_FRAMES);
		frame_write(s->frame[frames], FCGI_STDOUT, id, len);
		part_add(s, s->frame[frames++], sizeof(s->frame[0]));
		heads = at < head->len ? less(head->len - at, len) : 0;
		if (heads > 0)
			part_add(s, head->data + at, heads);
		if (len > heads)
			part_add(s, body->data + (at + heads - head->len),
			    len - heads);
	}
}

void
sending_begin(struct sending *s, int fd, int id, const struct buf *head,
    const struct buf *body, int last)
{
	s->fd = fd;
	s->last = last;
	s->sent = SENT_SOME;
	s->parts = s->first = 0;
	content_add(s, id, head, body);
	/* No more content, and that was the request: FCGI_REQUEST_COMPLETE. */
	memset(s->end, 0, sizeof(s->end));
	frame_write(s->end, FCGI_STDOUT, id, 0);
	frame_write(s->end + 8, FCGI_END_REQUEST, id, 8);
	part_add(s, s->end, sizeof(s->end));
}

static void
parts_sent(struct sending *s, size_t len)
{
	struct iovec *v;

	while (s->first < s->parts && len >= s->part[s->first].iov_len)
		len -= s->part[s->first++].iov_len;
	if (s->first == s->parts) {
		s->sent = SENT_ALL;
		if (s->last)
			(void)shutdown(s->fd, SHUT_RDWR);
		return;
	}
	v = &s->part[s->first];
	v->iov_base = (char *)v->iov_base + len;
	v->iov_len -= len;
}

/* What fits.  0: the kernel has no memory now, though there may be room. */
static int
send_some(struct sending *s)
{
	struct msghdr m = { .msg_iov = s->part + s->first,
	    .msg_iovlen = s->parts - s->first };
	ssize_t n = sendmsg(s->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n >= 0)
		parts_sent(s, (size_t)n);
	else if (errno == ENOBUFS || errno == ENOMEM)
		return 0;
	else if (errno != EAGAIN && errno != EINTR)
		s->sent = SENT_GONE;
	return 1;
}

/* Wait until one of them can go on, or `until_us`.  0: there is none left. */
static int
go_on(struct sending *const s[], size_t n, int64_t until_us)
{
	int64_t left_us = until_us - clock_mono_us();
	struct pollfd p[TOGETHER];
	size_t i, waiting = 0;
	int ready, memory = 1;

	for (i = 0; i < n; i++) {
		p[i] = (struct pollfd){ .fd = -1, .events = POLLOUT };
		if (s[i]->sent == SENT_SOME) {
			p[i].fd = s[i]->fd;
			waiting++;
		}
	}
	if (waiting == 0 || left_us <= 0)
		return 0;
	ready = poll(p, n, (int)((left_us + 999) / 1000));
	if (ready == -1)
		memory = errno == EINTR;
	for (i = 0; ready > 0 && i < n; i++)
		if (p[i].fd != -1 && p[i].revents != 0)
			memory &= send_some(s[i]);
	if (!memory)
		(void)poll(NULL, 0, MEMORY_MS);
	return 1;
}

void
sending_all(struct sending *const s[], size_t n, int wait_ms)
{
	int64_t until_us;
	size_t i, left = 0;

	assert(n <= TOGETHER);
	for (i = 0; i < n; i++) {
		(void)send_some(s[i]);
		left += s[i]->sent == SENT_SOME;
	}
	if (left == 0)
		return;
	until_us = clock_mono_us() + INT64_C(1000) * wait_ms;
	while (go_on(s, n, until_us))
		continue;
	for (i = 0; i < n; i++)
		if (s[i]->sent == SENT_SOME)
			s[i]->sent = SENT_GONE;
}
