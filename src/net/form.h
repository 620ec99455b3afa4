/* SPDX-License-Identifier: MIT */
#ifndef NET_FORM_H
#define NET_FORM_H

/*
 * application/x-www-form-urlencoded with Stripe's brackets: pass the name as
 * Stripe documents it, "metadata[cello_ucc]".  Ceiling as of the buf.
 */

#include <stdint.h>

struct buf;

/* Appends "&" where needed.  A NULL or empty value is left out. */
void form_text(struct buf *b, const char *name, const char *value);
/* With nothing behind it: Stripe takes what is called so away. */
void form_empty(struct buf *b, const char *name);
void form_int(struct buf *b, const char *name, int64_t value);

/* Percent-encode `text` for one path segment or query value. */
void form_escape(struct buf *b, const char *text);

#endif /* !NET_FORM_H */
