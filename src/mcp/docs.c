/* SPDX-License-Identifier: MIT */

/* The tool "docs": find a section of the guides, read it. */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/config.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/text.h"

#include "mcp/mcp.h"
#include "mcp/shelf.h"

#include "mcp/tool.h"

#define WORDS		8
#define WORD		48
#define HITS		8
#define LINE		240
#define PAGE		(48u << 10)	/* bytes that are read out at once */
#define IN_TITLE	8		/* so much better than in the text */

const struct shape tool_docs_input[] = {
	{ .name = "search", .may = SHAPE_ABSENT, .least = 1, .most = 200,
	    .about = "words that a section has to have; the more the better" },
	{ .name = "read", .may = SHAPE_ABSENT, .least = 1, .most = 127,
	    .about = "the name of a guide, like guide/agents.md" },
	{ .name = "from", .kind = SHAPE_NUMBER, .may = SHAPE_ABSENT,
	    .least = 1, .most = 1000000, .about = "the line to begin with" },
	{ .name = NULL }
};

static const struct shape hit_shape[] = {
	{ .name = "name", .about = "of the guide, for \"read\"" },
	{ .name = "line", .kind = SHAPE_NUMBER, .about = "for \"from\"" },
	{ .name = "title", .about = "of the section" },
	{ .name = "excerpt" },
	{ .name = NULL }
};

static const struct shape name_shape[] = {
	{ .name = "name" },
	{ .name = NULL }
};

static const struct shape document_shape[] = {
	{ .name = "name" },
	{ .name = "from", .kind = SHAPE_NUMBER },
	{ .name = "next", .kind = SHAPE_NUMBER, .may = SHAPE_NULL,
	    .about = "the line where it goes on; null: it was the end" },
	{ .name = "text" },
	{ .name = NULL }
};

const struct shape tool_docs_output[] = {
	{ .name = "guides", .kind = SHAPE_LIST, .of = name_shape,
	    .about = "all that there are" },
	{ .name = "results", .kind = SHAPE_LIST, .of = hit_shape,
	    .about = "of \"search\", the best first" },
	{ .name = "document", .kind = SHAPE_OBJECT, .may = SHAPE_NULL,
	    .about = "of \"read\"", .of = document_shape },
	{ .name = NULL }
};

/* --- search --- */

/* A section: from a heading to the next. */
struct hit {
	char	 name[SHELF_NAME];
	int64_t	 line;
	char	 title[LINE], excerpt[LINE];
	unsigned seen;		/* a bit for each word that it has */
	int	 score;
};

struct search {
	char		 word[WORDS][WORD];
	size_t		 words;
	struct hit	 best[HITS];
	size_t		 count;
	struct hit	 now;	/* the section that is read */
};

static void
words_take(struct search *s, const char *text)
{
	static const char gaps[] = " \t\n.,;:?!\"'()";
	size_t len, i;

	for (; s->words < WORDS; text += len) {
		text += strspn(text, gaps);
		if ((len = strcspn(text, gaps)) == 0)
			return;
		if (len >= WORD)
			continue;
		for (i = 0; i < len; i++)
			s->word[s->words][i] =
			    (char)tolower((unsigned char)text[i]);
		s->word[s->words++][len] = '\0';
	}
}

static int
weight(const struct hit *h)
{
	unsigned seen;
	int words = 0;

	for (seen = h->seen; seen != 0; seen >>= 1)
		words += (int)(seen & 1);
	return words * 1000 + (h->score < 999 ? h->score : 999);
}

/* The section has ended: is it one of the best? */
static void
section_end(struct search *s)
{
	size_t i = s->count;

	if (s->now.seen == 0)
		return;
	while (i > 0 && weight(&s->best[i - 1]) < weight(&s->now))
		i--;
	if (i == HITS)
		return;
	if (s->count < HITS)
		s->count++;
	memmove(&s->best[i + 1], &s->best[i], (s->count - i - 1) *
	    sizeof(s->best[0]));
	s->best[i] = s->now;
}

static void
section_begin(struct search *s, const char *name, int64_t line,
    const char *title)
{
	memset(&s->now, 0, sizeof(s->now));
	text_cut(name, s->now.name, sizeof(s->now.name));
	text_cut(title, s->now.title, sizeof(s->now.title));
	s->now.line = line;
}

/* strcasestr() asks the locale; what it is here is "C". */
static void
line_look(struct search *s, const char *line, int is_title)
{
	size_t i;

	for (i = 0; i < s->words; i++) {
		if (strcasestr(line, s->word[i]) == NULL)
			continue;
		s->now.seen |= 1u << i;
		s->now.score += is_title ? IN_TITLE : 1;
		if (!is_title && s->now.excerpt[0] == '\0')
			text_cut(line, s->now.excerpt, LINE);
	}
}

/* Of Markdown a heading, of the description of the API a path. */
static const char *
title_of(const char *line)
{
	if (line[0] == '#')
		return line + strspn(line, "# ");
	return text_begins(line, "  /") ? line + 2 : NULL;
}

/* `text` is cut into lines. */
static void
book_look(struct search *s, const char *name, char *text)
{
	char *line, *rest = text;
	const char *title;
	int64_t n = 0;

	section_begin(s, name, 1, name);
	while ((line = strsep(&rest, "\n")) != NULL) {
		n++;
		if ((title = title_of(line)) != NULL) {
			section_end(s);
			section_begin(s, name, n, title);
		}
		line_look(s, line, title != NULL);
	}
	section_end(s);
}

static void
search_all(const char *dir, const struct shelf *shelf, struct search *s)
{
	struct buf text;
	size_t i;

	buf_init(&text, SHELF_BOOK);
	for (i = 0; i < shelf->count; i++) {
		buf_reset(&text);
		if (shelf_read(dir, shelf, shelf->name[i], &text) == ERR_OK)
			book_look(s, shelf->name[i], text.data);
	}
	buf_done(&text);
}

static void
put_results(struct json_writer *w, const struct search *s)
{
	size_t i;

	json_open_array(w, "results");
	for (i = 0; i < s->count; i++) {
		const struct hit *h = &s->best[i];

		json_open(w, NULL);
		json_put_text(w, "name", h->name);
		json_put_int(w, "line", h->line);
		json_put_text(w, "title", h->title);
		json_put_text(w, "excerpt", h->excerpt);
		json_close(w);
	}
	json_close_array(w);
}

/* --- reading --- */

/* To the line `n`, the first being 1; the end if there are fewer. */
static char *
line_find(char *text, int64_t n)
{
	char *end;

	while (n-- > 1 && (end = strchr(text, '\n')) != NULL)
		text = end + 1;
	return text;
}

/* Whole lines, as many as fit, but at least one; *ret_lines of them. */
static size_t
page_length(const char *text, int64_t *ret_lines)
{
	size_t len = 0, next;

	*ret_lines = 0;
	do {
		next = strcspn(text + len, "\n");
		next += text[len + next] == '\n';
		if (len > 0 && len + next > PAGE)
			break;
		len += next;
		++*ret_lines;
	} while (text[len] != '\0');
	return len;
}

static void
put_document(struct json_writer *w, const char *name, int64_t from, char *text)
{
	char *page = line_find(text, from);
	int64_t lines;
	const size_t len = page_length(page, &lines);
	const int is_end = page[len] == '\0';

	page[len] = '\0';
	json_open(w, "document");
	json_put_text(w, "name", name);
	json_put_int(w, "from", from);
	if (is_end)
		json_put_null(w, "next");
	else
		json_put_int(w, "next", from + lines);
	json_put_text(w, "text", page);
	json_close(w);
}

static enum err
read_out(struct asked *q, const struct shelf *shelf, struct json_writer *w)
{
	const char *dir = q->mcp->app->conf->server.doc_dir;
	const char *name = json_text(q->args, "read");
	struct buf text;
	enum err e;

	buf_init(&text, SHELF_BOOK);
	e = shelf_read(dir, shelf, name, &text);
	if (e == ERR_OK)
		put_document(w, name, asked_number(q, "from", 1), text.data);
	else if (e == ERR_NOTFOUND)
		(void)snprintf(q->problem, sizeof(q->problem), "there is no"
		    " such guide; without arguments docs lists those that there"
		    " are");
	buf_done(&text);
	return e;
}

/* --- the tool --- */

static void
put_names(struct json_writer *w, const struct shelf *shelf)
{
	size_t i;

	json_open_array(w, "guides");
	for (i = 0; i < shelf->count; i++) {
		json_open(w, NULL);
		json_put_text(w, "name", shelf->name[i]);
		json_close(w);
	}
	json_close_array(w);
}

enum err
tool_docs(struct asked *q, struct json_writer *w)
{
	const char *dir = q->mcp->app->conf->server.doc_dir;
	struct search *s = mem_zero(1, sizeof(*s));
	struct shelf *shelf = mem_zero(1, sizeof(*shelf));
	enum err e = ERR_OK;

	shelf_look(dir, shelf);
	words_take(s, json_has(q->args, "search") ?
	    json_text(q->args, "search") : "");
	search_all(dir, shelf, s);
	json_open(w, NULL);
	put_names(w, shelf);
	put_results(w, s);
	if (json_has(q->args, "read"))
		e = read_out(q, shelf, w);
	else
		json_put_null(w, "document");
	json_close(w);
	free(shelf);
	free(s);
	return e;
}
