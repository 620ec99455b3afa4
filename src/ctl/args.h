/* SPDX-License-Identifier: MIT */
#ifndef CTL_ARGS_H
#define CTL_ARGS_H

/*
 * The arguments of a command: options "--name", "--name value" and
 * "--name=value" in any place, and words; behind "--" there are words only.
 */

#include <stddef.h>
#include <stdint.h>

struct ctl;

enum arg_kind {
	ARG_FLAG,		/* takes no value; sets an int to 1 */
	ARG_TEXT,		/* const char *, borrowed, not "" */
	ARG_NUMBER,		/* int64_t from 1 to `most` */
	ARG_DURATION		/* int64_t, seconds; "90m", "36h", "7d", "2w" */
};

/* The variable at `ret` keeps what it has if the option is not given. */
struct arg_option {
	const char	*name;		/* without dashes; NULL ends a table */
	enum arg_kind	 kind;
	void		*ret;
	int64_t		 most;		/* of a number or a duration */
};

struct arg_words {
	size_t		 least, most;	/* so many are wanted */
	const char	*word[4];	/* borrowed */
	size_t		 count;
};

/* Returns 0 if something is wrong, which is printed with a hint. */
int args_take(const struct ctl *t, const struct arg_option options[],
    struct arg_words *words);

/*
 * The same for a command that takes nothing but --json: does it want that?
 * -1: something is wrong.
 */
int args_json(const struct ctl *t);

/* A command of several: "endpin cello held". */
struct arg_part {
	const char	*name;		/* NULL ends a table */
	int		(*run)(const struct ctl *t);
};

/*
 * Run the one that the word behind the command names, with that as its name.
 * There is none: `question` is asked on standard error, and CTL_USAGE returned.
 */
int args_part(const struct ctl *t, const struct arg_part parts[],
    const char *question);

#endif /* !CTL_ARGS_H */
