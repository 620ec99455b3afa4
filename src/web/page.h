/* SPDX-License-Identifier: MIT */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

/* The pages, in memory: a worker reads them once. */

#include "base/err.h"
#include "http/route.h"

struct ctx;
struct pages;
struct req;
struct resp;

/* NULL: one cannot be read; logged. */
struct pages *pages_open(const char *www_dir);
void pages_close(struct pages *s);

/* The row of each page. */
extern const struct route web_routes[];		/* routes.c */
extern const struct route link_routes[];
enum err page(struct ctx *c, const struct req *q, struct resp *p);
enum err forward(struct ctx *c, const struct req *q, struct resp *p);

#endif /* !WEB_PAGE_H */
