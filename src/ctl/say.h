/* SPDX-License-Identifier: MIT */
#ifndef CTL_SAY_H
#define CTL_SAY_H

/* Words for people at a terminal. */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * What others wrote, fit for a terminal: control characters become '?', what
 * does not fit is cut off.  Returns `ret`.
 */
const char *say_plain(const char *text, char *ret, size_t size);

/* "-" stands for nothing. */
const char *say_or_dash(const char *text);

/* A hint where the log has the cause. */
#define SAY_SEE_CHECK	"the line above says why; \"endpin check\" looks at" \
	" everything"

/*
 * Two lines on standard error: what could not be done, and what to do about
 * it.  Returns CTL_WRONG.
 */
int say_could_not(const char *what, enum err e, const char *hint);

/* The same where the database was to be asked. */
int say_no_database(enum err e);

/* Nobody is meant by the word that find_person() was given. */
int say_nobody(const char *verb);

/* Nobody has the address. */
int say_no_account(const char *verb);

/* The same of what was asked wrongly, or not found.  Returns `status`. */
int say_problem(int status, const char *verb, const char *problem,
    const char *hint);

#endif /* !CTL_SAY_H */
