/* SPDX-License-Identifier: MIT */
#ifndef CELLO_WEBHOOK_H
#define CELLO_WEBHOOK_H

/*
 * Cello's own webhook endpoint at Stripe, by which it learns of purchases:
 * which events it has to get (docs.cello.so/integrations/webhooks/
 * stripe-webhook), NULL at the
 * end, and where it is.
 */

struct cello_config;

extern const char *const cello_events[];

/*
 * Those of them that it is to get: of payments none where it is told of them by
 * its API, lest they count twice.
 */
const char *const *cello_events_wanted(const struct cello_config *c);

/*
 * Is this address Cello's: of its domain, or below `api_base`, where what
 * stands in for it is?  Its path and ours may have the word.
 */
int cello_is_at(const char *url, const char *api_base);

#endif /* !CELLO_WEBHOOK_H */
