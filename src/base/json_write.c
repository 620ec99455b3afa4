/* SPDX-License-Identifier: MIT */

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

#include "base/json_write.h"

#define REPLACEMENT	"\xef\xbf\xbd"	/* U+FFFD */
#define EACH		UINT64_C(0x0101010101010101)	/* 1 in each of eight */

void
json_write_init(struct json_writer *w, struct buf *out)
{
	w->out = out;
	w->comma = 0;
}

/* Bytes of the UTF-8 sequence at `s`, or 0: it is none. */
static size_t
sequence(const char *s, size_t len)
{
	size_t n;

	for (n = 2; n <= 4 && n <= len; n++)
		if (text_utf8_length(s, n) == 1)
			return n;
	return 0;
}

/* Does `c` stand for itself in a string? */
static int
is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Not 0: one of the eight is, though not only the bytes that it marks. */
static uint64_t
has_zero(uint64_t word)
{
	return (word - EACH) & ~word & (EACH << 7);
}

/*
 * Are all eight plain?  A byte below 0x20 gets its top bit when that is taken
 * away; what one borrows from the next can only make a no of a yes, and then
 * they are looked at one by one.
 */
static int
are_plain(uint64_t word)
{
	return (((word - EACH * 0x20) | word) & (EACH << 7)) == 0 &&
	    has_zero(word ^ EACH * '"') == 0 &&
	    has_zero(word ^ EACH * '\\') == 0 &&
	    has_zero(word ^ EACH * 0x7f) == 0;
}

/* How many of the first bytes are plain: most are, and so eight at a time. */
static size_t
plain_length(const char *text, size_t len)
{
	uint64_t word;
	size_t n;

	for (n = 0; len - n >= sizeof(word); n += sizeof(word)) {
		memcpy(&word, text + n, sizeof(word));
		if (!are_plain(word))
			break;
	}
	while (n < len && is_plain((unsigned char)text[n]))
		n++;
	return n;
}

static void
put_string(struct buf *b, const char *text)
{
	size_t len = strlen(text), plain, n;
	unsigned char c;

	buf_char(b, '"');
	for (;;) {
		plain = plain_length(text, len);
		buf_add(b, text, plain);
		text += plain;
		len -= plain;
		if (len == 0)
			break;

		c = (unsigned char)*text;
		n = 1;
		if (c >= 0x80 && (n = sequence(text, len)) > 0)
			buf_add(b, text, n);
		else if (c >= 0x80) {
			buf_text(b, REPLACEMENT);
			n = 1;
		} else if (c == '"' || c == '\\') {
			buf_char(b, '\\');
			buf_char(b, (char)c);
		} else if (c == '\n')
			buf_text(b, "\\n");
		else if (c == '\t')
			buf_text(b, "\\t");
		else
			buf_format(b, "\\u%04x", c);
		text += n;
		len -= n;
	}
	buf_char(b, '"');
}

static void
begin_value(struct json_writer *w, const char *name)
{
	if (w->comma)
		buf_char(w->out, ',');
	w->comma = 1;
	if (name != NULL) {
		put_string(w->out, name);
		buf_char(w->out, ':');
	}
}

void
json_open(struct json_writer *w, const char *name)
{
	begin_value(w, name);
	buf_char(w->out, '{');
	w->comma = 0;
}

void
json_close(struct json_writer *w)
{
	buf_char(w->out, '}');
	w->comma = 1;
}

void
json_open_array(struct json_writer *w, const char *name)
{
	begin_value(w, name);
	buf_char(w->out, '[');
	w->comma = 0;
}

void
json_close_array(struct json_writer *w)
{
	buf_char(w->out, ']');
	w->comma = 1;
}

void
json_put_text(struct json_writer *w, const char *name, const char *value)
{
	begin_value(w, name);
	if (value == NULL)
		buf_text(w->out, "null");
	else
		put_string(w->out, value);
}

void
json_put_int(struct json_writer *w, const char *name, int64_t value)
{
	char digits[TEXT_DIGITS];

	begin_value(w, name);
	buf_text(w->out, text_digits(value, digits));
}

void
json_put_decimal(struct json_writer *w, const char *name, int64_t value,
    int decimals)
{
	static const int64_t scales[] = { 1, 10, 100, 1000, 10000 };
	const int64_t scale = scales[decimals];
	const int64_t whole = value / scale, part = value % scale;

	begin_value(w, name);
	buf_format(w->out, "%s%lld", value < 0 && whole == 0 ? "-" : "",
	    (long long)whole);
	if (decimals > 0)
		buf_format(w->out, ".%0*lld", decimals,
		    (long long)(part < 0 ? -part : part));
}

void
json_put_bool(struct json_writer *w, const char *name, int value)
{
	begin_value(w, name);
	buf_text(w->out, value ? "true" : "false");
}

void
json_put_json(struct json_writer *w, const char *name, const char *json)
{
	begin_value(w, name);
	buf_text(w->out, json);
}

void
json_put_null(struct json_writer *w, const char *name)
{
	begin_value(w, name);
	buf_text(w->out, "null");
}

void
json_put_time(struct json_writer *w, const char *name, time_t value)
{
	char text[CLOCK_TEXT];

	if (value == 0) {
		json_put_null(w, name);
		return;
	}
	clock_text(value, text);
	json_put_text(w, name, text);
}
