/* SPDX-License-Identifier: MIT */
#ifndef BILLING_FRAGMENT_H
#define BILLING_FRAGMENT_H

/* Pieces of SQL that statements of more than one file share. */

/* What hearing of a known object `o` of stripe_object changes. */
#define OBJECT_HEARD \
	"heard = o.heard + 1, heard_at = now(), due_at = now()," \
	" attempts = 0, state = 'live', customer_id = NULL"

/*
 * When to try again, after `attempts` failures and at least $3 seconds from
 * now.  The jitter is full, so that what failed together does not come back
 * together; the mean of the long waits is half an hour, so 200 are 4 days.
 */
#define RETRY_AT \
	"now() + greatest($3::int," \
	" random() * least(3600, power(2, least(attempts, 12))))" \
	" * interval '1 second'"

#endif /* !BILLING_FRAGMENT_H */
