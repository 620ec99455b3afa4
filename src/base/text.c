/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"

#include "base/text.h"

#define LETTERS	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static const char base64_digits[] = LETTERS "0123456789+/";
static const char base64url_digits[] = LETTERS "0123456789-_";

static int
lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

int
text_equal(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

int
text_equal_nocase(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	while (*a != '\0' &&
	    lower((unsigned char)*a) == lower((unsigned char)*b)) {
		a++;
		b++;
	}
	return lower((unsigned char)*a) == lower((unsigned char)*b);
}

int
text_begins(const char *text, const char *prefix)
{
	return text != NULL && strncmp(text, prefix, strlen(prefix)) == 0;
}

int
text_empty(const char *text)
{
	return text == NULL || *text == '\0';
}

enum err
text_number(const char *text, int64_t max, int64_t *ret_value)
{
	int64_t value = 0;
	const char *p;
	int digit;

	if (text_empty(text))
		return ERR_INPUT;
	for (p = text; *p != '\0'; p++) {
		if (*p < '0' || *p > '9')
			return ERR_INPUT;
		digit = *p - '0';
		if (digit > max || value > (max - digit) / 10)
			return ERR_INPUT;
		value = value * 10 + digit;
	}
	*ret_value = value;
	return ERR_OK;
}

/* Bytes of the valid sequence at `s`, or 0 (RFC 3629). */
static size_t
utf8_sequence(const unsigned char *s, size_t left)
{
	size_t len, i;
	unsigned char low = 0x80, high = 0xbf;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		len = 2;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		len = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		len = 4;
	else
		return 0;
	if (len > left)
		return 0;

	/* No overlong forms, no surrogates, nothing above U+10FFFF. */
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (i = 2; i < len; i++)
		if (s[i] < 0x80 || s[i] > 0xbf)
			return 0;
	return len;
}

/* How many of the bytes at `s` are ASCII, as far as whole words are. */
static size_t
ascii_words(const unsigned char *s, size_t left)
{
	uint64_t word;
	size_t n;

	for (n = 0; left - n >= sizeof(word); n += sizeof(word)) {
		memcpy(&word, s + n, sizeof(word));
		if ((word & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	return n;
}

long
text_utf8_length(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t at = 0, n;
	long points = 0;

	for (;;) {
		n = ascii_words(s + at, len - at);
		at += n;
		points += (long)n;
		if (at == len)
			return points;
		if ((n = utf8_sequence(s + at, len - at)) == 0)
			return -1;
		at += n;
		points++;
	}
}

void
text_mend(const char *text, size_t len, struct buf *out)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t at = 0, n;

	while (at < len) {
		n = s[at] == '\0' ? 0 : utf8_sequence(s + at, len - at);
		if (n == 0)
			buf_text(out, "\xef\xbf\xbd");
		else
			buf_add(out, text + at, n);
		at += n == 0 ? 1 : n;
	}
}

void
text_hex(const void *bytes, size_t len, char *ret_text)
{
	static const char digit[] = "0123456789abcdef";
	const unsigned char *b = bytes;
	size_t i;

	for (i = 0; i < len; i++) {
		ret_text[2 * i] = digit[b[i] >> 4];
		ret_text[2 * i + 1] = digit[b[i] & 15];
	}
	ret_text[2 * len] = '\0';
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int
text_hex_digit(char c)
{
	return nibble((char)lower((unsigned char)c));
}

enum err
text_unhex(const char *text, size_t text_len, void *ret_bytes, size_t len)
{
	unsigned char *b = ret_bytes;
	int high, low;
	size_t i;

	if (text_len != 2 * len)
		return ERR_INPUT;
	for (i = 0; i < len; i++) {
		high = nibble(text[2 * i]);
		low = nibble(text[2 * i + 1]);
		if (high == -1 || low == -1)
			return ERR_INPUT;
		b[i] = (unsigned char)(high << 4 | low);
	}
	return ERR_OK;
}

static void
base64(const void *bytes, size_t len, const char *digits, char *ret_text)
{
	const unsigned char *b = bytes;
	unsigned long group;
	size_t i, n, k;
	char *out = ret_text;

	for (i = 0; i < len; i += 3) {
		n = len - i < 3 ? len - i : 3;
		group = (unsigned long)b[i] << 16;
		if (n > 1)
			group |= (unsigned long)b[i + 1] << 8;
		if (n > 2)
			group |= b[i + 2];
		for (k = 0; k <= n; k++)
			*out++ = digits[group >> (18 - 6 * k) & 63];
	}
	*out = '\0';
}

void
text_base64(const void *bytes, size_t len, char *ret_text)
{
	base64(bytes, len, base64_digits, ret_text);
}

void
text_base64url(const void *bytes, size_t len, char *ret_text)
{
	base64(bytes, len, base64url_digits, ret_text);
}

/*
 * The bytes that these digits stand for, at most `size`, and with no bit left
 * over that is not zero: the same bytes have one spelling.
 */
static enum err
unbase64(const char *text, size_t text_len, const char *digits,
    unsigned char *out, size_t size, size_t *ret_len)
{
	unsigned bits = 0, held = 0;	/* `held` of them are not written yet */
	const char *digit;
	size_t n = 0, i;

	for (i = 0; i < text_len; i++) {
		if ((digit = memchr(digits, text[i], 64)) == NULL)
			return ERR_INPUT;
		bits = bits << 6 | (unsigned)(digit - digits);
		held += 6;
		if (held < 8)
			continue;
		if (n == size)
			return ERR_INPUT;
		held -= 8;
		out[n++] = (unsigned char)(bits >> held);
		bits &= (1u << held) - 1;
	}
	/* A digit too many, or bits behind the last byte. */
	if (held == 6 || bits != 0)
		return ERR_INPUT;
	*ret_len = n;
	return ERR_OK;
}

enum err
text_unbase64(const char *text, size_t text_len, void *ret_bytes, size_t len)
{
	size_t n;
	enum err e;

	e = unbase64(text, text_len, base64_digits, ret_bytes, len, &n);
	return e == ERR_OK && n != len ? ERR_INPUT : e;
}

enum err
text_unbase64url(const char *text, void *ret_bytes, size_t size,
    size_t *ret_len)
{
	return unbase64(text, strlen(text), base64url_digits, ret_bytes, size,
	    ret_len);
}

int
text_is_uuid(const char *text)
{
	size_t i;

	if (text == NULL || strlen(text) != TEXT_UUID - 1)
		return 0;
	for (i = 0; i < TEXT_UUID - 1; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (text[i] != '-')
				return 0;
		} else if (nibble(text[i]) == -1)
			return 0;
	}
	return 1;
}

/* Not snprintf(): each request does this, and it showed. */
const char *
text_digits(int64_t value, char ret_digits[TEXT_DIGITS])
{
	char digit[TEXT_DIGITS], *out = ret_digits;
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
	size_t n = 0;

	do
		digit[n++] = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	if (value < 0)
		*out++ = '-';
	while (n > 0)
		*out++ = digit[--n];
	*out = '\0';
	return ret_digits;
}

const char *
text_or_null(const char *text)
{
	return text_empty(text) ? NULL : text;
}

/* A byte that goes on with a character of UTF-8. */
static int
goes_on(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

void
text_cut(const char *text, char *ret, size_t size)
{
	size_t len = text == NULL ? 0 : strlen(text);

	if (len >= size) {
		len = size - 1;
		while (len > 0 && goes_on(text[len]))
			len--;
	}
	if (len > 0)
		memcpy(ret, text, len);
	ret[len] = '\0';
}
