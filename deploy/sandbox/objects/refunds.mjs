// SPDX-License-Identifier: MIT
//
// /v1/refunds

import { holdsBack } from '../disputes.mjs';
import { exclusiveParams, invalid } from '../errors.mjs';
import { change } from '../events.mjs';
import { inRange, listOf } from '../list.mjs';
import { applyMetadata, int, metadata, oneOf, PAGE, range, text, unplayed } from '../params.mjs';
import { newRefund, refundable, settleRefund } from '../refunds.mjs';
import { find, findParam } from './find.mjs';

function chargeOf(w, p) {
	if (p.charge !== undefined)
		return findParam(w.store.charges, p.charge, 'charge', 'charge');
	const pi = findParam(w.store.payment_intents, p.payment_intent, 'payment_intent', 'payment_intent');
	const charge = w.store.charges.get(pi.latest_charge);
	if (!charge?.paid)
		throw invalid('This PaymentIntent does not have a successful charge to refund.', 'payment_intent');
	return charge;
}

function create(w, p) {
	const charge = chargeOf(w, p);
	if (!charge.paid)
		throw invalid(`Charge ${charge.id} was not successful and cannot be refunded.`, 'charge');
	if (charge.payment_method_details.type !== 'card')
		throw invalid('The sandbox plays refunds of cards only.', 'charge', 'sandbox_unplayed');
	if (holdsBack(w, charge))
		throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, 'charge', 'charge_disputed');
	if (refundable(charge) === 0)
		throw invalid(`Charge ${charge.id} has already been refunded.`, 'charge', 'charge_already_refunded');
	if (p.amount > refundable(charge))
		throw invalid(`Refund amount (${p.amount}) is greater than unrefunded amount on charge (${refundable(charge)})`, 'amount');
	return newRefund(w, charge, { amount: p.amount, reason: p.reason, metadata: applyMetadata({}, p.metadata) });
}

function cancel(w, refund) {
	if (refund.status !== 'requires_action')
		throw invalid(`You can only cancel refunds with a status of requires_action. This refund is ${refund.status}.`);
	return settleRefund(w, refund, 'canceled');
}

const findRefund = (w, id) => find(w.store.refunds, id, 'refund');

export const ROUTES = {
	'POST /v1/refunds': {
		params: {
			amount: int(1), charge: text(), metadata, payment_intent: text(), reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer'),
			...unplayed('currency customer instructions_email origin refund_application_fee reverse_transfer')
		},
		check: (p) => {
			if (p.charge !== undefined && p.payment_intent !== undefined)
				throw exclusiveParams('charge', 'payment_intent');
			if (p.charge === undefined && p.payment_intent === undefined)
				throw invalid('One of the following params should be provided for this request: payment_intent or charge.', 'charge', 'parameter_missing');
		},
		run: (w, _, p) => create(w, p)
	},
	'GET /v1/refunds': {
		params: { ...PAGE, charge: text(), created: range, payment_intent: text() },
		run: (w, _, p) => listOf(w, [...w.store.refunds.values()].filter((o) => inRange(o.created, p.created) &&
			(!p.charge || o.charge === p.charge) && (!p.payment_intent || o.payment_intent === p.payment_intent)), '/v1/refunds', p)
	},
	'GET /v1/refunds/:id': { run: (w, { id }) => findRefund(w, id) },
	'POST /v1/refunds/:id': {
		params: { metadata },
		run: (w, { id }, p) => {
			const refund = findRefund(w, id);
			return change(w, 'refund.updated', refund, { metadata: applyMetadata(refund.metadata, p.metadata) });
		}
	},
	'POST /v1/refunds/:id/cancel': { run: (w, { id }) => cancel(w, findRefund(w, id)) }
};
