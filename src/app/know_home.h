/* SPDX-License-Identifier: MIT */
#ifndef APP_KNOW_HOME_H
#define APP_KNOW_HOME_H

#include "base/err.h"

struct app;
struct home;

/*
 * Is the process's key one of the Stripe account and mode that the rows belong
 * to?  Asked of Stripe once per key, before anything is believed that Stripe
 * says: with another key everything would seem to be gone.  Where the key or
 * the rows do not say which account it is, a customer that the rows know has to
 * be known to the key, which must be allowed to read it.  ERR_LATER: could not ask.  ERR_INTERNAL: it is
 * another's, or Stripe refuses it; logged, and remembered for a minute, in which
 * Stripe is not asked again.
 */
MUST_USE enum err know_home(struct app *a);

/* The same for whoever can wait: whatever it is, somebody will mend it. */
MUST_USE enum err know_home_or_later(struct app *a, int *ret_retry_after);

/* What such an errand is put off with. */
#define KNOW_HOME_LATER	"Stripe could not be asked, or is another account's"

/*
 * Stripe has answered with `status`: if that says that the key is good no more,
 * what was known of it is forgotten, and know_home() asks.  Returns whether.
 */
int know_home_refused(struct app *a, int status);

/*
 * The same for whoever can wait: nobody gets on before somebody has mended the
 * key.  If not, *ret_retry_after stays as it is.
 */
int know_home_refused_later(struct app *a, int status, int *ret_retry_after);

/*
 * The same without a memory and without a trace, for people: whose is the key,
 * and whose are the rows?  ERR_OK: the same's.  ERR_NOTFOUND: the rows are
 * nobody's yet.  ERR_CONFLICT: another's.  ERR_INTERNAL: Stripe refuses the
 * key.  ERR_LATER: Stripe or the database cannot be asked.
 */
MUST_USE enum err know_home_ask(struct app *a, struct home *ret_key,
    struct home *ret_rows);

#endif /* !APP_KNOW_HOME_H */
