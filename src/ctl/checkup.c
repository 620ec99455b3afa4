/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "ctl/checkup.h"

#define TEXT_MAX	16384	/* of one finding, as JSON */
#define SENTENCE	1024

void
checkup_begin(struct checkup *c)
{
	/* So that a sentence stands after the line of the log it is about. */
	(void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	buf_init(&c->text, TEXT_MAX);
	json_write_init(&c->writer, &c->text);
	if (c->json)
		json_open_array(&c->writer, NULL);
}

static void
print(struct checkup *c)
{
	printf("%s", c->text.data);
	buf_reset(&c->text);
}

void
checkup_end(struct checkup *c)
{
	if (c->json) {
		json_close_array(&c->writer);
		print(c);
		printf("\n");
	}
	buf_done(&c->text);
}

void
say_well(struct checkup *c, const char *what, const char *format, ...)
{
	char sentence[SENTENCE];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	if (!c->json) {
		printf("ok      %-14s %s\n", what, sentence);
		return;
	}
	json_open(&c->writer, NULL);
	json_put_bool(&c->writer, "ok", 1);
	json_put_text(&c->writer, "what", what);
	json_put_text(&c->writer, "detail", sentence);
	json_close(&c->writer);
	print(c);
}

void
say_wrong(struct checkup *c, const struct fault *f)
{
	assert(f->hint != NULL);
	c->wrong++;
	if (!c->json) {
		printf("not ok  %-14s %s\n", f->what, f->problem);
		if (f->detail != NULL)
			printf("        %-14s %s\n", "detail", f->detail);
		printf("        %-14s %s\n", "hint", f->hint);
		return;
	}
	json_open(&c->writer, NULL);
	json_put_bool(&c->writer, "ok", 0);
	json_put_text(&c->writer, "what", f->what);
	json_put_text(&c->writer, "problem", f->problem);
	json_put_text(&c->writer, "detail", f->detail);
	json_put_text(&c->writer, "hint", f->hint);
	json_close(&c->writer);
	print(c);
}
