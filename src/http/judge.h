/* SPDX-License-Identifier: MIT */
#ifndef HTTP_JUDGE_H
#define HTTP_JUDGE_H

/*
 * Whether bytes are one FastCGI request as web servers send it, told before
 * libfcgi reads any of them.  libfcgi 2.4.2 overflows its stack on a
 * FCGI_GET_VALUES record that repeats a name, waits for ever after one that
 * stands alone, reserves whatever memory a length asks for, and takes the
 * padding of a beginning or of an end for a record.  No web server sends any
 * of that, and who does is sent away, wherever in the request it is.
 *
 * A request is, in records of FastCGI 1.0 that all have its id, which is not 0:
 * one BEGIN to a responder or an authorizer; PARAMS to the empty one; and for a
 * responder STDIN to the empty one.  Only what has content is padded.  Pairs of
 * name and value go through the records of PARAMS as if there were none, end
 * with them, and are not more together than REQUEST_PARAMS.
 */

#include <stddef.h>

enum verdict {
	JUDGE_MORE,	/* right so far, and not all of it */
	JUDGE_WHOLE,
	JUDGE_BAD,
	JUDGE_GONE	/* of judge_fd() only: the peer has closed */
};

/*
 * What was judged so far of one request: no pointers, nothing to free.  All
 * zeros is a request of which nothing was seen yet.
 */
struct judged {
	size_t		 len;		/* bytes; of a whole one its length */
	size_t		 into;		/* of the present record, header
					 * included; 0: between two records */
	size_t		 body;		/* bytes of content of STDIN */
	unsigned	 id;
	unsigned char	 begun;		/* what stands in BEGIN is known */
	unsigned char	 authorizer;
	unsigned char	 params_whole;	/* PARAMS has ended */

	/* The rest is judge.c's. */
	unsigned char	 verdict;
	unsigned char	 part;		/* of a record */
	unsigned char	 type;
	unsigned char	 padding;
	unsigned	 left;		/* bytes of it, behind its header */
	unsigned char	 head[8];	/* of a record, or BEGIN's content */
	unsigned char	 have;		/* of these */
	unsigned char	 in_value;	/* the length is that of a value */
	unsigned char	 length_left;	/* bytes of the length; 0: the next */
	size_t		 length;
	size_t		 pair_left;	/* of names and values, to be passed */
	size_t		 params;	/* name=value and NUL of all pairs */
};

/*
 * Judge the `len` bytes at `at`, which follow those that *ret has judged: the
 * verdict is the same in whatever pieces they come.  Those behind a whole
 * request are not looked at; but an authorizer's empty STDIN, which some
 * servers send and others do not, belongs to it if it is there.
 */
enum verdict judge_bytes(const unsigned char *at, size_t len,
    struct judged *ret);

/*
 * The same for what waits in the kernel at `fd`, where all of this request is
 * still: it stays there, and `look` of `room` bytes is for a look at it.  Does
 * not wait.  JUDGE_MORE with ret->len equal to `room`: more cannot be looked at
 * in this way.  JUDGE_BAD also: the peer speaks on behind a whole request,
 * without having heard the answer.  That one has closed behind half a request is
 * not seen here but by poll().
 */
enum verdict judge_fd(int fd, unsigned char *look, size_t room,
    struct judged *ret);

#endif /* !HTTP_JUDGE_H */
