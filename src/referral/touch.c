/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#include "referral/touch.h"

#define TIME_MOST	253402300799	/* the end of the year 9999 */

/* "pNRB1aYqArN.1700000000", up to `end`. */
static enum err
part_read(const char *text, const char *end, char ret_ucc[UCC],
    int64_t *ret_at)
{
	char digits[TEXT_DIGITS];
	const char *dot = memchr(text, '.', (size_t)(end - text));
	size_t len;

	if (dot == NULL || dot - text != UCC - 1)
		return ERR_INPUT;
	memcpy(ret_ucc, text, UCC - 1);
	ret_ucc[UCC - 1] = '\0';
	len = (size_t)(end - dot - 1);
	if (!ucc_ok(ret_ucc) || len >= sizeof(digits))
		return ERR_INPUT;
	memcpy(digits, dot + 1, len);
	digits[len] = '\0';
	return text_number(digits, TIME_MOST, ret_at);
}

enum err
touch_read(const char *text, int64_t now, struct touch *ret_touch)
{
	struct touch t;
	const char *middle = strchr(text, '_'), *end = text + strlen(text);

	if (middle == NULL ||
	    part_read(text, middle, t.first, &t.first_at) != ERR_OK ||
	    part_read(middle + 1, end, t.last, &t.last_at) != ERR_OK)
		return ERR_INPUT;
	if (t.first_at > t.last_at || t.last_at > now ||
	    t.first_at < now - UCC_COOKIE_AGE)
		return ERR_INPUT;
	*ret_touch = t;
	return ERR_OK;
}

void
touch_follow(struct touch *t, const char *ucc, int64_t now)
{
	memcpy(t->last, ucc, UCC);
	t->last_at = now;
	if (t->first[0] == '\0') {
		memcpy(t->first, ucc, UCC);
		t->first_at = now;
	}
}

void
touch_write(const struct touch *t, char ret_text[TOUCH_TEXT])
{
	(void)snprintf(ret_text, TOUCH_TEXT, "%s.%lld_%s.%lld", t->first,
	    (long long)t->first_at, t->last, (long long)t->last_at);
}

int64_t
touch_when(const struct touch *t, const char *ucc)
{
	if (text_equal(t->last, ucc))
		return t->last_at;
	return text_equal(t->first, ucc) ? t->first_at : 0;
}
