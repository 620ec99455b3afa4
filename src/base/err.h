/* SPDX-License-Identifier: MIT */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/*
 * How an operation can end, seen by whoever has to react to it.
 *
 * These are reactions, not diagnoses: the diagnosis is logged once, by the
 * function that met it.  A new code earns its place only if some caller would
 * do something different with it.
 */
enum err {
	ERR_OK = 0,
	ERR_INPUT,		/* the sender must change what it sent */
	ERR_DENIED,		/* known, and not allowed */
	ERR_NOTFOUND,
	ERR_CONFLICT,		/* somebody else was first */
	ERR_LATER,		/* worth trying again unchanged */
	ERR_INTERNAL		/* our bug or our machine */
};

#define MUST_USE	__attribute__((warn_unused_result))
#define PRINTF(f, a)	__attribute__((format(printf, f, a)))
#define NELEM(x)	(sizeof(x) / sizeof((x)[0]))

/* The name of `e` in lower case, for logs and tests: "ok", "later", ... */
const char *err_name(enum err e);

#endif /* !BASE_ERR_H */
