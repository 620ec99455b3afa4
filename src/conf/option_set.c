/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#include "conf/option.h"

/* Which of "a|b|c" the `len` bytes at `text` are, from 0; -1: none. */
static int
choice_of(const char *choices, const char *text, size_t len)
{
	size_t n;
	int i;

	for (i = 0; *choices != '\0'; choices += n + (choices[n] == '|'), i++) {
		n = strcspn(choices, "|");
		if (n == len && memcmp(choices, text, n) == 0)
			return i;
	}
	return -1;
}

static int
is_choice(const char *choices, const char *text)
{
	return choice_of(choices, text, strlen(text)) != -1;
}

static int
is_loopback(const char *host)
{
	static const char *const name[] = { "127.0.0.1", "localhost", "[::1]" };
	size_t i, len;

	for (i = 0; i < NELEM(name); i++) {
		len = strlen(name[i]);
		if (strncmp(host, name[i], len) == 0 &&
		    (host[len] == '\0' || host[len] == ':'))
			return 1;
	}
	return 0;
}

/* The port behind the host in "host:port", or NULL. */
static const char *
port_of(const char *host)
{
	const char *colon = strrchr(host, ':');

	if (colon == NULL || strchr(colon, ']') != NULL)
		return NULL;
	return colon + 1;
}

static const char *
check_origin(const char *text)
{
	const char *host;
	int64_t port;

	if (text_begins(text, "https://"))
		host = text + 8;
	else if (text_begins(text, "http://") && is_loopback(text + 7))
		host = text + 7;
	else
		return "is not https:// (http:// is for loopback addresses)";
	if (*host == '\0' || *host == ':' ||
	    strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") !=
	    strlen(host))
		return "is not a scheme, a host in lower case and perhaps a "
		    "port, without a path";
	if (port_of(host) != NULL &&
	    (text_number(port_of(host), 65535, &port) != ERR_OK || port == 0))
		return "has a port outside 1..65535";
	return NULL;
}

static const char *
check_listen(const char *text)
{
	int64_t port;

	if (text[0] == '/')
		return NULL;
	if (text_begins(text, "127.0.0.1:"))
		text += strlen("127.0.0.1:");
	else if (text_begins(text, "[::1]:"))
		text += strlen("[::1]:");
	else
		return "is neither an absolute path nor 127.0.0.1:port or "
		    "[::1]:port";
	if (text_number(text, 65535, &port) != ERR_OK || port == 0)
		return "has no port in 1..65535";
	return NULL;
}

/* What config_print() writes must read the same again. */
static const char *
check_characters(const char *text)
{
	const char *p;

	for (p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return "has a control character";
	if (p > text && (text[0] == ' ' || p[-1] == ' '))
		return "begins or ends with a space";
	if (text[0] == ';' || strstr(text, " ;") != NULL)
		return "has a semicolon after a space, which begins a comment";
	return NULL;
}

static const char *
set_text(const struct option_row *o, char **at, const char *text)
{
	size_t len = strlen(text);
	const char *why;

	if (len < (size_t)o->min)
		return len == 0 ? "is empty" : "is too short";
	if (len > (size_t)o->max)
		return "is too long";
	if (text_utf8_length(text, len) == -1)
		return "is not UTF-8";
	if (o->choices != NULL && !is_choice(o->choices, text))
		return "is not one of the choices";
	why = check_characters(text);
	if (why == NULL && o->kind == OPTION_ORIGIN)
		why = check_origin(text);
	else if (why == NULL && o->kind == OPTION_LISTEN)
		why = check_listen(text);
	if (why != NULL)
		return why;
	free(*at);
	*at = mem_text(text);
	return NULL;
}

static const char *
set_bool(int *at, const char *text)
{
	if (is_choice("true|yes|on|1", text))
		*at = 1;
	else if (is_choice("false|no|off|0", text))
		*at = 0;
	else
		return "is neither true nor false";
	return NULL;
}

static const char *
set_words(const struct option_row *o, unsigned *at, const char *text)
{
	unsigned words = 0;
	size_t len;
	int i;

	for (text += strspn(text, " "); *text != '\0';
	    text += len, text += strspn(text, " ")) {
		len = strcspn(text, " ");
		if ((i = choice_of(o->choices, text, len)) == -1)
			return "has a word that is not one of the choices";
		words |= 1U << i;
	}
	*at = words;
	return NULL;
}

static void
show_words(const struct option_row *o, unsigned words, char *ret, size_t size)
{
	const char *word = o->choices;
	size_t len = 0, n;

	ret[0] = '\0';
	for (; words != 0 && len < size; words >>= 1) {
		n = strcspn(word, "|");
		if (words & 1)
			len += (size_t)snprintf(ret + len, size - len,
			    "%s%.*s", len > 0 ? " " : "", (int)n, word);
		word += n + (word[n] == '|');
	}
}

const char *
option_set(const struct option_row *o, void *base, const char *text)
{
	static char outside[64];
	void *at = (char *)base + o->at;
	int64_t value;

	switch (o->kind) {
	case OPTION_BOOL:
		return set_bool(at, text);
	case OPTION_WORDS:
		return set_words(o, at, text);
	case OPTION_TEXT:
	case OPTION_ORIGIN:
	case OPTION_LISTEN:
		return set_text(o, at, text);
	case OPTION_NUMBER:
	case OPTION_MONEY:
		break;
	}
	if (text_number(text, INT64_MAX, &value) != ERR_OK)
		return "is not a whole number";
	if (value < o->min || value > o->max) {
		(void)snprintf(outside, sizeof(outside),
		    "is outside %lld..%lld", (long long)o->min,
		    (long long)o->max);
		return outside;
	}
	if (o->kind == OPTION_NUMBER)
		*(int *)at = (int)value;
	else
		*(int64_t *)at = value;
	return NULL;
}

void
option_reset(const struct option_row *o, void *base)
{
	/* Texts must be there before they can be replaced. */
	if (o->dflt != NULL)
		(void)option_set(o, base, o->dflt);
	else if (o->kind >= OPTION_TEXT)
		*(char **)(void *)((char *)base + o->at) = mem_text("");
}

void
option_show(const struct option_row *o, const void *base, char *ret,
    size_t size)
{
	const void *at = (const char *)base + o->at;

	switch (o->kind) {
	case OPTION_NUMBER:
		(void)snprintf(ret, size, "%d", *(const int *)at);
		break;
	case OPTION_MONEY:
		(void)snprintf(ret, size, "%lld",
		    (long long)*(const int64_t *)at);
		break;
	case OPTION_BOOL:
		(void)snprintf(ret, size, "%s",
		    *(const int *)at ? "true" : "false");
		break;
	case OPTION_WORDS:
		show_words(o, *(const unsigned *)at, ret, size);
		break;
	case OPTION_TEXT:
	case OPTION_ORIGIN:
	case OPTION_LISTEN:
		(void)snprintf(ret, size, "%s", *(char *const *)at);
		break;
	}
}

void
option_clear(const struct option_row *o, void *base)
{
	switch (o->kind) {
	case OPTION_TEXT:
	case OPTION_ORIGIN:
	case OPTION_LISTEN:
		free(*(char **)(void *)((char *)base + o->at));
		break;
	default:
		break;
	}
}
