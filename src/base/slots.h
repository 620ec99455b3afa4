/* SPDX-License-Identifier: MIT */
#ifndef BASE_SLOTS_H
#define BASE_SLOTS_H

/*
 * At most `count` holders at a time on this machine, across processes: each
 * slot is an open-file-description lock on one byte of a file (fcntl(2),
 * F_OFD_SETLK), so a holder that dies gives it back.  Open after fork: a
 * descriptor that is shared shares its locks.
 *
 * One that lives and does not go on (it was stopped, or swapped out) cannot give
 * back anything.  Since when a slot is held is in the file, and how long they
 * are usually; for each that has been held many times as long one more may be
 * had.  A machine that has too much to do is slow at all of them, so that does
 * not give it more.  Who is the next of those that wait is in the file, too.
 */

#include "base/err.h"

struct slots;

#define SLOTS_MOST	1024

/*
 * `count` is from 1 to SLOTS_MOST; `hold_ms` is how long one may be held in any
 * case, 0: for ever.  NULL: cannot open the file; logged.
 */
struct slots *slots_open(const char *path, int count, int hold_ms);
void slots_close(struct slots *s);

/*
 * Wait up to `ms` for a slot.  The first that becomes free is left to whoever
 * waits as the next, also by one who has just given it back.  ERR_LATER: none,
 * or only that one, was free.  ERR_INTERNAL: the file cannot be locked; logged.
 * One per holder.
 */
MUST_USE enum err slots_take(struct slots *s, int ms);
void slots_give(struct slots *s);

#endif /* !BASE_SLOTS_H */
