/* SPDX-License-Identifier: MIT */
#ifndef CELLO_WEBHOOK_H
#define CELLO_WEBHOOK_H

/*
 * Cello's own webhook endpoint at Stripe, by which it learns of purchases:
 * which events it has to get (docs.cello.so/integrations/webhooks/
 * stripe-webhook), NULL at the
 * end, and where it is.
 */

extern const char *const cello_events[];

/* Is the host of this address Cello's?  Its path and ours may have the word. */
int cello_is_host(const char *url);

#endif /* !CELLO_WEBHOOK_H */
