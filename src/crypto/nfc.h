/* SPDX-License-Identifier: MIT */
#ifndef CRYPTO_NFC_H
#define CRYPTO_NFC_H

/*
 * One spelling for a text that people see as one: Unicode's Normalization Form
 * C (UAX #15), through utf8proc, for what is secret too: nothing of it is left
 * behind but what the caller gets.  What a later Unicode adds cannot change what is assigned by now.
 */

#include <stddef.h>

#include "base/err.h"

/* Bytes that `len` bytes of UTF-8 can become (UAX #15, table 9), and a NUL. */
#define NFC_SIZE(len)	(3 * (len) + 1)

/*
 * `ret` has `size` bytes, NFC_SIZE(strlen(text)) at least.  ERR_INPUT: it is
 * not UTF-8, or longer than NFC_MAX.
 */
#define NFC_MAX		1024
MUST_USE enum err nfc_text(const char *text, char *ret, size_t size);

/* Code points of `text` in that form; -1: as ERR_INPUT. */
long nfc_length(const char *text);

#endif /* !CRYPTO_NFC_H */
