// SPDX-License-Identifier: MIT
//
// Money back. A refund neither ends the subscription nor changes the invoice.

import { newBalanceTransaction } from './balance.mjs';
import { cardOf } from './cards.mjs';
import { DAY } from './clock.mjs';
import { bare } from './expand.mjs';
import { change, emit } from './events.mjs';
import { newId } from './ids.mjs';
import { presentedPart } from './money.mjs';
import { setting } from './settings.mjs';

export class RefundError extends Error {}

// How long the cards that settle late take.
const SETTLES_AFTER = 60;

// What can become of a refund. The bank may still send back one that had succeeded.
const NEXT = {
	pending: ['succeeded', 'requires_action', 'failed', 'canceled'],
	requires_action: ['pending', 'succeeded', 'failed', 'canceled'],
	succeeded: ['failed'], failed: [], canceled: []
};

export const refundable = (charge) => charge.amount_captured - charge.amount_refunded;

// The card's own way, else the account's: how it begins, and what it becomes by itself.
function beginningOf(w, charge) {
	const card = cardOf(w.store.payment_methods.get(charge.payment_method)?.sandbox.number ?? '');
	if (card.refunds) {
		const [begins, settlesAs] = card.refunds.split('_then_');
		return { begins: begins === 'pending' ? 'processing' : begins, settlesAs };
	}
	return { begins: setting(w, 'refunds_begin'), settlesAs: null };
}

const outgoing = (w, refund) => newBalanceTransaction(w, 'refund', {
	amount: -refund.amount, currency: refund.currency, source: refund.id, description: 'REFUND FOR CHARGE'
});

function beginAs(w, refund, begins) {
	if (begins === 'succeeded')
		Object.assign(refund, { status: 'succeeded', balance_transaction: outgoing(w, refund).id });
	else if (begins === 'requires_action')
		// The person is asked by mail where the money shall go.
		Object.assign(refund, {
			status: 'requires_action', next_action: {
				display_details: {
					email_sent: { email_sent_at: refund.created, email_sent_to: w.store.customers.get(refund.customer)?.email ?? '' },
					expires_at: refund.created + 45 * DAY
				},
				type: 'display_details'
			}
		});
	else
		// No money has moved yet.
		Object.assign(refund, { status: 'pending', pending_reason: begins });
}

export function newRefund(w, charge, { amount = refundable(charge), reason = null, metadata = {} } = {}) {
	const { begins, settlesAs } = beginningOf(w, charge);
	const refund = {
		id: newId('re'), object: 'refund', amount, balance_transaction: null, charge: charge.id, created: w.clock.now(),
		currency: charge.currency, customer: charge.customer, customer_account: null,
		destination_details: { card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' }, type: 'card' },
		metadata, payment_intent: charge.payment_intent, payment_method: charge.payment_method, reason, receipt_number: null,
		source_transfer_reversal: null, status: null, transfer_reversal: null, ...presentedPart(charge, amount),
		sandbox: { settlesAt: settlesAs ? w.clock.now() + SETTLES_AFTER : null, settlesAs }
	};
	w.store.refunds.set(refund.id, refund);
	beginAs(w, refund, begins);
	emit(w, 'refund.created', refund);
	const before = bare(charge);
	charge.amount_refunded += amount;
	charge.refunded = charge.amount_refunded === charge.amount;
	emit(w, 'charge.refunded', charge, before);
	if (refund.status === 'succeeded' && !settlesAs)
		change(w, 'refund.updated', refund, {
			destination_details: { ...refund.destination_details, card: { ...refund.destination_details.card, reference_status: 'available', reference: newId('arn', 10) } }
		});
	return refund;
}

// The money is ours again, whether it had left or not.
function giveBack(w, refund) {
	if (refund.balance_transaction !== null)
		refund.failure_balance_transaction = newBalanceTransaction(w, 'refund_failure', {
			amount: refund.amount, currency: refund.currency, source: refund.id, description: 'REFUND FAILURE'
		}).id;
	if (setting(w, 'failed_refund_lowers_charge')) {
		const charge = w.store.charges.get(refund.charge);
		change(w, 'charge.updated', charge, { amount_refunded: charge.amount_refunded - refund.amount, refunded: false });
	}
}

export function settleRefund(w, refund, status, reason = 'expired_or_canceled_card') {
	if (!NEXT[refund.status].includes(status))
		throw new RefundError(`This refund is ${refund.status} and cannot become ${status}.`);
	const before = bare(refund);
	refund.sandbox.settlesAt = null;
	delete refund.pending_reason;
	delete refund.next_action;
	refund.status = status;
	if (status === 'succeeded')
		refund.balance_transaction = outgoing(w, refund).id;
	else if (status === 'pending')
		refund.pending_reason = 'processing';
	else if (status === 'failed')
		refund.failure_reason = reason;
	if (status === 'failed' || status === 'canceled')
		giveBack(w, refund);
	if (status === 'failed')
		emit(w, 'refund.failed', refund);
	emit(w, 'refund.updated', refund, before);
	emit(w, 'charge.refund.updated', refund, before);
	return refund;
}
