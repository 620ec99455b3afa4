/* SPDX-License-Identifier: MIT */
#ifndef HTTP_BUSY_H
#define HTTP_BUSY_H

/* What a worker is at, for a process that shares this memory and watches it. */

#include <stdatomic.h>
#include <stdint.h>

struct busy {
	/*
	 * Of those that are being served together, or were last: whether one
	 * is, the worker says elsewhere.
	 */
	_Atomic int		 requests;
	/*
	 * The address of the row that is being served.  It is the same in all
	 * processes of one program: who reads it looks it up in the tables,
	 * and follows it nowhere.  0: it is at none, or at all of them.
	 */
	_Atomic uintptr_t	 row;
};

#endif /* !HTTP_BUSY_H */
