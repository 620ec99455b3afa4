/* SPDX-License-Identifier: MIT */
#ifndef BILLING_OWNED_H
#define BILLING_OWNED_H

/* What an account has at Stripe, for statements about one person. */

/* `mine (id)`: all objects that the rows know to be of the account $1. */
#define OWNED_OBJECTS \
	"theirs (id) AS (SELECT c.id FROM customer c" \
	" WHERE c.account_id = $1::uuid OR c.former_account_id = $1::uuid)," \
	" mine (id) AS (SELECT id FROM theirs" \
	" UNION SELECT s.id FROM subscription s" \
	" JOIN theirs t ON t.id = s.customer_id" \
	" UNION SELECT i.id FROM invoice i" \
	" JOIN theirs t ON t.id = i.customer_id" \
	" UNION SELECT p.id FROM payback p" \
	" JOIN theirs t ON t.id = p.customer_id" \
	" UNION SELECT k.id FROM checkout_session k" \
	" WHERE k.account_id = $1::uuid)"

/*
 * Is the event `e` of a kind that is not followed, so that no row knows whose it
 * is, and names one of `theirs`?  Of what is followed nothing is unpacked for it.
 */
#define OWNED_STRANGER(customer) \
	"coalesce(e.object_kind, '') NOT IN ('customer', 'subscription'," \
	" 'invoice', 'checkout.session', 'refund', 'dispute', 'credit_note')" \
	" AND position(" customer " IN e.payload) > 0"

/* lane_of() in SQL. */
#define OWNED_LANE(id) "get_byte(sha256(convert_to(" id ", 'UTF8')), 0)"

#endif /* !BILLING_OWNED_H */
