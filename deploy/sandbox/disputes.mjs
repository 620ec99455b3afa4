// SPDX-License-Identifier: MIT
//
// Disputes: a chargeback takes the money when it is opened, and a win brings it back; an inquiry only asks, and
// what the network prevented never was one.

import { newBalanceTransaction } from './balance.mjs';
import { DAY } from './clock.mjs';
import { bare } from './expand.mjs';
import { change, emit } from './events.mjs';
import { newId } from './ids.mjs';

export class DisputeError extends Error {}

const FEE = 1500;

// How a dispute begins.
const KINDS = {
	chargeback: { status: 'needs_response', case: 'chargeback' },
	inquiry: { status: 'warning_needs_response', case: 'inquiry' },
	prevented: { status: 'prevented', case: 'block' }
};

// What can become of one. An inquiry may turn into a chargeback, a loss may be appealed.
const NEXT = {
	warning_needs_response: ['warning_under_review', 'warning_closed', 'needs_response'],
	warning_under_review: ['warning_closed', 'needs_response'],
	warning_closed: [], prevented: [],
	needs_response: ['under_review', 'won', 'lost'],
	under_review: ['won', 'lost'],
	won: [],
	lost: ['appeal_needs_response', 'won'],
	appeal_needs_response: ['appeal_under_review', 'lost'],
	appeal_under_review: ['won', 'lost']
};

const CLOSED = ['won', 'lost', 'warning_closed', 'prevented'];

export const EVIDENCE = [
	'access_activity_log', 'billing_address', 'cancellation_policy', 'cancellation_policy_disclosure', 'cancellation_rebuttal',
	'customer_communication', 'customer_email_address', 'customer_name', 'customer_purchase_ip', 'customer_signature',
	'duplicate_charge_documentation', 'duplicate_charge_explanation', 'duplicate_charge_id', 'product_description', 'receipt',
	'refund_policy', 'refund_policy_disclosure', 'refund_refusal_explanation', 'service_date', 'service_documentation',
	'shipping_address', 'shipping_carrier', 'shipping_date', 'shipping_documentation', 'shipping_tracking_number',
	'uncategorized_file', 'uncategorized_text'
];

const disputesOf = (w, charge) => [...w.store.disputes.values()].filter((d) => d.charge === charge.id);

// Does a chargeback that is open or lost stand between this charge and a refund?
export const holdsBack = (w, charge) =>
	disputesOf(w, charge).some((d) => !d.status.startsWith('warning_') && !['won', 'prevented'].includes(d.status));

function move(w, dispute, kind, amount) {
	const out = kind === 'dispute';
	dispute.balance_transactions.push(newBalanceTransaction(w, kind, {
		amount: out ? -amount : amount, currency: dispute.currency, source: dispute.id, fee: out ? FEE : 0,
		description: out ? 'Chargeback withdrawal' : 'Chargeback reversal'
	}));
	emit(w, `charge.dispute.funds_${out ? 'withdrawn' : 'reinstated'}`, dispute);
}

// What has been taken and not been given back yet.
const outstanding = (dispute) => -dispute.balance_transactions.reduce((sum, txn) => sum + txn.amount, 0);

export function openDispute(w, charge, { amount = charge.amount - charge.amount_refunded, reason = 'general', kind = 'chargeback' } = {}) {
	if (!Object.hasOwn(KINDS, kind))
		throw new DisputeError(`kind must be one of ${Object.keys(KINDS).join(', ')}`);
	if (disputesOf(w, charge).some((d) => !CLOSED.includes(d.status)))
		throw new DisputeError('this charge is disputed already');
	if (!Number.isInteger(amount) || amount < 1)
		throw new DisputeError('there is nothing left to dispute');
	if (charge.payment_method_details.type !== 'card')
		throw new DisputeError('the sandbox plays disputes of cards only');
	const { brand } = charge.payment_method_details.card;
	const dispute = {
		id: newId('du'), object: 'dispute', amount, balance_transactions: [], charge: charge.id, created: w.clock.now(),
		currency: charge.currency, enhanced_eligibility_types: [],
		evidence: { ...Object.fromEntries(EVIDENCE.map((name) => [name, null])), enhanced_evidence: {} },
		evidence_details: { due_by: w.clock.now() + 9 * DAY, enhanced_eligibility: {}, has_evidence: false, past_due: false,
			submission_count: 0, submission_method: 'not_submitted' },
		intended_submission_method: null, is_charge_refundable: kind === 'inquiry', livemode: false, metadata: {},
		network_reason_code: '4837', payment_intent: charge.payment_intent,
		payment_method_details: { card: { brand, case_type: KINDS[kind].case, network: brand, network_reason_code: '4837' }, type: 'card' },
		reason, status: KINDS[kind].status
	};
	w.store.disputes.set(dispute.id, dispute);
	emit(w, 'charge.dispute.created', dispute);
	if (kind === 'prevented') {
		emit(w, 'charge.dispute.closed', dispute);
		return dispute;
	}
	change(w, 'charge.updated', charge, { disputed: true });
	if (kind === 'chargeback')
		move(w, dispute, 'dispute', amount);
	return dispute;
}

// `reinstated`: of a win, how much comes back, if not all.
export function moveDispute(w, dispute, status, { reinstated = outstanding(dispute) } = {}) {
	if (!NEXT[dispute.status].includes(status))
		throw new DisputeError(`This dispute is ${dispute.status} and cannot become ${status}.`);
	if (!Number.isInteger(reinstated) || reinstated < 0 || reinstated > outstanding(dispute))
		throw new DisputeError(`only ${outstanding(dispute)} can be reinstated`);
	const before = bare(dispute);
	Object.assign(dispute, { status, is_charge_refundable: status.startsWith('warning_') && !CLOSED.includes(status) });
	emit(w, 'charge.dispute.updated', dispute, before);
	if (status === 'needs_response')
		move(w, dispute, 'dispute', dispute.amount);
	if (status === 'won' && reinstated > 0)
		move(w, dispute, 'dispute_reversal', reinstated);
	if (CLOSED.includes(status))
		emit(w, 'charge.dispute.closed', dispute);
	return dispute;
}

export function giveEvidence(w, dispute, { evidence = {}, submit = true, ...fields }) {
	if (CLOSED.includes(dispute.status))
		throw new DisputeError('This dispute is already closed');
	change(w, 'charge.dispute.updated', dispute, {
		...fields, evidence: { ...dispute.evidence, ...evidence },
		evidence_details: { ...dispute.evidence_details, has_evidence: dispute.evidence_details.has_evidence || Object.keys(evidence).length > 0 }
	});
	const review = dispute.status.replace('needs_response', 'under_review');
	if (submit && dispute.evidence_details.has_evidence && review !== dispute.status) {
		Object.assign(dispute.evidence_details, { submission_count: dispute.evidence_details.submission_count + 1, submission_method: 'manual' });
		moveDispute(w, dispute, review);
	}
	return dispute;
}

// The card's network says that the payment was probably fraud, before anybody disputes it.
export function warnOfFraud(w, charge, type = 'made_with_stolen_card') {
	const warning = {
		id: newId('issfr'), object: 'radar.early_fraud_warning', actionable: !charge.disputed && !charge.refunded, charge: charge.id,
		created: w.clock.now(), fraud_type: type, livemode: false, payment_intent: charge.payment_intent
	};
	w.store.fraud_warnings.set(warning.id, warning);
	emit(w, 'radar.early_fraud_warning.created', warning);
	return warning;
}
