/* SPDX-License-Identifier: MIT */
#ifndef REPORT_SHAPE_H
#define REPORT_SHAPE_H

/*
 * What JSON objects look like, for those who read them and for those who write
 * them: a table of members, of which JSON Schema (2020-12) is made.  A member
 * is there unless it may be absent, and there are no others.
 */

#include <stddef.h>
#include <stdint.h>

struct json;
struct json_writer;

enum shape_kind {
	SHAPE_TEXT,
	SHAPE_TIME,		/* RFC 3339 */
	SHAPE_NUMBER,		/* whole */
	SHAPE_YES_NO,
	SHAPE_OBJECT,		/* `of` are its members */
	SHAPE_LIST		/* of such objects */
};

#define SHAPE_NULL	1u	/* may be null */
#define SHAPE_ABSENT	2u	/* may be left out */

struct shape {
	const char		*name;		/* NULL: the last */
	enum shape_kind		 kind;
	const char		*about;		/* for people; NULL: nothing */
	unsigned		 may;
	const char		*words;		/* "a|b": one of these; NULL */
	int64_t			 least, most;	/* of a number, or of bytes */
	const struct shape	*of;
};

/* The schema of an object with these members. */
void shape_put(struct json_writer *w, const char *name,
    const struct shape *members);

/*
 * Does the object fit?  NULL is one without members.  Else returns 0 and a
 * sentence that says what does not.  Of lists and objects inside nothing is
 * looked at.
 */
#define SHAPE_PROBLEM	160
int shape_fits(const struct shape *members, const struct json *j,
    char ret_problem[SHAPE_PROBLEM]);

#endif /* !REPORT_SHAPE_H */
