/* SPDX-License-Identifier: MIT */
#ifndef APP_VOUCH_H
#define APP_VOUCH_H

/* Was that said by Stripe, and now? */

#include "base/err.h"

struct app;
struct telling;

/*
 * As signature_check().  If it is refused only for its time, that is said once
 * a minute, with the difference: with a clock that is off, all events are.
 */
MUST_USE enum err vouch(struct app *a, const struct telling *t,
    unsigned *ret_matched);

#endif /* !APP_VOUCH_H */
