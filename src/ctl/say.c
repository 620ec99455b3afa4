/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "base/text.h"

#include "ctl/ctl.h"

#include "ctl/say.h"

const char *
say_plain(const char *text, char *ret, size_t size)
{
	char *p;

	text_cut(text, ret, size);
	for (p = ret; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	return ret;
}

/* For people, who do not know enum err. */
static const char *
say_why(enum err e)
{
	switch (e) {
	case ERR_OK:
		return "nothing is wrong";
	case ERR_INPUT:
		return "what it was given cannot be used";
	case ERR_DENIED:
		return "it is not allowed";
	case ERR_NOTFOUND:
		return "it is not there";
	case ERR_CONFLICT:
		return "somebody else was first";
	case ERR_LATER:
		return "there was no answer, or not in time";
	case ERR_INTERNAL:
		break;
	}
	return "something is wrong with this program or this machine";
}

const char *
say_or_dash(const char *text)
{
	return text[0] == '\0' ? "-" : text;
}

int
say_could_not(const char *what, enum err e, const char *hint)
{
	fprintf(stderr, "endpin: could not %s: %s\nhint: %s\n", what,
	    say_why(e), hint);
	return CTL_WRONG;
}

int
say_no_database(enum err e)
{
	return say_could_not("ask the database", e, SAY_SEE_CHECK);
}

int
say_nobody(const char *verb)
{
	return say_problem(CTL_WRONG, verb, "nobody here has this",
	    "it wants an address, the id of an account, or of a customer, a"
	    " subscription or an invoice at Stripe");
}

int
say_no_account(const char *verb)
{
	return say_problem(CTL_WRONG, verb, "there is no such account", "the"
	    " address has to be the one that somebody logs in with");
}

int
say_problem(int status, const char *verb, const char *problem,
    const char *hint)
{
	fprintf(stderr, "endpin: %s: %s\nhint: %s\n", verb, problem, hint);
	return status;
}
