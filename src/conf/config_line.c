/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "conf/config_line.h"

/*
 * Of libinih's 200 one is for the NUL.  Since its 59th release a line of 199
 * without a newline is taken for a cut one, and all that follows for its rest.
 */
#define LINE_BYTES	198
#define SPACE		" \t\v\f\r"

/* Bytes of the next line, of which `text` has the first; -1: there is none. */
static long
get_line(FILE *in, char text[LINE_BYTES + 1])
{
	long len = 0;
	int c;

	while ((c = getc(in)) != EOF && c != '\n') {
		if (len < LINE_BYTES)
			text[len] = (char)c;
		len++;
	}
	text[len < LINE_BYTES ? len : LINE_BYTES] = '\0';
	return c == EOF && len == 0 ? -1 : len;
}

/* Is there a comment behind something else? */
static int
has_comment(const char *text)
{
	const char *p = text;

	if (*text == '#' || *text == ';')
		return 0;
	while ((p = strchr(p, ';')) != NULL) {
		if (strchr(SPACE, p[-1]) != NULL)
			return 1;
		p++;
	}
	return 0;
}

int
config_line(FILE *in, char *line, size_t size, const char **ret_why)
{
	char text[LINE_BYTES + 1];
	const char *from;
	long len;

	if ((len = get_line(in, text)) == -1)
		return 0;
	from = text + strspn(text, SPACE);
	if (len > LINE_BYTES)
		*ret_why = "the line is longer than 198 bytes";
	else if (strlen(text) != (size_t)len)
		*ret_why = "the line has a NUL byte";
	else if (has_comment(from))
		*ret_why = "a comment stands on a line of its own";
	else {
		(void)snprintf(line, size, "%s", from);
		return 1;
	}
	line[0] = '\0';
	return 1;
}
