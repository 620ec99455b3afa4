/* SPDX-License-Identifier: MIT */

#include <string.h>

#include <utf8proc.h>

#include "base/text.h"

#include "crypto/nfc.h"

/* A code point comes apart into four at most; a byte is one at most. */
#define ROOM	(4 * NFC_MAX)

enum err
nfc_text(const char *text, char *ret, size_t size)
{
	const utf8proc_option_t how = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
	utf8proc_int32_t point[ROOM];
	utf8proc_ssize_t count, i, len = 0;
	const size_t bytes = strlen(text);
	enum err e = ERR_INPUT;

	if (bytes > NFC_MAX || size < NFC_SIZE(bytes))
		return ERR_INPUT;
	count = utf8proc_decompose((const utf8proc_uint8_t *)text,
	    (utf8proc_ssize_t)bytes, point, ROOM, how);
	if (count >= 0 && count <= ROOM)
		count = utf8proc_normalize_utf32(point, count, how);
	if (count >= 0 && count <= ROOM) {
		for (i = 0; i < count; i++)
			len += utf8proc_encode_char(point[i],
			    (utf8proc_uint8_t *)ret + len);
		ret[len] = '\0';
		e = ERR_OK;
	}
	explicit_bzero(point, sizeof(point));
	return e;
}

long
nfc_length(const char *text)
{
	char one[NFC_SIZE(NFC_MAX)];
	long length = -1;

	if (nfc_text(text, one, sizeof(one)) == ERR_OK)
		length = text_utf8_length(one, strlen(one));
	explicit_bzero(one, sizeof(one));
	return length;
}
