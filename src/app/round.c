/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#include "app/round.h"

/*
 * When it began, and a word for each list: "1764201600 . in_1 - - -".  No id is
 * one of the other two.
 */
#define OVER		"."
#define NOT_BEGUN	"-"

/* The next word of *at, which is then behind it; 0: there is none that fits. */
static int
take_word(const char **at, char ret_word[STRIPE_ID])
{
	size_t len;

	*at += strspn(*at, " ");
	len = strcspn(*at, " ");
	if (len == 0 || len >= STRIPE_ID)
		return 0;
	memcpy(ret_word, *at, len);
	ret_word[len] = '\0';
	*at += len;
	return 1;
}

/* 0: it is none of ours. */
static int
take_round(const char *text, struct round *r)
{
	char word[STRIPE_ID];
	size_t i;

	if (!take_word(&text, word) ||
	    text_number(word, INT64_MAX, &r->began) != ERR_OK)
		return 0;
	for (i = 0; i < ROUND_LISTS; i++) {
		if (!take_word(&text, word))
			return 0;
		r->list[i].over = text_equal(word, OVER);
		if (!r->list[i].over && !text_equal(word, NOT_BEGUN))
			memcpy(r->list[i].after, word, sizeof(word));
	}
	return !take_word(&text, word);
}

void
round_read(const char *text, int64_t now, int seconds, struct round *ret_round)
{
	memset(ret_round, 0, sizeof(*ret_round));
	if (!text_empty(text) && take_round(text, ret_round) &&
	    now - ret_round->began <= seconds)
		return;
	memset(ret_round, 0, sizeof(*ret_round));
	ret_round->began = now;
}

void
round_write(const struct round *r, char ret_text[ROUND_TEXT])
{
	struct buf b;
	size_t i;

	buf_init(&b, ROUND_TEXT - 1);
	buf_format(&b, "%lld", (long long)r->began);
	for (i = 0; i < ROUND_LISTS; i++)
		buf_format(&b, " %s", r->list[i].over ? OVER :
		    text_empty(r->list[i].after) ? NOT_BEGUN :
		    r->list[i].after);
	memcpy(ret_text, b.data, b.len + 1);
	buf_done(&b);
}
