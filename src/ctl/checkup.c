/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "ctl/checkup.h"

#define TEXT_MAX	16384	/* of one finding, as JSON */

static void
print(struct checkup_print *p)
{
	printf("%s", p->text.data);
	buf_reset(&p->text);
}

static void
print_json(struct checkup_print *p, const struct remark *r)
{
	json_open(&p->writer, NULL);
	json_put_bool(&p->writer, "ok", r->ok);
	json_put_text(&p->writer, "what", r->what);
	if (r->ok)
		json_put_text(&p->writer, "detail", r->text);
	else {
		json_put_text(&p->writer, "problem", r->text);
		json_put_text(&p->writer, "detail", r->detail);
		json_put_text(&p->writer, "hint", r->hint);
	}
	json_close(&p->writer);
	print(p);
}

static void
print_remark(void *arg, const struct remark *r)
{
	struct checkup_print *p = arg;

	if (p->json) {
		print_json(p, r);
		return;
	}
	printf("%-6s  %-14s %s\n", r->ok ? "ok" : "not ok", r->what, r->text);
	if (r->detail != NULL)
		printf("        %-14s %s\n", "detail", r->detail);
	if (r->hint != NULL)
		printf("        %-14s %s\n", "hint", r->hint);
}

void
checkup_begin(struct checkup *c, struct checkup_print *p)
{
	/* So that a sentence stands after the line of the log it is about. */
	(void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	c->say = print_remark;
	c->arg = p;
	buf_init(&p->text, TEXT_MAX);
	json_write_init(&p->writer, &p->text);
	if (p->json)
		json_open_array(&p->writer, NULL);
}

void
checkup_end(struct checkup_print *p)
{
	if (p->json) {
		json_close_array(&p->writer);
		print(p);
		printf("\n");
	}
	buf_done(&p->text);
}
