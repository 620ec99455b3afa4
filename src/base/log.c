/* SPDX-License-Identifier: MIT */

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json_write.h"

#include "base/log.h"

/*
 * A pipe mixes writes that are longer than PIPE_BUF.  A message that is cut
 * here stays below that even if each of its bytes is escaped as six.
 */
#define LINE_MAX_BYTES	PIPE_BUF
#define MESSAGE_MAX	512
#define REQUEST_MAX	129

static const char *const level_name[] = { "debug", "info", "warn", "error" };

/* The prefix: the one thing that is global, as every line needs it. */
static const char *process = "endpin";
static char request[REQUEST_MAX];
static enum log_level least = LOG_INFO;
static struct buf line;

void
log_process(const char *name)
{
	process = name;
}

void
log_level(enum log_level level)
{
	least = level;
}

void
log_request(const char *id)
{
	if (id == NULL)
		id = "";
	(void)snprintf(request, sizeof(request), "%s", id);
}

/* The members that every line begins with. */
static void
line_begin(struct json_writer *w, enum log_level level, const char *event)
{
	char now[CLOCK_TEXT];

	if (line.data == NULL)
		buf_init(&line, LINE_MAX_BYTES);
	buf_reset(&line);
	json_write_init(w, &line);
	json_open(w, NULL);
	clock_text_ms(now);
	json_put_text(w, "ts", now);
	json_put_text(w, "level", level_name[level]);
	json_put_text(w, "event", event);
	json_put_text(w, "process", process);
	json_put_int(w, "pid", getpid());
	if (request[0] != '\0')
		json_put_text(w, "request", request);
}

/* One write, so that it stays one line among many processes'. */
static void
line_end(struct json_writer *w)
{
	json_close(w);
	buf_char(&line, '\n');
	if (!line.full)
		(void)!write(STDERR_FILENO, line.data, line.len);
}

static void log_at(enum log_level level, const char *event,
    const char *format, va_list ap) PRINTF(3, 0);

static void
log_at(enum log_level level, const char *event, const char *format, va_list ap)
{
	char message[MESSAGE_MAX];
	struct json_writer w;

	if (level < least)
		return;
	(void)vsnprintf(message, sizeof(message), format, ap);
	line_begin(&w, level, event);
	json_put_text(&w, "msg", message);
	line_end(&w);
}

void
log_debug(const char *event, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_at(LOG_DEBUG, event, format, ap);
	va_end(ap);
}

void
log_info(const char *event, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_at(LOG_INFO, event, format, ap);
	va_end(ap);
}

void
log_warn(const char *event, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_at(LOG_WARN, event, format, ap);
	va_end(ap);
}

void
log_error(const char *event, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_at(LOG_ERROR, event, format, ap);
	va_end(ap);
}

void
log_access(const struct log_access *a)
{
	struct json_writer w;

	if (LOG_INFO < least)
		return;
	line_begin(&w, LOG_INFO, "request");
	json_put_text(&w, "method", a->method);
	json_put_text(&w, "route", a->route);
	json_put_int(&w, "status", a->status);
	json_put_int(&w, "us", a->us);
	if (a->account != NULL)
		json_put_text(&w, "account", a->account);
	if (a->remote != NULL)
		json_put_text(&w, "remote", a->remote);
	if (a->code != NULL)
		json_put_text(&w, "code", a->code);
	line_end(&w);
}
