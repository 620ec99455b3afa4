/* SPDX-License-Identifier: MIT */
#ifndef HTTP_SENDING_H
#define HTTP_SENDING_H

/*
 * Answers on their way, as FastCGI 1.0 frames them.  Whoever reads theirs has
 * it whatever others do: nobody is waited for before all have what fits.
 */

#include <stddef.h>

#include <sys/uio.h>

#include "http/response.h"

#define SENDING_RECORD	65528u	/* of content; a multiple of eight */
#define SENDING_FRAMES \
	((RESPONSE_HEADERS + RESPONSE_BODY) / SENDING_RECORD + 1)

enum sent {
	SENT_SOME,		/* or nothing: the rest does not fit yet */
	SENT_ALL,
	SENT_GONE		/* the peer is, or it did not read in time */
};

struct sending {
	int		 fd;		/* borrowed */
	enum sent	 sent;
	int		 last;		/* answer on this connection */
	struct iovec	 part[2 * SENDING_FRAMES + 2];
	size_t		 parts;
	size_t		 first;		/* part that is not sent */
	unsigned char	 frame[SENDING_FRAMES][8];
	unsigned char	 end[24];
};

/*
 * `head` and `body`, which are borrowed, as the answer to request `id` on `fd`.
 * If it is the `last` one the connection ends with it, so that a web server sees
 * both at once and sends nothing more there.  Nothing is sent yet.
 */
void sending_begin(struct sending *s, int fd, int id, const struct buf *head,
    const struct buf *body, int last);

/*
 * Send each of `n`, at most TOGETHER: what fits at once, first of all, and the
 * rest of each as it is read, for `wait_ms` altogether.  Each ends as SENT_ALL
 * or SENT_GONE.
 */
void sending_all(struct sending *const s[], size_t n, int wait_ms);

#endif /* !HTTP_SENDING_H */
