/* SPDX-License-Identifier: MIT */
#ifndef BILLING_SEND_H
#define BILLING_SEND_H

/*
 * Sending a call of the journal to Stripe, by whoever has it: a courier, or a
 * handler that somebody waits for.  Remote: no transaction is open, and
 * call_sending() has been committed.
 */

#include <stdint.h>

#include "base/err.h"
#include "stripe/client.h"

struct call;
struct json;

#define SEND_WHY	768

struct sending {
	struct stripe_reply	 reply;	/* owned; sending_done() */
	const struct json	*made;	/* the object, inside the reply */
	int			 twin;	/* somebody else sends it just now */
	char			 why[SEND_WHY];	/* in Stripe's words; no secret */
};

/*
 * Send `c` under its key.  If the key is stale or spent (Stripe keeps a 5xx
 * under it, or knows it with other parameters), look for what came of it
 * instead, by our id in the metadata.  After `last_us` of clock_mono_us()
 * nothing more is begun, so that it takes at most one more time-out of
 * Stripe's: then ERR_LATER.
 *
 * ERR_OK: s->made is set.  ERR_NOTFOUND: the key is of no more use and nothing
 * came of it; a fresh call may take its place.  ERR_INPUT: refused for good.
 * ERR_LATER: send it again, unchanged; with s->twin nothing came of ours, and
 * who waits should ask again in a moment.  ERR_INTERNAL: our API key is
 * refused.
 */
MUST_USE enum err call_send(struct stripe *stripe, const struct call *c,
    int64_t last_us, struct sending *s);
void sending_done(struct sending *s);

/*
 * After ERR_INPUT: was it refused because Stripe does not know `customer_id`
 * (deleted, or of another account or mode), which `c` names?
 */
int sending_lost_customer(const struct sending *s, const struct call *c,
    const char *customer_id);

#endif /* !BILLING_SEND_H */
