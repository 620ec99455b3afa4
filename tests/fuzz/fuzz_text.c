/* SPDX-License-Identifier: MIT */

/*
 * What was encoded is decoded to the same, and what is decoded is encoded to the
 * same: no two spellings of one thing.  What is cut or mended is still UTF-8.
 */

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/nfc.h"

#define MOST	512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
bytes_again(const uint8_t *data, size_t size)
{
	char text[2 * MOST + 1];
	unsigned char again[MOST];
	size_t len;

	text_hex(data, size, text);
	assert(text_unhex(text, 2 * size, again, size) == ERR_OK &&
	    memcmp(again, data, size) == 0);
	text_base64url(data, size, text);
	assert(strlen(text) == TEXT_BASE64_LEN(size));
	assert(text_unbase64url(text, again, size, &len) == ERR_OK &&
	    len == size && memcmp(again, data, size) == 0);
	text_base64(data, size, text);
	assert(text_unbase64(text, strlen(text), again, size) == ERR_OK &&
	    memcmp(again, data, size) == 0);
}

static void
text_again(const char *text)
{
	unsigned char bytes[MOST];
	char again[2 * MOST + 1];
	int64_t number;
	size_t len = strlen(text);

	if (text_unbase64url(text, bytes, sizeof(bytes), &len) == ERR_OK) {
		text_base64url(bytes, len, again);
		assert(text_equal(text, again));
	}
	len = strlen(text);
	if (text_unhex(text, len, bytes, len / 2) == ERR_OK) {
		text_hex(bytes, len / 2, again);
		assert(text_equal(text, again));
	}
	if (text_number(text, INT64_MAX, &number) == ERR_OK) {
		(void)text_digits(number, again);
		assert(number >= 0 && text_equal(text + strspn(text, "0"),
		    number == 0 ? "" : again));
	}
	if (text_is_uuid(text))
		assert(len == TEXT_UUID - 1 && strspn(text,
		    "0123456789abcdef-") == len);
}

static void
is_utf8(const char *text)
{
	assert(text_utf8_length(text, strlen(text)) >= 0);
}

/* In one spelling, of which there is no further one. */
static void
normalize(const char *text)
{
	char once[NFC_SIZE(MOST)], twice[NFC_SIZE(NFC_SIZE(MOST))];

	if (nfc_text(text, once, sizeof(once)) != ERR_OK)
		return;
	is_utf8(once);
	if (strlen(once) > NFC_MAX)
		return;
	assert(nfc_text(once, twice, sizeof(twice)) == ERR_OK);
	assert(text_equal(once, twice));
	assert(nfc_length(text) == text_utf8_length(once, strlen(once)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text, cut[7];
	struct buf b;

	if (size > MOST)
		return 0;
	text = mem_text_n((const char *)data, size);
	bytes_again(data, size);
	text_again(text);
	normalize(text);
	buf_init(&b, TEXT_MENDED(size) + 1);
	text_mend(text, size, &b);
	assert(!b.full);
	is_utf8(b.data);
	if (text_utf8_length(text, size) >= 0 && memchr(text, 0, size) == NULL)
		assert(text_equal(text, b.data));
	text_cut(b.data, cut, sizeof(cut));
	is_utf8(cut);
	assert(strncmp(b.data, cut, strlen(cut)) == 0);
	buf_done(&b);
	free(text);
	return 0;
}
