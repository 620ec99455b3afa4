/* SPDX-License-Identifier: MIT */
#ifndef BASE_MEM_H
#define BASE_MEM_H

/*
 * Memory that is there.  Input that could exhaust it is refused by a ceiling
 * long before; if it is gone all the same, the process says so and aborts, and
 * the master starts another.
 */

#include <stddef.h>

/* Zeroed.  The caller frees with free(3), as for all of these. */
void *mem_zero(size_t count, size_t size);
void *mem_grow(void *old, size_t size);
char *mem_text(const char *text);
char *mem_text_n(const char *text, size_t len);

/* Overwrite `len` bytes of a secret, free them; NULL does nothing. */
void mem_free_secret(void *secret, size_t len);

#endif /* !BASE_MEM_H */
