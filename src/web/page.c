/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/config.h"
#include "app/ctx.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "http/request.h"
#include "http/response.h"

#include "web/keep.h"

#include "web/page.h"

#define PAGE_MAX	(256u << 10)
#define PATH_LEN	4096

/* Each of these has a row in routes.c. */
static const struct {
	const char	*path;
	const char	*file;
	int		 boots;		/* Cello's component */
} files[] = {
	{ "/", "index.html", 0 },
	{ "/signup", "signup.html", 0 },
	{ "/login", "login.html", 0 },
	{ "/pricing", "pricing.html", 0 },
	{ "/account", "account.html", 1 },
	{ "/erase", "erase.html", 0 }
};

struct pages {
	struct buf	 text[NELEM(files)];
};

static enum err
file_read(const char *dir, const char *name, struct buf *out)
{
	char path[PATH_LEN], chunk[4096];
	FILE *in;
	size_t n;
	int len, bad;

	len = snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (len < 0 || (size_t)len >= sizeof(path) ||
	    (in = fopen(path, "re")) == NULL) {
		log_error("page_missing", "could not open %s in %s: %s", name,
		    dir, strerror(errno));
		return ERR_NOTFOUND;
	}
	while ((n = fread(chunk, 1, sizeof(chunk), in)) > 0)
		buf_add(out, chunk, n);
	bad = ferror(in) || out->full;
	(void)fclose(in);
	if (bad) {
		log_error("page_missing", "could not read %s, up to %u bytes",
		    path, PAGE_MAX);
		return ERR_INPUT;
	}
	return ERR_OK;
}

struct pages *
pages_open(const char *www_dir)
{
	struct pages *s = mem_zero(1, sizeof(*s));
	size_t i;
	enum err e = ERR_OK;

	for (i = 0; i < NELEM(files); i++)
		buf_init(&s->text[i], PAGE_MAX);
	for (i = 0; i < NELEM(files) && e == ERR_OK; i++)
		e = file_read(www_dir, files[i].file, &s->text[i]);
	if (e != ERR_OK) {
		pages_close(s);
		return NULL;
	}
	return s;
}

void
pages_close(struct pages *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < NELEM(files); i++)
		buf_done(&s->text[i]);
	free(s);
}

/* GET /, /signup, /login, /pricing, /account, /erase */
enum err
page(struct ctx *c, const struct req *q, struct resp *p)
{
	size_t i = 0;

	while (i < NELEM(files) && !text_equal(files[i].path, q->path))
		i++;
	if (i == NELEM(files))
		return ERR_NOTFOUND;

	keep_code(c, q, p);
	if (files[i].boots)
		p->csp = c->component_csp;
	resp_header(p, "Cache-Control", "no-cache");
	p->status = 200;
	p->type = "text/html; charset=utf-8";
	buf_add(&p->body, c->pages->text[i].data, c->pages->text[i].len);
	return ERR_OK;
}
