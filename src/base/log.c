/* SPDX-License-Identifier: MIT */

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json_write.h"
#include "base/text.h"

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
static struct buf held;			/* access lines, whole ones */
static int64_t held_lines;
static int is_holding;

static int is_socket;
static int is_torn;			/* a line that has no end yet */
static _Atomic int64_t own_lost;
static _Atomic int64_t *lost = &own_lost;

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
	text_cut(id, request, sizeof(request));
}

/*
 * O_NONBLOCK belongs to what all who share the descriptor have open, so it is
 * opened anew: the shell, or the pager of a terminal, is to notice nothing.  Of
 * a pipe that somebody else has made that is not allowed; its writing end is
 * ours alone, as good as always.  A socket is asked with each line not to wait,
 * and a file never does.
 */
void
log_never_wait(void)
{
	struct stat st;
	int fd;

	if (fstat(STDERR_FILENO, &st) == -1)
		return;
	is_socket = S_ISSOCK(st.st_mode);
	if (!S_ISFIFO(st.st_mode) && !isatty(STDERR_FILENO))
		return;
	fd = open("/proc/self/fd/2",
	    O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd != -1) {
		(void)dup2(fd, STDERR_FILENO);
		(void)close(fd);
	} else if (S_ISFIFO(st.st_mode))
		(void)fcntl(STDERR_FILENO, F_SETFL,
		    fcntl(STDERR_FILENO, F_GETFL) | O_NONBLOCK);
}

void
log_count_lost(_Atomic int64_t *at)
{
	lost = at;
}

int64_t
log_lost(void)
{
	return *lost;
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

static ssize_t
bytes_put(const char *data, size_t len)
{
	return is_socket ? send(STDERR_FILENO, data, len,
	    MSG_DONTWAIT | MSG_NOSIGNAL) : write(STDERR_FILENO, data, len);
}

/*
 * 0: it is lost.  A pipe takes all of it or nothing; a disk that fills up may
 * take a part.
 */
static int
bytes_write(const struct buf *b)
{
	ssize_t n;

	if (is_torn && bytes_put("\n", 1) == 1)
		is_torn = 0;
	n = bytes_put(b->data, b->len);
	if (n > 0)
		is_torn = (size_t)n < b->len;
	return n == (ssize_t)b->len;
}

static void
line_close(struct json_writer *w)
{
	json_close(w);
	buf_char(&line, '\n');
}

/* One write, so that it stays one line among many processes'.  0: it is lost. */
static int
line_write(struct json_writer *w)
{
	line_close(w);
	return !line.full && bytes_write(&line);
}

/* What a pipe does not mix, however many lines it is. */
static void
held_write(void)
{
	if (held_lines == 0)
		return;
	if (!bytes_write(&held))
		*lost += held_lines;
	buf_reset(&held);
	held_lines = 0;
}

static void
line_end(struct json_writer *w)
{
	held_write();
	if (!line_write(w))
		++*lost;
}

void
log_hold(void)
{
	if (held.data == NULL)
		buf_init(&held, LINE_MAX_BYTES);
	is_holding = 1;
}

void
log_release(void)
{
	held_write();
	is_holding = 0;
}

/* A line that follows others at once, if they are held. */
static void
line_hold(struct json_writer *w)
{
	line_close(w);
	if (line.full) {
		++*lost;
		return;
	}
	if (held.len + line.len > LINE_MAX_BYTES)
		held_write();
	buf_add(&held, line.data, line.len);
	held_lines++;
}

int
log_say_lost(int64_t count)
{
	struct json_writer w;

	line_begin(&w, LOG_WARN, "log_lost");
	json_put_int(&w, "lines", count);
	json_put_text(&w, "msg", "nobody took so many lines of this log in"
	    " time, and they are lost");
	return line_write(&w);
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
	if (is_holding)
		line_hold(&w);
	else
		line_end(&w);
}
