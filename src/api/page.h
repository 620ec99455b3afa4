/* SPDX-License-Identifier: MIT */
#ifndef API_PAGE_H
#define API_PAGE_H

/* The pages, in memory: a worker reads them once. */

struct pages;

/* NULL: one cannot be read; logged. */
struct pages *pages_open(const char *www_dir);
void pages_close(struct pages *s);

#endif /* !API_PAGE_H */
