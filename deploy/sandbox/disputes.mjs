// SPDX-License-Identifier: MIT
//
// Disputes: the money leaves when one is opened, and returns only if it is won.

import { DAY } from './clock.mjs';
import { change, emit } from './events.mjs';
import { newId } from './ids.mjs';

export class DisputeError extends Error {}

const movement = (w, d, amount) => ({
	id: newId('txn'), object: 'balance_transaction', amount, available_on: w.clock.now(), created: w.clock.now(), currency: d.currency,
	description: amount < 0 ? 'Chargeback withdrawal' : 'Chargeback reversal', fee: amount < 0 ? 1500 : 0, fee_details: [],
	net: amount - (amount < 0 ? 1500 : 0), reporting_category: amount < 0 ? 'dispute' : 'dispute_reversal', source: d.id,
	status: 'available', type: 'adjustment'
});

export function openDispute(w, charge, { amount = charge.amount - charge.amount_refunded, reason = 'general' } = {}) {
	if (charge.disputed)
		throw new DisputeError('this charge is disputed already');
	if (amount < 1)
		throw new DisputeError('there is nothing left to dispute');
	const dispute = {
		id: newId('du'), object: 'dispute', amount, balance_transactions: [], charge: charge.id, created: w.clock.now(),
		currency: charge.currency, enhanced_eligibility_types: [], evidence: {},
		evidence_details: { due_by: w.clock.now() + 9 * DAY, enhanced_eligibility: {}, has_evidence: false, past_due: false, submission_count: 0 },
		intended_submission_method: null, is_charge_refundable: false, livemode: false, metadata: {},
		payment_intent: charge.payment_intent, reason, status: 'needs_response'
	};
	w.store.disputes.set(dispute.id, dispute);
	emit(w, 'charge.dispute.created', dispute);
	change(w, 'charge.updated', charge, { disputed: true });
	dispute.balance_transactions.push(movement(w, dispute, -amount));
	emit(w, 'charge.dispute.funds_withdrawn', dispute);
	return dispute;
}

export function closeDispute(w, dispute, status) {
	if (!['needs_response', 'under_review'].includes(dispute.status))
		throw new DisputeError('This dispute is already closed');
	dispute.status = status;
	if (status === 'won') {
		dispute.balance_transactions.push(movement(w, dispute, dispute.amount));
		emit(w, 'charge.dispute.funds_reinstated', dispute);
	}
	emit(w, 'charge.dispute.closed', dispute);
	return dispute;
}
