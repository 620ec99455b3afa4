/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#include "conf/secret.h"

static int
open_file(const char *option, const char *path, const char *credentials_dir)
{
	char full[PATH_MAX];
	int fd;

	if (strchr(path, '/') == NULL && credentials_dir != NULL) {
		if ((size_t)snprintf(full, sizeof(full), "%s/%s",
		    credentials_dir, path) >= sizeof(full)) {
			log_error("secret_bad", "%s: the path of %s is too "
			    "long", option, path);
			return -1;
		}
		path = full;
	}
	/* O_NONBLOCK: a FIFO must not hold us; it is refused later. */
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY |
	    O_NONBLOCK)) == -1)
		log_error("secret_bad", "%s: cannot read %s: %s", option, path,
		    strerror(errno));
	return fd;
}

/* The whole file, up to SECRET_MAX bytes.  -1: logged. */
static ssize_t
read_file(const char *option, int fd, char *text)
{
	struct stat st;
	size_t len = 0;
	ssize_t n;

	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		log_error("secret_bad", "%s is not a regular file", option);
		return -1;
	}
	if ((st.st_mode & 007) != 0) {
		log_error("secret_bad", "%s can be read by others:"
		    " chmod o= it", option);
		return -1;
	}
	while ((n = read(fd, text + len, SECRET_MAX + 1 - len)) > 0)
		len += (size_t)n;
	if (n == -1) {
		log_error("secret_bad", "%s: could not read it: %s", option,
		    strerror(errno));
		return -1;
	}
	if (len > SECRET_MAX) {
		log_error("secret_bad", "%s is longer than %d bytes", option,
		    SECRET_MAX);
		return -1;
	}
	return (ssize_t)len;
}

static int
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static enum err
take_lines(const char *option, const char *text, size_t len, struct secret *s)
{
	size_t at, end, from, to;

	if (memchr(text, '\0', len) != NULL) {
		log_error("secret_bad", "%s has a NUL byte", option);
		return ERR_INPUT;
	}
	for (at = 0; at < len; at = end + 1) {
		for (end = at; end < len && text[end] != '\n'; end++)
			continue;
		for (from = at; from < end && blank(text[from]); from++)
			continue;
		for (to = end; to > from && blank(text[to - 1]); to--)
			continue;
		if (from == to || text[from] == '#')
			continue;
		if (s->count == SECRET_LINES) {
			log_error("secret_bad", "%s has more than %d lines",
			    option, SECRET_LINES);
			return ERR_INPUT;
		}
		s->line[s->count++] = mem_text_n(text + from, to - from);
	}
	if (s->count == 0) {
		log_error("secret_bad", "%s is empty", option);
		return ERR_INPUT;
	}
	return ERR_OK;
}

enum err
secret_read(const char *option, const char *path, const char *credentials_dir,
    struct secret *ret_secret)
{
	char text[SECRET_MAX + 1];
	struct secret s = { .count = 0 };
	ssize_t len;
	enum err e;
	int fd;

	if ((fd = open_file(option, path, credentials_dir)) == -1)
		return ERR_NOTFOUND;
	if ((len = read_file(option, fd, text)) == -1)
		e = ERR_INPUT;
	else
		e = take_lines(option, text, (size_t)len, &s);
	(void)close(fd);
	explicit_bzero(text, sizeof(text));
	if (e == ERR_OK)
		*ret_secret = s;
	else
		secret_done(&s);
	return e;
}

enum err
secret_looks_like(const char *option, const struct secret *s,
    const char *first, const char *other)
{
	size_t i;

	for (i = 0; i < s->count; i++) {
		if (text_begins(s->line[i], first) ||
		    text_begins(s->line[i], other))
			continue;
		log_warn("secret_odd", "%s does not begin with %s or %s: is it"
		    " the right file?", option, first, other);
		return ERR_INPUT;
	}
	return ERR_OK;
}

void
secret_done(struct secret *s)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		mem_free_secret(s->line[i], strlen(s->line[i]));
	memset(s, 0, sizeof(*s));
}
