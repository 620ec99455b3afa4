/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/text.h"

#include "cello/script.h"

#define AROUND	" \t\r\n\"'`=(<>"	/* what an address ends at */

static int
has(const char *src, const char *part)
{
	return strstr(src, part) != NULL;
}

/* Anything of Cello's that is a script by its name; 0: it is none. */
static int
judge(struct script *s)
{
	const size_t len = strlen(s->src);

	if (len < 3 || !text_equal(s->src + len - 3, ".js") ||
	    (!has(s->src, "cello.so/") && !has(s->src, "/attribution/latest/")
	    && !has(s->src, "/app/latest/cello")))
		return 0;
	if (has(s->src, "/cello-attribution.js"))
		s->kind = SCRIPT_ATTRIBUTION;
	else if (has(s->src, "/cello.js"))
		s->kind = SCRIPT_APP;
	else
		s->kind = SCRIPT_WRONG;
	return 1;
}

/* Is `at` inside of <script ...>, and is that type=module? */
static void
look_at_tag(const char *html, const char *at, struct script *s)
{
	const char *open = at, *type;
	size_t len;

	while (open > html && *open != '<' && *open != '>')
		open--;
	len = strcspn(open, ">");
	s->in_tag = strncmp(open, "<script", 7) == 0;
	type = strstr(open, "module");
	s->module = s->in_tag && type != NULL && (size_t)(type - open) < len;
}

size_t
script_find(const char *html, struct script ret[SCRIPTS_MOST])
{
	const char *dot = html, *from, *to;
	size_t n = 0, len;

	while (n < SCRIPTS_MOST && (dot = strstr(dot, ".js")) != NULL) {
		for (from = dot; from > html && strchr(AROUND, from[-1]) ==
		    NULL; from--)
			continue;
		to = dot += strlen(".js");
		len = (size_t)(to - from);
		if (len >= SCRIPT_SRC)
			continue;
		memcpy(ret[n].src, from, len);
		ret[n].src[len] = '\0';
		if (!judge(&ret[n]))
			continue;
		look_at_tag(html, from, &ret[n]);
		n++;
	}
	return n;
}

int
script_is_sandbox(const char *url)
{
	return !has(url, "cello.so") ? -1 : has(url, ".sandbox.cello.so");
}
