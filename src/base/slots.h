/* SPDX-License-Identifier: MIT */
#ifndef BASE_SLOTS_H
#define BASE_SLOTS_H

/*
 * At most `count` holders at a time on this machine, across processes: each
 * slot is an open-file-description lock on one byte of a file (fcntl(2),
 * F_OFD_SETLK), so a holder that dies gives it back.  Open after fork: a
 * descriptor that is shared shares its locks.
 */

#include "base/err.h"

struct slots;

/* NULL: cannot open the file; logged. */
struct slots *slots_open(const char *path, int count);
void slots_close(struct slots *s);

/*
 * Wait up to `ms` for a slot.  ERR_LATER: none became free.  ERR_INTERNAL: the
 * file cannot be locked; logged.  One per holder.
 */
MUST_USE enum err slots_take(struct slots *s, int ms);
void slots_give(struct slots *s);

#endif /* !BASE_SLOTS_H */
