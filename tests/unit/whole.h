/* SPDX-License-Identifier: MIT */
#ifndef UNIT_WHOLE_H
#define UNIT_WHOLE_H

/*
 * What http/judge.c is held against: a parser of a FastCGI request that has
 * all that came before it, puts the pairs together, and then looks.
 */

#include <stddef.h>
#include <string.h>

#include "http/judge.h"
#include "http/request.h"

/* Bytes of PARAMS that can be put together. */
#define WHOLE_PAIRS	(8u << 20)

static unsigned
whole_two(const unsigned char *at)
{
	return at[0] * 256u + at[1];
}

/* Where the pair at `at` ends; 0: nowhere, and *ret_bad if it never will. */
static size_t
whole_pair(const unsigned char *p, size_t at, size_t len, size_t *total,
    int *ret_bad)
{
	size_t n, k, size[2] = { 0, 0 };

	for (k = 0; k < 2; k++) {
		if (at == len)
			return 0;
		n = p[at] < 128 ? 1 : 4;
		/* A length that is not all there is at least that. */
		size[k] = (p[at++] & 127u) << 8 * (n - 1);
		while (--n > 0 && size[k] <= REQUEST_PARAMS) {
			if (at == len)
				return 0;
			size[k] += (size_t)p[at++] << 8 * (n - 1);
		}
		*total += size[k] + 1;
		if (*total > REQUEST_PARAMS) {
			*ret_bad = 1;
			return 0;
		}
	}
	at += size[0] + size[1];
	return at <= len ? at : 0;
}

static int
whole_pairs_bad(const unsigned char *p, size_t len, int ended)
{
	size_t at = 0, next, total = 0;
	int too_much = 0;

	while (at < len) {
		next = whole_pair(p, at, len, &total, &too_much);
		if (next == 0)
			return too_much || ended;
		at = next;
	}
	return 0;
}

static int
whole_begin_bad(const unsigned char *p, size_t len)
{
	if (p[0] != 1 || p[1] != 1 || whole_two(p + 2) == 0 ||
	    whole_two(p + 4) != 8 || p[6] != 0)
		return 1;
	return len >= 16 && whole_two(p + 8) != 1 && whole_two(p + 8) != 2;
}

/* Of a whole request also its length, and that of its body. */
static enum verdict
whole_judge(const unsigned char *p, size_t len, size_t *ret_len,
    size_t *ret_body)
{
	static unsigned char pairs[WHOLE_PAIRS];
	size_t at, content, here, n = 0, body = 0;
	int ended = 0;

	if (len >= 8 && whole_begin_bad(p, len))
		return JUDGE_BAD;
	for (at = 16; at + 8 <= len; at += 8 + content + p[at + 6]) {
		content = whole_two(p + at + 4);
		here = len - at - 8 < content ? len - at - 8 : content;
		if (p[at] != 1 || whole_two(p + at + 2) != whole_two(p + 2) ||
		    p[at + 1] != (ended ? 5 : 4) ||
		    (content == 0 && p[at + 6] != 0))
			return JUDGE_BAD;
		if (!ended) {
			memcpy(pairs + n, p + at + 8, here);
			n += here;
		} else {
			body += here;
		}
		if (content > 0)
			continue;
		if (!ended && whole_pairs_bad(pairs, n, 1))
			return JUDGE_BAD;
		if (ended || p[9] == 2) {
			*ret_len = at + 8;
			*ret_body = body;
			return JUDGE_WHOLE;
		}
		ended = 1;
	}
	return whole_pairs_bad(pairs, n, 0) ? JUDGE_BAD : JUDGE_MORE;
}

#endif /* !UNIT_WHOLE_H */
