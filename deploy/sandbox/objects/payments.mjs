// SPDX-License-Identifier: MIT
//
// /v1/payment_intents, /v1/charges, /v1/invoice_payments, /v1/payment_methods: to be looked at. They come into
// being through Checkout and renewals only.

import { invalid } from '../errors.mjs';
import { change } from '../events.mjs';
import { inRange, listOf } from '../list.mjs';
import { hash, must, oneOf, PAGE, range, text, unplayed } from '../params.mjs';
import { checkFilters, find } from './find.mjs';

export const cardsOf = (w, customer, type) => [...w.store.payment_methods.values()].filter((pm) => pm.customer === customer && (!type || pm.type === type));

// Those that somebody can have here.
export const TYPE = oneOf('card', 'sepa_debit', 'us_bank_account');

// Nobody's any more, and never again somebody's: it pays for nothing, also not by default.
export function detach(w, pm) {
	if (pm.customer === null)
		throw invalid('The payment method you provided is not attached to a customer so detachment is impossible.');
	const owner = w.store.customers.get(pm.customer);
	change(w, 'payment_method.detached', pm, { customer: null });
	if (owner.invoice_settings.default_payment_method === pm.id)
		change(w, 'customer.updated', owner, { invoice_settings: { ...owner.invoice_settings, default_payment_method: null } });
	for (const sub of w.store.subscriptions.values())
		if (sub.default_payment_method === pm.id)
			change(w, 'customer.subscription.updated', sub, { default_payment_method: null });
	return pm;
}

export const ROUTES = {
	'GET /v1/payment_intents/:id': { run: (w, { id }) => find(w.store.payment_intents, id, 'payment_intent', 'intent') },
	'GET /v1/payment_intents': {
		params: { ...PAGE, created: range, customer: text(), ...unplayed('customer_account') },
		run: (w, _, p) => {
			checkFilters(w, p);
			return listOf(w, [...w.store.payment_intents.values()].filter((o) => inRange(o.created, p.created) &&
				(!p.customer || o.customer === p.customer)), '/v1/payment_intents', p);
		}
	},
	'GET /v1/payment_methods': {
		params: { ...PAGE, customer: text(), type: TYPE, ...unplayed('allow_redisplay customer_account') },
		run: (w, _, p) => {
			checkFilters(w, p);
			return listOf(w, cardsOf(w, p.customer ?? null, p.type), '/v1/payment_methods', p);
		}
	},
	'POST /v1/payment_methods/:id/detach': {
		run: (w, { id }) => detach(w, find(w.store.payment_methods, id, 'PaymentMethod', 'payment_method'))
	},
	'GET /v1/payment_methods/:id': { run: (w, { id }) => find(w.store.payment_methods, id, 'PaymentMethod', 'payment_method') },
	'GET /v1/charges/:id': { run: (w, { id }) => find(w.store.charges, id, 'charge') },
	'GET /v1/charges': {
		params: { ...PAGE, created: range, customer: text(), payment_intent: text(), ...unplayed('transfer_group') },
		run: (w, _, p) => listOf(w, [...w.store.charges.values()].filter((o) => inRange(o.created, p.created) &&
			(!p.customer || o.customer === p.customer) && (!p.payment_intent || o.payment_intent === p.payment_intent)), '/v1/charges', p)
	},
	'GET /v1/invoice_payments/:id': { run: (w, { id }) => find(w.store.invoice_payments, id, 'invoice_payment', 'invoice_payment') },
	'GET /v1/invoice_payments': {
		params: {
			...PAGE, created: range, invoice: text(), status: oneOf('canceled', 'open', 'paid'),
			payment: hash({ type: must(oneOf('payment_intent', 'charge', 'payment_record')), payment_intent: text(), ...unplayed('charge payment_record') })
		},
		run: (w, _, p) => listOf(w, [...w.store.invoice_payments.values()].filter((o) => inRange(o.created, p.created) &&
			(!p.invoice || o.invoice === p.invoice) && (!p.status || o.status === p.status) &&
			(!p.payment || (o.payment.type === p.payment.type &&
				(!p.payment.payment_intent || o.payment.payment_intent === p.payment.payment_intent)))), '/v1/invoice_payments', p)
	}
};
