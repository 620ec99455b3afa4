// SPDX-License-Identifier: MIT
//
// Money back. A refund neither ends the subscription nor changes the invoice.

import { cardOf } from './cards.mjs';
import { bare } from './expand.mjs';
import { change, emit } from './events.mjs';
import { newId } from './ids.mjs';

// How long the cards that settle late take.
const SETTLES_AFTER = 60;

export const refundable = (charge) => charge.amount - charge.amount_refunded;

export function newRefund(w, charge, { amount = refundable(charge), reason = null, metadata = {} }) {
	const plays = cardOf(w.store.payment_methods.get(charge.payment_method)?.sandbox.number ?? '4242424242424242').refunds;
	const refund = {
		id: newId('re'), object: 'refund', amount, balance_transaction: newId('txn'), charge: charge.id, created: w.clock.now(),
		currency: charge.currency, customer: charge.customer, customer_account: null,
		destination_details: { card: { reference: null, reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' }, type: 'card' },
		metadata, payment_intent: charge.payment_intent, payment_method: charge.payment_method, reason, receipt_number: null,
		source_transfer_reversal: null, status: plays === 'pending_then_succeeded' ? 'pending' : 'succeeded', transfer_reversal: null,
		sandbox: { settlesAt: plays ? w.clock.now() + SETTLES_AFTER : null, settlesAs: plays?.split('_then_')[1] ?? null }
	};
	w.store.refunds.set(refund.id, refund);
	emit(w, 'refund.created', refund);
	const before = bare(charge);
	charge.amount_refunded += amount;
	charge.refunded = charge.amount_refunded === charge.amount;
	emit(w, 'charge.refunded', charge, before);
	if (!plays)
		change(w, 'refund.updated', refund, {
			destination_details: { ...refund.destination_details, card: { ...refund.destination_details.card, reference_status: 'available', reference: newId('arn', 10) } }
		});
	return refund;
}

export function settleRefund(w, refund, status) {
	refund.sandbox.settlesAt = null;
	if (status !== 'failed')
		return change(w, 'refund.updated', refund, { status });
	const charge = w.store.charges.get(refund.charge);
	const before = bare(refund);
	Object.assign(refund, { status, failure_reason: 'expired_or_canceled_card', failure_balance_transaction: newId('txn') });
	emit(w, 'refund.failed', refund);
	emit(w, 'refund.updated', refund, before);
	// The money is ours again.
	change(w, 'charge.updated', charge, { amount_refunded: charge.amount_refunded - refund.amount, refunded: false });
	return refund;
}
