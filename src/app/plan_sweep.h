/* SPDX-License-Identifier: MIT */
#ifndef APP_PLAN_SWEEP_H
#define APP_PLAN_SWEEP_H

#include "base/err.h"

struct app;

/*
 * Many objects wait to be read.  If many of them are of a kind that can be
 * swept, begin to: from where most of those that wait longest stand, as their
 * events say, to where the newest do.  Otherwise nothing is done.
 * *ret_begun: has this call begun one?
 */
MUST_USE enum err plan_sweep(struct app *a, int *ret_begun);

#endif /* !APP_PLAN_SWEEP_H */
