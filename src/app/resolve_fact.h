/* SPDX-License-Identifier: MIT */
#ifndef APP_RESOLVE_FACT_H
#define APP_RESOLVE_FACT_H

/* A person says what became of a fact that is held (referral/fact.h). */

#include "base/err.h"
#include "referral/fact.h"

struct app;

/* ERR_NOTFOUND: it is not held, or there is none. */
MUST_USE enum err resolve_fact(struct app *a, const char *id,
    enum fact_end end);

#endif /* !APP_RESOLVE_FACT_H */
