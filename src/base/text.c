/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/text.h"

#define LETTERS	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static const char base64_digits[] = LETTERS "0123456789+/";

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

long
text_utf8_length(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t at = 0, n;
	long points = 0;

	while (at < len) {
		if ((n = utf8_sequence(s + at, len - at)) == 0)
			return -1;
		at += n;
		points++;
	}
	return points;
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
base64(const void *bytes, size_t len, const char *digit, char *ret_text)
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
			*out++ = digit[group >> (18 - 6 * k) & 63];
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
	static const char digits[] = LETTERS "0123456789-_";

	base64(bytes, len, digits, ret_text);
}

enum err
text_unbase64(const char *text, size_t text_len, void *ret_bytes, size_t len)
{
	unsigned char *b = ret_bytes;
	unsigned bits = 0, have = 0;
	const char *digit;
	size_t i;

	if (text_len != TEXT_BASE64_LEN(len))
		return ERR_INPUT;
	for (i = 0; i < text_len; i++) {
		digit = memchr(base64_digits, text[i], 64);
		if (digit == NULL)
			return ERR_INPUT;
		bits = bits << 6 | (unsigned)(digit - base64_digits);
		have += 6;
		if (have >= 8) {
			have -= 8;
			*b++ = (unsigned char)(bits >> have & 0xff);
		}
	}
	/* What is left over is zero: the same bytes have one spelling. */
	return (bits & ((1u << have) - 1)) == 0 ? ERR_OK : ERR_INPUT;
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

int
text_lane(const char *key)
{
	uint32_t hash = 2166136261u;

	for (; *key != '\0'; key++)
		hash = (hash ^ (unsigned char)*key) * 16777619u;
	return (int)(hash % TEXT_LANES);
}
